import { syntaxError } from './sls-error.ts'

/** Rows when a statement has no LIMIT (SLS "LIMIT clause"). */
const DEFAULT_LIMIT = 100
/** The most rows that a statement may ask for (SLS "LIMIT clause"). */
export const MAX_LIMIT = 1_000_000

interface SqlToken {
  text: string
  /** Lower case for words; empty for blanks and comments. */
  readonly word: string
  readonly depth: number
}

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\s+|\w+|./gsu
const BLANK = /^(?:\s|--|\/\*)/
/** What ends the part of a SELECT in which FROM may stand. */
const AFTER_FROM = new Set(['where', 'group', 'having', 'window', 'order', 'limit', 'union', 'intersect', 'except'])

/**
 * Turns what only the service's dialect allows into what DuckDB's parser takes: a missing `from log`, `limit offset, count`,
 * `if` with two arguments, and the default limit. Everything else is left as it is; DuckDB's parser judges it.
 *
 * @throws SlsError ParameterInvalid for a semicolon or a limit above the service's
 */
export function duckSql(sql: string): string {
  const tokens = tokenize(sql)
  if (tokens.some(({ word }) => word === ';')) throw syntaxError("mismatched input ';'")
  addFrom(tokens)
  for (const [i, { word }] of tokens.entries()) {
    if (word === 'if') completeIf(tokens, i)
    if (word === 'limit') rewriteLimit(tokens, i)
  }
  const text = tokens.map((token) => token.text).join('')
  const limited = tokens.some(({ word, depth }) => word === 'limit' && depth === 0)
  return limited ? text : `${text}\nlimit ${DEFAULT_LIMIT}`
}

function tokenize(sql: string): SqlToken[] {
  let depth = 0
  return [...sql.matchAll(TOKEN)].map(([text]) => {
    if (text === ')') depth -= 1
    const token = { text, word: BLANK.test(text) ? '' : text.toLowerCase(), depth }
    if (text === '(') depth += 1
    return token
  })
}

function addFrom(tokens: SqlToken[]): void {
  const outer = tokens.filter(({ depth, word }) => depth === 0 && word !== '')
  if (outer.some(({ word }) => word === 'from') || !outer.some(({ word }) => word === 'select')) return
  const next = outer.find(({ word }) => AFTER_FROM.has(word))
  const end = next === undefined ? tokens.length : tokens.indexOf(next)
  tokens.splice(end, 0, { text: '\nfrom log ', word: '', depth: 0 })
}

function rewriteLimit(tokens: readonly SqlToken[], at: number): void {
  const [offset, comma, count] = following(tokens, at)
  const asked = comma?.word === ',' ? count : offset
  if (asked === undefined || !/^\d+$/.test(asked.word)) return
  if (Number(asked.word) > MAX_LIMIT) throw syntaxError(`limit must be at most ${MAX_LIMIT}`)
  if (offset === undefined || comma?.word !== ',') return
  ;[offset.text, comma.text, asked.text] = [asked.text, ' offset ', offset.text]
}

/** `if(condition, value)` is NULL when the condition fails. */
function completeIf(tokens: readonly SqlToken[], at: number): void {
  const [open] = following(tokens, at)
  if (open?.word !== '(') return
  const start = tokens.indexOf(open)
  const end = tokens.findIndex(({ word, depth }, i) => i > start && word === ')' && depth === open.depth)
  const close = tokens[end]
  if (close === undefined) return
  const commas = tokens.slice(start, end).filter(({ word, depth }) => word === ',' && depth === open.depth + 1)
  if (commas.length === 1) close.text = ', null)'
}

function following(tokens: readonly SqlToken[], at: number): SqlToken[] {
  const found: SqlToken[] = []
  for (let i = at + 1; i < tokens.length && found.length < 3; i += 1) {
    const token = tokens[i]
    if (token !== undefined && token.word !== '') found.push(token)
  }
  return found
}
