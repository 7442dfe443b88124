import type { DuckDBConnection } from '@duckdb/node-api'
import { syntaxError } from './sls-error.ts'

/** What a statement refers to, as DuckDB's own parser sees it. */
export interface GuardedQuery {
  /** Column names that it mentions. */
  readonly columns: ReadonlySet<string>
  /** Names of the result's columns; undefined where `*` leaves them to the engine. */
  readonly resultNames: readonly string[] | undefined
}

type Json = string | number | boolean | null | readonly Json[] | JsonObject
interface JsonObject {
  readonly [key: string]: Json
}

/** Table functions that read nothing but their arguments. */
const HARMLESS_TABLE_FUNCTIONS = new Set(['unnest', 'generate_series', 'range'])

/** The engine's own views: never `log`, even where a subquery elsewhere in the statement bears their name. */
const ENGINE_VIEW = /^(?:duckdb|pg|sqlite|pragma)_/

/**
 * Lets a statement pass that is one SELECT over `log` and its own subqueries, and says what it mentions. It is judged
 * by its syntax tree, not its text: whatever the parser takes for another table or a table function is refused.
 *
 * @throws SlsError ParameterInvalid
 */
export async function guardQuery(connection: DuckDBConnection, sql: string): Promise<GuardedQuery> {
  const result = await connection.runAndReadAll('select json_serialize_sql($1::varchar)::varchar', [sql])
  const tree = JSON.parse(String(result.value(0, 0))) as JsonObject
  if (tree['error'] === true) throw syntaxError(String(tree['error_message']))
  const statements = asList(tree['statements'])
  const [statement] = statements
  if (statement === undefined || statements.length > 1) throw syntaxError('expected one SELECT statement')
  const seen = { tables: new Set<string>(), ctes: new Set<string>(['log']), columns: new Set<string>() }
  walk(statement, seen)
  for (const table of seen.tables) {
    if (!seen.ctes.has(table) || ENGINE_VIEW.test(table)) throw syntaxError(`Table '${table}' does not exist`)
  }
  return { columns: seen.columns, resultNames: resultNames(member(statement, 'node')) }
}

interface Seen {
  readonly tables: Set<string>
  readonly ctes: Set<string>
  readonly columns: Set<string>
}

function walk(node: Json, seen: Seen): void {
  if (node === null || typeof node !== 'object') return
  if (isList(node)) {
    for (const inner of node) walk(inner, seen)
    return
  }
  switch (node['type']) {
    case 'BASE_TABLE':
      noteTable(node, seen)
      break
    case 'TABLE_FUNCTION':
      checkTableFunction(member(node, 'function'))
      break
    case 'SHOW_REF':
      throw syntaxError('expected a SELECT statement')
    case 'COLUMN_REF':
      seen.columns.add(String(asList(node['column_names']).at(-1)))
      break
  }
  for (const cte of asList(member(member(node, 'cte_map'), 'map'))) {
    seen.ctes.add(String(member(cte, 'key')).toLowerCase())
  }
  for (const inner of Object.values(node)) walk(inner, seen)
}

function noteTable(node: JsonObject, seen: Seen): void {
  const name = [node['catalog_name'], node['schema_name'], node['table_name']].filter(Boolean).map(String)
  if (name.length > 1) throw syntaxError(`Table '${name.join('.')}' does not exist`)
  seen.tables.add((name[0] ?? '').toLowerCase())
}

function checkTableFunction(call: Json): void {
  const name = String(member(call, 'function_name'))
  if (!HARMLESS_TABLE_FUNCTIONS.has(name.toLowerCase())) throw syntaxError(`Table function ${name} not registered`)
}

/** Presto names a column without an alias `_col` and its place. */
function resultNames(node: Json): string[] | undefined {
  if (member(node, 'type') === 'SET_OPERATION_NODE') return resultNames(member(node, 'left'))
  const list = asList(member(node, 'select_list'))
  if (list.length === 0 || list.some((item) => member(item, 'class') === 'STAR')) return undefined
  return list.map((item, i) => {
    const own = member(item, 'class') === 'COLUMN_REF' ? asList(member(item, 'column_names')).at(-1) : undefined
    return String(member(item, 'alias') || (own ?? `_col${i}`))
  })
}

function member(node: Json, key: string): Json {
  return node !== null && typeof node === 'object' && !isList(node) ? (node[key] ?? null) : null
}

function asList(node: Json | undefined): readonly Json[] {
  return node !== undefined && isList(node) ? node : []
}

function isList(node: Json): node is readonly Json[] {
  return Array.isArray(node)
}
