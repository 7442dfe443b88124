import type { DuckDBConnection, DuckDBResult, DuckDBValue } from '@duckdb/node-api'
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
  const packed = packedColumns(statement.columns)
  try {
    return await readRows(await connection.stream(packedSql(statement, packed)), statement, packed)
  } catch (fault) {
    throw queryError(fault)
  }
}

type Column = TranslatedStatement['columns'][number]

/** Types whose text is DuckDB's own. */
const PLAIN: ReadonlySet<string> = new Set(['varchar', 'bigint', 'boolean', 'unknown'])

/**
 * Which columns travel packed: where several are plain, they come as one JSON array a row, in front of the others. Reading one
 * text costs a fraction of reading many values.
 */
function packedColumns(columns: readonly Column[]): ReadonlySet<number> {
  const plain = columns.flatMap(({ type }, i) => (PLAIN.has(type.kind) ? [i] : []))
  return new Set(plain.length > 1 ? plain : [])
}

function packedSql({ sql, columns }: TranslatedStatement, packed: ReadonlySet<number>): string {
  if (packed.size === 0) return sql
  const texts = Array.from(packed, (i) => `cast(c${i} as varchar)`)
  const others = columns.flatMap((_, i) => (packed.has(i) ? [] : `c${i}`))
  return `select ${[`cast(json_array(${texts.join(', ')}) as varchar)`, ...others].join(', ')} from (${sql})`
}

async function readRows(
  result: DuckDBResult,
  { columns }: TranslatedStatement,
  packed: ReadonlySet<number>
): Promise<Rows> {
  const keys = columns.map(({ name }) => name)
  const printers = columns.map(({ type }) => printerOf(type))
  const rows: Array<Record<string, string>> = []
  let chars = 0
  for await (const chunk of result.yieldRows()) {
    for (const values of chunk) {
      const ordered = unpacked(values, columns.length, packed)
      const texts = ordered.map((value, i) => printers[i]?.(value) ?? 'null')
      chars += texts.reduce((sum, text) => sum + text.length, 0)
      rows.push(Object.fromEntries(keys.map((key, i) => [key, texts[i] ?? 'null'])))
    }
    if (rows.length > MAX_LIMIT || chars > MAX_RESULT_CHARS) {
      throw new SlsError('ParameterInvalid', 'ErrorType:OLSQueryRuntimeError.ErrorMessage:the result is too large')
    }
  }
  return { rows, keys, columnTypes: columns.map(({ type }) => showType(type).replace(/\(.*/s, '')) }
}

/** A row's values in the order of its columns. */
function unpacked(row: readonly DuckDBValue[], count: number, packed: ReadonlySet<number>): readonly DuckDBValue[] {
  if (packed.size === 0) return row
  const [text, ...others] = row
  const [plain, rest] = [(JSON.parse(String(text)) as ReadonlyArray<string | null>).values(), others.values()]
  return Array.from({ length: count }, (_, i) => (packed.has(i) ? plain : rest).next().value ?? null)
}

/** What fails while a statement runs is the statement's fault: a cast that can't be, a division by zero. */
function queryError(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof SlsError) return fault
  const message = raisedMessage(fault.message) ?? fault.message.split('\n')[0] ?? ''
  return new SlsError('ParameterInvalid', `ErrorType:OLSQueryRuntimeError.ErrorMessage:${message}`)
}
