import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { sqlText } from './database.ts'
import type { IndexConfig, IndexedField } from './index-config.ts'
import type { StoredLog } from './stored-log.ts'

/** A column of a logstore's table that an index asked for. Columns outlive the index: old logs keep their values there. */
export interface LogColumn {
  readonly name: string
  readonly key: string
  readonly path?: string
  readonly type: IndexedField['type']
}

/** Rows in one insert: 512 are stringified in 2 to 3 ms and inserted off the JavaScript thread. */
const INSERT_ROWS = 512
const SQL_TYPE = { text: 'VARCHAR', json: 'VARCHAR', long: 'BIGINT', double: 'DOUBLE' } as const

/**
 * A table holds a log's time, topic, source and tags, one typed column per indexed field, and `rest`: a JSON object with
 * the text of every key that no text column holds whole. Text columns are the log's own words; number columns and
 * columns from inside a JSON value are derived, so their text stays in `rest`.
 */
export function createTableSql(table: string): string {
  return `create table store.${table} (
    time BIGINT not null, time_ns INTEGER, topic VARCHAR not null, source VARCHAR not null, tags JSON not null, rest JSON not null)`
}

/** The columns that an index needs: those that are there already, and those to add. */
export function columnsFor(
  index: IndexConfig,
  existing: readonly LogColumn[]
): { active: Map<string, LogColumn>; added: LogColumn[] } {
  const active = new Map<string, LogColumn>()
  const added: LogColumn[] = []
  for (const { name, key, path, type } of index.fields.values()) {
    const known = existing.find((column) => column.key === key && column.path === path && column.type === type)
    const column = known ?? {
      name: `c${existing.length + added.length}`,
      key,
      ...(path !== undefined && { path }),
      type
    }
    if (known === undefined) added.push(column)
    active.set(name, column)
  }
  return { active, added }
}

/** Adds a column; logs that are there already have NULL in it, as an index applies to new logs only. */
export function addColumnSql(table: string, column: LogColumn): string {
  return `alter table store.${table} add column ${column.name} ${SQL_TYPE[column.type]}`
}

/** True for a column that holds a key's text whole. */
export function isOwnText(column: LogColumn): boolean {
  return column.path === undefined && (column.type === 'text' || column.type === 'json')
}

/** Inserts logs; call it inside a transaction. */
export async function insertLogs(
  connection: DuckDBConnection,
  table: string,
  columns: readonly LogColumn[],
  logs: readonly StoredLog[]
): Promise<void> {
  const shape = {
    time: 'BIGINT',
    time_ns: 'INTEGER',
    topic: 'VARCHAR',
    source: 'VARCHAR',
    tags: 'JSON',
    rest: 'JSON',
    ...Object.fromEntries(columns.map((column) => [column.name, SQL_TYPE[column.type]]))
  }
  const statement = await connection.prepare(
    `insert into store.${table} (${Object.keys(shape).join(', ')})
     select unnest(from_json($1::varchar, ${sqlText(JSON.stringify([shape]))}), recursive := true)`
  )
  try {
    for (let start = 0; start < logs.length; start += INSERT_ROWS) {
      const rows = logs.slice(start, start + INSERT_ROWS).map((log) => toRow(log, columns))
      statement.bindVarchar(1, JSON.stringify(rows))
      await statement.run()
    }
  } finally {
    statement.destroySync()
  }
}

function toRow(log: StoredLog, columns: readonly LogColumn[]): Record<string, unknown> {
  const { time, timeNs, topic, source, tags, fields } = log
  const rest: Record<string, string> = Object.assign(Object.create(null), fields)
  const row: Record<string, unknown> = { time, time_ns: timeNs, topic, source, tags, rest }
  const parsed = new Map<string, unknown>()
  for (const column of columns) {
    const text = fields[column.key]
    if (text === undefined) continue
    if (column.path === undefined) {
      row[column.name] = typed(text, column.type)
      if (isOwnText(column)) delete rest[column.key]
    } else {
      if (!parsed.has(column.key)) parsed.set(column.key, parseJson(text))
      const value = valueAt(parsed.get(column.key), column.path)
      if (value !== undefined) row[column.name] = typed(value, column.type)
    }
  }
  return row
}

/** As text, which DuckDB casts: JSON numbers would lose digits. A number field that holds no number stays NULL. */
function typed(text: string, type: LogColumn['type']): string | undefined {
  if (type === 'text' || type === 'json') return text
  if (type === 'double') return text.trim() !== '' && Number.isFinite(Number(text)) ? text.trim() : undefined
  if (!/^[+-]?\d{1,19}$/.test(text)) return undefined
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? BigInt(text).toString() : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function valueAt(value: unknown, path: string): string | undefined {
  const found = path.split('.').reduce<unknown>((inner, name) => {
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
      ? (inner as Record<string, unknown>)[name]
      : undefined
  }, value)
  if (found === undefined || found === null) return undefined
  return typeof found === 'string' ? found : JSON.stringify(found)
}

/** What to select so that `readLog` can put a log together again. */
export function logSelection(columns: readonly LogColumn[]): string {
  const texts = columns.filter(isOwnText).map((column) => column.name)
  return ['time', 'time_ns', 'topic', 'source', 'tags', 'rest', ...texts].join(', ')
}

/** The log behind one row of `logSelection`. */
export function readLog(row: readonly DuckDBValue[], columns: readonly LogColumn[]): StoredLog {
  const [time, timeNs, topic, source, tags, rest, ...texts] = row
  const fields: Record<string, string> = Object.assign(Object.create(null), JSON.parse(String(rest)))
  columns.filter(isOwnText).forEach((column, i) => {
    const text = texts[i]
    if (typeof text === 'string') fields[column.key] = text
  })
  return {
    time: Number(time),
    timeNs: timeNs === null || timeNs === undefined ? undefined : Number(timeNs),
    topic: String(topic),
    source: String(source),
    tags: Object.assign(Object.create(null), JSON.parse(String(tags))),
    fields
  }
}
