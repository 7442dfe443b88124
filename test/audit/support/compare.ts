import type { Question, QuestionColumn } from '../../../src/audit/question.ts'
import { questionQuery } from '../../../src/audit/question-query.ts'
import type { SlsReader } from '../../../src/logstore/sls-reader.ts'

/** A value that a row must have; undefined and null: nothing is known. */
export type ExpectedValue = string | number | null | undefined
export type ExpectedRow = Readonly<Record<string, ExpectedValue>>

export interface Asked {
  readonly question: Question
  readonly parameters?: Readonly<Record<string, string>>
  /** The window, epoch ms; whole seconds around it are read. */
  readonly fromMs: number
  readonly untilMs: number
}

/**
 * Asks a question and holds its answer against the rows that are true: the same columns, the same rows in the same order,
 * each value the same. Numbers are compared as numbers, everything else as text. No two rows may have one place in the order.
 *
 * @returns what differs first, for a person; '' when nothing does
 */
export async function difference(reader: SlsReader, asked: Asked, expected: readonly ExpectedRow[]): Promise<string> {
  const { question, parameters = {}, fromMs, untilMs } = asked
  const outcome = await reader.queryLogs({
    fromS: Math.floor(fromMs / 1_000),
    toS: Math.floor(untilMs / 1_000) + 1,
    query: questionQuery(question, parameters)
  })
  if (outcome.kind === 'failed') return `it failed: ${outcome.fault.message}`
  if (!outcome.complete) return 'the answer is not complete'
  const names = question.columns.map(({ name }) => name).join(', ')
  if (outcome.rows.length > 0 && outcome.columns.join(', ') !== names) {
    return `its columns are ${outcome.columns.join(', ')}; the question promises ${names}`
  }
  for (const [index, row] of outcome.rows.entries()) {
    const wanted = expected[index]
    if (wanted === undefined) return `row ${index} is one too many: ${JSON.stringify(row)}`
    const wrong = question.columns.find((column) => !isEqual(column, row[column.name] ?? '', wanted[column.name]))
    if (wrong !== undefined) {
      return `row ${index}, ${wrong.name}: answered ${JSON.stringify(row)}, true is ${JSON.stringify(wanted)}`
    }
  }
  const missing = expected[outcome.rows.length]
  if (missing !== undefined) return `row ${outcome.rows.length} is missing: ${JSON.stringify(missing)}`
  return ties(question, outcome.rows)
}

/** Rows that the question's own order does not tell apart: another engine may give them the other way round. */
function ties(question: Question, rows: ReadonlyArray<Readonly<Record<string, string>>>): string {
  const order = /.* order by (.*) limit \d+$/s.exec(question.query.join(' '))?.[1] ?? ''
  const places = rows.map((row) => [...order.matchAll(/[a-z_]+/g)].map(([name]) => row[name] ?? '').join(' '))
  const seen = new Set<string>()
  const again = places.find((place) => seen.size === seen.add(place).size)
  return again === undefined ? '' : `rows are in no order: ${order} is ${again} twice`
}

/** The service writes SQL's null as the text `null`. */
function isEqual({ kind }: QuestionColumn, answered: string, wanted: ExpectedValue): boolean {
  if (wanted === undefined || wanted === null) return answered === 'null'
  if (kind === 'text' || kind === 'id' || kind === 'json') return answered === String(wanted)
  return answered !== '' && Number(answered) === wanted
}
