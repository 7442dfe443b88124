import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import { sqlName, sqlText } from './database.ts'
import { logSelection, readLog } from './log-table.ts'
import type { Logstore, LogstoreIndex } from './logstore.ts'
import { duckSql, MAX_LIMIT } from './presto-sql.ts'
import { typeName, valuePrinter } from './print-value.ts'
import { guardQuery } from './query-guard.ts'
import { searchError } from './search/search-lexer.ts'
import { parseSearch } from './search/search-parser.ts'
import { searchScope, tagSql } from './search/search-scope.ts'
import { searchSql } from './search/search-sql.ts'
import { SlsError, syntaxError } from './sls-error.ts'
import type { StoredLog } from './stored-log.ts'

/** The service's bound on a result: 100 MB. */
const MAX_RESULT_CHARS = 100_000_000

/** One query on a logstore: a search, and SQL behind a `|`, over [from, to) in epoch seconds. */
export interface LogQuery {
  readonly from: number
  readonly to: number
  readonly query: string
  /** Only logs of this topic; empty: of every one. */
  readonly topic: string
  /** Page of a search's answer; SQL pages with LIMIT. */
  readonly line: number
  readonly offset: number
  /** Newest first. */
  readonly reverse: boolean
}

/** An answer. All values are text, as they are on the wire. */
export interface LogQueryResult {
  readonly rows: ReadonlyArray<Readonly<Record<string, string>>>
  readonly keys: readonly string[]
  readonly columnTypes: readonly string[]
  readonly hasSql: boolean
  /** The two parts of the query. */
  readonly search: string
  readonly sql: string
  /** Logs that the search matched or the SQL read. */
  readonly processedRows: number
}

/** @throws SlsError as the service would answer */
export async function runLogQuery(
  connection: DuckDBConnection,
  logstore: Logstore,
  query: LogQuery
): Promise<LogQueryResult> {
  const { search, sql } = splitQuery(query.query)
  if (logstore.index === undefined) throw new SlsError('IndexConfigNotExist', 'logstore without index config.', 400)
  if (query.to <= query.from) throw new SlsError('InvalidTimeRange', 'Request time range is invalid.')
  if (query.query.includes('\0')) throw new SlsError('InvalidQueryString', 'Query string is invalid.')
  const conditions = [
    `time >= ${query.from}`,
    `time < ${query.to}`,
    searchSql(parseSearch(search), searchScope(logstore, logstore.index))
  ]
  if (query.topic !== '') conditions.push(`topic = ${sqlText(query.topic)}`)
  const source = `from store.${logstore.table} where ${conditions.join(' and ')}`
  const count = await connection.runAndReadAll(`select count(*) ${source}`)
  const processedRows = Number(count.value(0, 0))
  const answer =
    sql === undefined
      ? await searchRows(connection, logstore, source, query)
      : await analyse(connection, logstore.index, source, query, sql)
  return { ...answer, hasSql: sql !== undefined, search, sql: sql ?? '', processedRows }
}

/** Parts a query at the first `|` outside quotes. */
function splitQuery(query: string): { search: string; sql: string | undefined } {
  const match = /^((?:[^"|]|"(?:[^"\\]|\\.)*")*)(?:\|(.*))?$/s.exec(query)
  if (match === null) throw searchError('"', query.lastIndexOf('"'))
  const [, search = '', sql] = match
  return { search: search.trim(), sql: sql?.trim() }
}

type Rows = Pick<LogQueryResult, 'rows' | 'keys' | 'columnTypes'>

async function searchRows(
  connection: DuckDBConnection,
  logstore: Logstore,
  source: string,
  { line, offset, reverse }: LogQuery
): Promise<Rows> {
  const order = reverse ? 'time desc, rowid desc' : 'time, rowid'
  const result = await connection.runAndReadAll(
    `select ${logSelection(logstore.columns)} ${source} order by ${order} limit ${line} offset ${offset}`
  )
  const rows = result.getRows().map((row) => flatLog(readLog(row, logstore.columns)))
  return { rows, keys: [...new Set(rows.flatMap((row) => Object.keys(row)))], columnTypes: [] }
}

/** A log as a search's answer shows it. */
function flatLog({ time, timeNs, topic, source, tags, fields }: StoredLog): Record<string, string> {
  const row: Record<string, string> = Object.assign(Object.create(null), fields)
  for (const [key, value] of Object.entries(tags)) row[`__tag__:${key}`] = value
  if (timeNs !== undefined) row['__time_ns_part__'] = String(timeNs)
  row['__topic__'] = topic
  row['__source__'] = source
  row['__time__'] = String(time)
  return row
}

async function analyse(
  connection: DuckDBConnection,
  index: LogstoreIndex,
  source: string,
  query: LogQuery,
  sql: string
): Promise<Rows> {
  if (query.offset > 0) {
    throw new SlsError(
      'ParameterInvalid',
      'ErrorType:OLSQueryParseError.ErrorMessage:offset is not available for pagination in sql query, please use limit x,y syntax for pagination.'
    )
  }
  const statement = duckSql(sql)
  const { columns, resultNames } = await guardQuery(connection, statement)
  await connection.run(`create or replace temp view log as select ${viewColumns(index, columns)} ${source}`)
  try {
    return await readRows(await connection.stream(statement), resultNames)
  } catch (fault) {
    throw queryError(fault)
  }
}

async function readRows(result: DuckDBResult, givenNames: readonly string[] | undefined): Promise<Rows> {
  const keys = givenNames ?? result.columnNames()
  const types = result.columnTypes()
  const printers = types.map(valuePrinter)
  const rows: Array<Record<string, string>> = []
  let chars = 0
  for await (const chunk of result.yieldRows()) {
    for (const values of chunk) {
      const texts = values.map((value, i) => printers[i]?.(value) ?? 'null')
      chars += texts.reduce((sum, text) => sum + text.length, 0)
      rows.push(Object.fromEntries(keys.map((key, i) => [key, texts[i] ?? 'null'])))
    }
    if (rows.length > MAX_LIMIT || chars > MAX_RESULT_CHARS) throw syntaxError('the result is too large')
  }
  return { rows, keys, columnTypes: types.map(typeName) }
}

/** What SQL sees: the fields with statistics on, and the reserved names; tags only when asked for, as `*` shows none. */
function viewColumns({ config, columns }: LogstoreIndex, mentioned: ReadonlySet<string>): string {
  const view = new Map<string, string>()
  const add = (name: string, sql: string): void => {
    // Names are the same to SQL in either case: the first one wins.
    if (!view.has(name.toLowerCase())) view.set(name.toLowerCase(), `${sql} as ${sqlName(name)}`)
  }
  for (const field of config.fields.values()) {
    const column = columns.get(field.name)
    if (!field.analysed || column === undefined) continue
    const isText = field.type === 'text' || field.type === 'json'
    add(field.sqlName, isText ? `left(${column.name}, ${config.maxTextLength})` : column.name)
  }
  add('__topic__', 'topic')
  add('__source__', 'source')
  add('__time__', 'time')
  for (const name of mentioned) {
    const tag = tagSql(name)
    if (tag !== undefined) add(name, tag)
    if (name === '__time_ns_part__') add(name, 'time_ns')
  }
  return [...view.values()].join(', ')
}

function queryError(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof SlsError) return fault
  const missing = /Referenced column "(.+?)" not found|does not have a column named "(.+?)"/.exec(fault.message)
  if (missing !== null) {
    const name = missing[1] ?? missing[2]
    return new SlsError(
      'ParameterInvalid',
      `Column '${name}' cannot be resolved; please add the column in the index attribute`
    )
  }
  const ungrouped = /column "(.+?)" must appear in the GROUP BY clause/.exec(fault.message)
  if (ungrouped !== null) return new SlsError('ParameterInvalid', `Column '${ungrouped[1]}' not in GROUP BY clause`)
  return syntaxError(fault.message.split('\n')[0] ?? '')
}
