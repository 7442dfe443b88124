import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import { printerOf } from './print-value.ts'
import { SlsError } from './sls-error.ts'
import { MAX_LIMIT, type StatementSettings, type TranslatedStatement, translateSql } from './sql/query-translator.ts'
import { showType } from './sql/sql-type.ts'
import { raisedMessage } from './sql/typed.ts'

/** The service's bound on a result: 100 MB. */
const MAX_RESULT_CHARS = 100_000_000

/** The rows of an answer; all values are text, as they are on the wire. */
export interface Rows {
  readonly rows: ReadonlyArray<Readonly<Record<string, string>>>
  readonly keys: readonly string[]
  readonly columnTypes: readonly string[]
}

/**
 * Runs a statement of the service's dialect.
 *
 * @throws SlsError as the service would answer
 */
export async function runSql(connection: DuckDBConnection, sql: string, settings: StatementSettings): Promise<Rows> {
  const statement = translateSql(sql, settings)
  try {
    return await readRows(await connection.stream(statement.sql), statement)
  } catch (fault) {
    throw queryError(fault)
  }
}

async function readRows(result: DuckDBResult, { columns }: TranslatedStatement): Promise<Rows> {
  const keys = columns.map(({ name }) => name)
  const printers = columns.map(({ type }) => printerOf(type))
  const rows: Array<Record<string, string>> = []
  let chars = 0
  for await (const chunk of result.yieldRows()) {
    for (const values of chunk) {
      const texts = values.map((value, i) => printers[i]?.(value) ?? 'null')
      chars += texts.reduce((sum, text) => sum + text.length, 0)
      rows.push(Object.fromEntries(keys.map((key, i) => [key, texts[i] ?? 'null'])))
    }
    if (rows.length > MAX_LIMIT || chars > MAX_RESULT_CHARS) {
      throw new SlsError('ParameterInvalid', 'ErrorType:OLSQueryRuntimeError.ErrorMessage:the result is too large')
    }
  }
  return { rows, keys, columnTypes: columns.map(({ type }) => showType(type).replace(/\(.*/s, '')) }
}

/** What fails while a statement runs is the statement's fault: a cast that can't be, a division by zero. */
function queryError(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof SlsError) return fault
  const message = raisedMessage(fault.message) ?? fault.message.split('\n')[0] ?? ''
  return new SlsError('ParameterInvalid', `ErrorType:OLSQueryRuntimeError.ErrorMessage:${message}`)
}
