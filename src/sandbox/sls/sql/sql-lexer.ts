import { type SqlPlace, sqlFault } from './sql-fault.ts'

/** A piece of a statement. Words and symbols carry their text in lower case in `text`; `raw` is as written. */
export interface SqlToken extends SqlPlace {
  readonly kind: 'word' | 'quoted' | 'string' | 'integer' | 'decimal' | 'symbol' | 'end'
  readonly text: string
  readonly raw: string
}

const TOKEN = new RegExp(
  [
    String.raw`(?<blank>\s+|--[^\n]*|/\*[\s\S]*?\*/)`,
    "'(?<string>(?:[^']|'')*)'",
    '"(?<quoted>(?:[^"]|"")*)"',
    String.raw`(?<decimal>\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+(?!\w))`,
    String.raw`(?<digitsFirst>\d+[A-Za-z_]\w*)`,
    String.raw`(?<integer>\d+)`,
    String.raw`(?<word>[A-Za-z_]\w*(?::\w+|@\w+)*)`,
    String.raw`(?<symbol><>|!=|<=|>=|\|\||->|=>|[-+*/%(),.=<>[\]])`
  ].join('|'),
  'suy'
)

/**
 * Cuts a statement into tokens, the last of which is `end`. What Presto's own lexer has no token for is refused here: `::`,
 * `;`, `$`, braces, back quotes.
 *
 * @throws SlsError ParameterInvalid
 */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  const pattern = new RegExp(TOKEN)
  let at = 0
  let place: SqlPlace = { line: 1, column: 1 }
  while (at < sql.length) {
    pattern.lastIndex = at
    const match = pattern.exec(sql)
    if (match === null) throw unknownText(sql.slice(at), place)
    const [raw] = match
    const token = tokenOf(match.groups ?? {}, raw, place)
    if (token !== undefined) tokens.push(token)
    place = placeAfter(place, raw)
    at += raw.length
  }
  tokens.push({ kind: 'end', text: '<eof>', raw: '<EOF>', ...place })
  return tokens
}

function tokenOf(groups: Record<string, string | undefined>, raw: string, place: SqlPlace): SqlToken | undefined {
  const { blank, string, quoted, digitsFirst, decimal, integer, word } = groups
  if (blank !== undefined) return undefined
  if (string !== undefined) return { kind: 'string', text: string.replaceAll("''", "'"), raw, ...place }
  if (quoted !== undefined) return { kind: 'quoted', text: quoted.replaceAll('""', '"'), raw, ...place }
  if (digitsFirst !== undefined) {
    throw sqlFault(place, 'identifiers must not start with a digit; surround the identifier with double quotes')
  }
  if (decimal !== undefined) return { kind: 'decimal', text: decimal, raw, ...place }
  if (integer !== undefined) return { kind: 'integer', text: integer, raw, ...place }
  if (word === undefined) return { kind: 'symbol', text: raw, raw, ...place }
  const wrong = /[:@]/.exec(word)?.[0]
  if (wrong !== undefined) throw sqlFault(place, `identifiers must not contain '${wrong}'`)
  return { kind: 'word', text: raw.toLowerCase(), raw, ...place }
}

function unknownText(rest: string, place: SqlPlace): Error {
  const [char = ''] = rest
  if (char === '`') {
    return sqlFault(place, 'backquoted identifiers are not supported; use double quotes to quote identifiers')
  }
  return sqlFault(place, `mismatched input '${char}'`)
}

function placeAfter({ line, column }: SqlPlace, text: string): SqlPlace {
  const breaks = text.split('\n')
  const last = breaks.at(-1) ?? ''
  return breaks.length === 1
    ? { line, column: column + text.length }
    : { line: line + breaks.length - 1, column: last.length + 1 }
}
