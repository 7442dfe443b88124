import { BadRequest } from './bad-request.ts'

/** What the page's controls were set to. */
export interface ControlValues {
  /** By field: the values of which one must hold. */
  readonly filters: Readonly<Record<string, readonly string[]>>
  /** By the token's name. */
  readonly tokens: Readonly<Record<string, string>>
}

/** A variable as the console writes it: `${{name}}` or `${{name|default}}`. */
const VARIABLE = /\$\{\{([A-Za-z_][A-Za-z0-9_]*)(?:\|([^}]*))?\}\}/g
const MAX_VALUE = 256

/** Nothing that could end the text or the number that it is put into, nor begin a comment. */
const TOKEN_VALUE = /^(?!.*--)[A-Za-z0-9_.:+-]{0,64}$/

/**
 * A chart's query with the controls applied as the console applies them: a filter narrows the search part, a token
 * stands in the text.
 *
 * @param query `search | SQL` as the dashboard has it
 * @param offered token values that the dashboard itself names: they are taken as they are
 * @throws BadRequest for a value that could change what the query asks
 */
export function controlledQuery(
  query: string,
  { filters, tokens }: ControlValues,
  offered: Readonly<Record<string, readonly string[]>> = {}
): string {
  const filled = query.replace(VARIABLE, (_, name: string, otherwise = '') => {
    const value = Object.hasOwn(tokens, name) ? tokens[name] : undefined
    if (value === undefined) return otherwise
    if (offered[name]?.includes(value) !== true) checkToken(name, value)
    return value
  })
  const conditions = Object.entries(filters).flatMap(([key, values]) => filterCondition(key, values))
  if (conditions.length === 0) return filled
  const { search, rest } = splitQuery(filled)
  // `and` and `or` bind differently in different pages of the vendor: brackets make it plain.
  const own = search === '' || search === '*' ? '*' : `(${search})`
  return [own, ...conditions].join(' and ') + rest
}

/** The names of the variables in a query. */
export function variablesOf(query: string): ReadonlySet<string> {
  return new Set([...query.matchAll(VARIABLE)].map(([, name = '']) => name))
}

function filterCondition(key: string, values: readonly string[]): string[] {
  const terms = values.map((value) => `${key}: ${quoted(key, value)}`)
  if (terms.length === 0) return []
  return [terms.length === 1 ? terms.join() : `(${terms.join(' or ')})`]
}

function quoted(key: string, value: string): string {
  const plain = [...value].every((character) => character >= ' ' && character !== '\u007f')
  if (value === '' || value.length > MAX_VALUE || !plain) {
    throw new BadRequest(`Cannot filter by ${key}: expected 1 to ${MAX_VALUE} printable characters.`)
  }
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

function checkToken(name: string, value: string): void {
  if (TOKEN_VALUE.test(value)) return
  throw new BadRequest(`Cannot use this value for ${name}: expected at most 64 letters, digits and _ . : + -`)
}

/** The search part, and the `|` with everything behind it: parted at the first `|` outside of double quotes. */
function splitQuery(query: string): { search: string; rest: string } {
  const search = /^(?:[^|"]|"(?:[^"\\]|\\.)*")*/.exec(query)?.[0] ?? ''
  const rest = query.slice(search.length)
  return { search: search.trim(), rest: rest === '' ? '' : ` ${rest}` }
}
