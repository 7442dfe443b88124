import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from './database.ts'
import { logSelection, readLog } from './log-table.ts'
import type { Logstore, LogstoreIndex } from './logstore.ts'
import { logstoreSource } from './logstore-source.ts'
import { type Rows, runSql } from './run-sql.ts'
import { searchError } from './search/search-lexer.ts'
import { parseSearch } from './search/search-parser.ts'
import { searchScope } from './search/search-scope.ts'
import { searchSql } from './search/search-sql.ts'
import { SlsError } from './sls-error.ts'
import type { LogSources } from './sql/log-source.ts'
import type { StoredLog } from './stored-log.ts'

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

/** What SQL needs to know besides the logs. */
export interface SqlSurroundings {
  /** Time zone of the service's SQL. */
  readonly zone: string
  /** Epoch ms. */
  readonly nowMs: number
  /** Another logstore of the project, for joins. */
  readonly sibling: (name: string) => Logstore | undefined
}

/** An answer. All values are text, as they are on the wire. */
export interface LogQueryResult extends Rows {
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
  query: LogQuery,
  surroundings: SqlSurroundings
): Promise<LogQueryResult> {
  const { search, sql } = splitQuery(query.query)
  const { index } = logstore
  if (index === undefined) throw new SlsError('IndexConfigNotExist', 'logstore without index config.', 400)
  if (query.to <= query.from) throw new SlsError('InvalidTimeRange', 'Request time range is invalid.')
  if (query.query.includes('\0')) throw new SlsError('InvalidQueryString', 'Query string is invalid.')
  const searched = searchSql(parseSearch(search), searchScope(logstore, index))
  const topic = query.topic === '' ? [] : [`topic = ${sqlText(query.topic)}`]
  const conditions = [...within(query), searched, ...topic].join(' and ')
  if (sql === undefined) {
    const source = `from store.${logstore.table} where ${conditions}`
    const rows = await searchRows(connection, logstore, source, query)
    return { ...rows, hasSql: false, search, sql: '', processedRows: await count(connection, source) }
  }
  if (query.offset > 0) {
    throw new SlsError(
      'ParameterInvalid',
      'ErrorType:OLSQueryParseError.ErrorMessage:offset is not available for pagination in sql query, please use limit x,y syntax for pagination.'
    )
  }
  const sources = logSources(logstore, index, conditions, query, surroundings)
  const rows = await runSql(connection, sql, { ...surroundings, sources })
  const processedRows = await count(connection, `from store.${logstore.table} where ${conditions}`)
  return { ...rows, hasSql: true, search, sql, processedRows }
}

function within({ from, to }: LogQuery): readonly string[] {
  return [`time >= ${from}`, `time < ${to}`]
}

async function count(connection: DuckDBConnection, source: string): Promise<number> {
  return Number((await connection.runAndReadAll(`select count(*) ${source}`)).value(0, 0))
}

/** `log` is the logstore that is asked, less what the search leaves out; others are reached by their names, whole. */
function logSources(
  logstore: Logstore,
  index: LogstoreIndex,
  conditions: string,
  query: LogQuery,
  { sibling }: SqlSurroundings
): LogSources {
  return {
    named: (name) => {
      if (name.toLowerCase() === 'log' || name === logstore.name) return logstoreSource(logstore, index, conditions)
      const other = sibling(name)
      return other?.index && logstoreSource(other, other.index, within(query).join(' and '))
    }
  }
}

/** Parts a query at the first `|` outside quotes. */
function splitQuery(query: string): { search: string; sql: string | undefined } {
  const match = /^((?:[^"|]|"(?:[^"\\]|\\.)*")*)(?:\|(.*))?$/s.exec(query)
  if (match === null) throw searchError('"', query.lastIndexOf('"'))
  const [, search = '', sql] = match
  return { search: search.trim(), sql: sql?.trim() }
}

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
