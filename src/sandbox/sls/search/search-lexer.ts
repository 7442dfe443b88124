import { SlsError } from '../sls-error.ts'

/** A piece of a search. `word` was bare, `quoted` stood in double quotes and is given without them. */
export interface SearchToken {
  readonly kind: 'word' | 'quoted' | 'punctuation' | 'end'
  readonly text: string
  /** Where it starts, for error messages. */
  readonly at: number
}

// A tag's name holds a colon of its own: `__tag__:client_ip: x`.
const TOKEN = /\s+|(>=|<=|[()<>=:])|"((?:[^"\\]|\\.)*)"|(__tag__:[^\s()<>=:"]+|[^\s()<>=:"]+)/gsy

/**
 * Cuts a search into tokens, the last of which is `end`.
 *
 * @throws SlsError ParameterInvalid at an unbalanced quote
 */
export function searchTokens(search: string): SearchToken[] {
  const tokens: SearchToken[] = []
  const pattern = new RegExp(TOKEN)
  let at = 0
  while (at < search.length) {
    pattern.lastIndex = at
    const match = pattern.exec(search)
    if (match === null) throw searchError(search.slice(at, at + 1), at)
    const [all, punctuation, quoted, word] = match
    if (punctuation !== undefined) tokens.push({ kind: 'punctuation', text: punctuation, at })
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replace(/\\(.)/gs, '$1'), at })
    if (word !== undefined) tokens.push({ kind: 'word', text: word, at })
    at += all.length
  }
  tokens.push({ kind: 'end', text: '', at })
  return tokens
}

/** The service's message for a search that it can't read. */
export function searchError(near: string, at: number): SlsError {
  return new SlsError(
    'ParameterInvalid',
    `ErrorType:QueryParseError.ErrorMessage:syntax error error position is from column:${at} to column:${at + near.length},error near < ${near} >`
  )
}
