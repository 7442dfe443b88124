import { sqlText } from '../database.ts'
import type { Expression } from './sql-tree.ts'
import { canBecome, duckType, type SqlType, sameType } from './sql-type.ts'

/** An expression translated: DuckDB's SQL for it and its type to the service. */
export interface Typed {
  readonly sql: string
  readonly type: SqlType
  /** What it was translated from, for arguments that must be literals. */
  readonly node?: Expression
  /** Of a lambda: its parameters' names in DuckDB's SQL, and its body. `sql` is both. */
  readonly lambda?: { readonly parameters: readonly string[]; readonly body: string }
}

/** A value as one of another type that it can become. */
export function coerce({ sql, type }: Typed, to: SqlType): string {
  if (sameType(type, to)) return sql
  if (!canBecome(type, to)) throw new TypeError(`${type.kind} does not become ${to.kind}`)
  return type.kind === 'unknown' ? `cast(null as ${duckType(to)})` : `cast(${sql} as ${duckType(to)})`
}

/** Begins the text of errors that a running statement raises on purpose. */
const RAISED = '\u0001'

/**
 * SQL that ends the statement with a message when it is evaluated. A cast that can't work does it: unlike DuckDB's
 * `error()` it is no volatile function, which could neither stand in GROUP BY nor inside `try`.
 */
export function raise(message: string, type: SqlType): string {
  const fault = `cast(${sqlText(RAISED + message)} as bigint)`
  return type.kind === 'bigint' ? fault : `cast(cast(${fault} as varchar) as ${duckType(type)})`
}

/** The message of a fault that `raise` made. */
export function raisedMessage(fault: string): string | undefined {
  return new RegExp(`Could not convert string '${RAISED}(.*?)' to INT64`, 's').exec(fault)?.[1]
}
