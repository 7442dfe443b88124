import type { SqlType } from './sql-type.ts'

/** A logstore as SQL sees it: the fields with statistics on, and the reserved names. */
export interface LogSource {
  readonly columns: readonly LogField[]
  /** Fields that are there when asked for by name: tags. */
  find(name: string): LogField | undefined
  /** `from ... where ...` of DuckDB's: the logs of the query's search and time range. */
  readonly from: string
}

/** A field: its name to the service, and DuckDB's SQL for it inside `from`. */
export interface LogField {
  readonly name: string
  readonly type: SqlType
  readonly sql: string
}

/** The logstores that a statement can name; `log` is the one that was asked. */
export interface LogSources {
  named(name: string): LogSource | undefined
}
