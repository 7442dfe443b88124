import { SlsError } from '../sls-error.ts'

/**
 * A piece of a search. A `word` was bare, `quoted` stood in double quotes and `phrase` in double quotes behind a `#`; both
 * are given without them. A `range` is what may follow a field: `in (1 10]`.
 */
export interface SearchToken {
  readonly kind: 'word' | 'quoted' | 'phrase' | 'range' | 'punctuation' | 'end'
  readonly text: string
  /** Where it starts, for error messages. */
  readonly at: number
}

/** The operator `in` is known in lower case only. */
const RANGE = String.raw`in\s*[[(]\s*[^\s\])]+\s+[^\s\])]+\s*[\])]`
// A tag's name holds a colon of its own: `__tag__:client_ip: x`.
const TOKEN = new RegExp(
  String.raw`\s+|(?<punctuation>>=|<=|[()<>=:])|#"(?<phrase>(?:[^"\\]|\\.)*)"|"(?<quoted>(?:[^"\\]|\\.)*)"` +
    String.raw`|(?<range>${RANGE})|(?<word>__tag__:[^\s()<>=:"]+|[^\s()<>=:"]+)`,
  'sy'
)

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
    for (const [kind, text] of Object.entries(match.groups ?? {})) {
      if (text !== undefined) tokens.push({ kind: kind as SearchToken['kind'], text: unescaped(kind, text), at })
    }
    at += match[0].length
  }
  tokens.push({ kind: 'end', text: '', at })
  return tokens
}

function unescaped(kind: string, text: string): string {
  return kind === 'quoted' || kind === 'phrase' ? text.replace(/\\(.)/gs, '$1') : text
}

/** The service's message for a search that it can't read. */
export function searchError(near: string, at: number): SlsError {
  return new SlsError(
    'ParameterInvalid',
    `ErrorType:QueryParseError.ErrorMessage:syntax error error position is from column:${at} to column:${at + near.length},error near < ${near} >`
  )
}
