import type { Question } from '../../src/audit/question.ts'
import { questionQuery } from '../../src/audit/question-query.ts'
import type { SlsReader } from '../../src/logstore/sls-reader.ts'

/** How long a question took in each round, ms. */
export interface Measured {
  readonly question: string
  readonly rows: number
  readonly timesMs: readonly number[]
}

/** Epoch seconds; the end is exclusive. */
export interface Span {
  readonly fromS: number
  readonly toS: number
}

/**
 * Asks every question with the defaults of its parameters, once a round, so that what disturbs the machine for a while does
 * not fall on one question alone. One round goes before, untimed.
 *
 * @throws Error for a question that is not answered
 */
export async function measureQuestions(
  reader: SlsReader,
  questions: readonly Question[],
  { rounds, span }: { readonly rounds: number; readonly span: Span }
): Promise<Measured[]> {
  const times = new Map(questions.map(({ name }): [string, number[]] => [name, []]))
  const counts = new Map<string, number>()
  for (let round = 0; round <= rounds; round += 1) {
    for (const question of questions) {
      const begun = performance.now()
      const outcome = await reader.queryLogs({ ...span, query: questionQuery(question) })
      const tookMs = performance.now() - begun
      if (outcome.kind === 'failed') throw new Error(`${question.name} failed: ${outcome.fault.message}`)
      if (round > 0) times.get(question.name)?.push(tookMs)
      counts.set(question.name, outcome.rows.length)
    }
  }
  return questions.map(({ name }) => ({ question: name, rows: counts.get(name) ?? 0, timesMs: times.get(name) ?? [] }))
}
