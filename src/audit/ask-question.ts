import type { Fault } from '../cloud/fault.ts'
import { cellOf, type LogQuery, type QueryOutcome, type SlsReader, windowSeconds } from '../logstore/sls-reader.ts'
import type { Question } from './question.ts'
import { questionQuery } from './question-query.ts'

/** One value: a number where the column is one, else a text; null where the log does not tell. */
export type AnswerValue = string | number | null
export type AnswerRow = Readonly<Record<string, AnswerValue>>

export type QuestionOutcome =
  | {
      readonly kind: 'rows'
      readonly rows: readonly AnswerRow[]
      /** False when the service had not read everything even after repeats, or there were more rows than were asked for. */
      readonly complete: boolean
    }
  | { readonly kind: 'failed'; readonly fault: Fault }

export interface AskOptions {
  /** Epoch ms. */
  readonly fromMs: number
  readonly toMs: number
  /** Values by name; those that are not given take their defaults. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Most rows. Default: as many as there are, page by page, up to 100,000. */
  readonly maxRows?: number
  readonly signal?: AbortSignal
  /** Told before an incomplete answer is asked for again. */
  readonly onIncomplete?: LogQuery['onIncomplete']
}

const MAX_ROWS = 100_000
const LIMIT = /\blimit\s+(\d+)\s*$/i

/**
 * Asks a question of the catalogue. An answer as long as its query's own `limit` goes on on the next page (`limit x, y`).
 *
 * @throws AuditError `usage` for a parameter that is none
 */
export async function askQuestion(
  reader: Pick<SlsReader, 'queryLogs'>,
  question: Question,
  options: AskOptions
): Promise<QuestionOutcome> {
  const query = questionQuery(question, options.parameters)
  const maxRows = Math.min(options.maxRows ?? MAX_ROWS, MAX_ROWS)
  const pageRows = Math.min(Number(LIMIT.exec(query)?.[1] ?? 0), maxRows)
  const rows: AnswerRow[] = []
  for (;;) {
    const count = Math.min(pageRows, maxRows - rows.length)
    const page = await askPage(reader, query.replace(LIMIT, `limit ${rows.length}, ${count}`), options)
    if (page.kind === 'failed') return page
    rows.push(...page.rows.map((row) => readRow(question, row)))
    if (page.rows.length < count) return { kind: 'rows', rows, complete: page.complete }
    if (rows.length >= maxRows) return { kind: 'rows', rows, complete: false }
  }
}

function askPage(
  reader: Pick<SlsReader, 'queryLogs'>,
  query: string,
  { fromMs, toMs, signal, onIncomplete }: AskOptions
): Promise<QueryOutcome> {
  return reader.queryLogs({
    ...windowSeconds({ fromMs, toMs }),
    query,
    signal,
    ...(onIncomplete && { onIncomplete })
  })
}

const TEXTS: ReadonlySet<string> = new Set(['text', 'id', 'json'])

/** The service writes every value as text. */
function readRow({ columns }: Question, row: Readonly<Record<string, string>>): AnswerRow {
  return Object.fromEntries(
    columns.map(({ name, kind }): [string, AnswerValue] => {
      const text = cellOf(row[name])
      if (text === null) return [name, null]
      if (TEXTS.has(kind)) return [name, text]
      const number = Number(text)
      return [name, text === '' || Number.isNaN(number) ? null : number]
    })
  )
}
