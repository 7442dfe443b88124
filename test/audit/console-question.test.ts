import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { consoleQuestion } from '../../src/audit/console-question.ts'
import type { Question } from '../../src/audit/question.ts'
import { questionQuery } from '../../src/audit/question-query.ts'
import type { SlsReader } from '../../src/logstore/sls-reader.ts'
import { actionLog } from './support/action-log.ts'
import { type AuditStore, openAuditStore } from './support/audit-store.ts'
import { DOCUMENTED, functionsOf } from './support/documented-functions.ts'
import { LATEST_MS, logOf } from './support/log-variants.ts'
import { restlessLog } from './support/restless-fleet.ts'

const questions = [...loadCatalogue().values()]
  .filter(({ topic }) => topic !== 'chart')
  .map((question) => [question.name, question] as const)
/** Neither the sandbox's zone nor UTC, and west of it. */
const ZONE = '-09:30'
const WEST_MS = 9.5 * 3_600_000
const histories = [actionLog(1), restlessLog(1)]
const span = {
  fromS: Math.floor(Math.min(...histories.map(({ fromMs }) => fromMs)) / 1_000),
  toS: Math.floor((Math.max(...histories.map(({ untilMs }) => untilMs)) + LATEST_MS) / 1_000)
}

let store: AuditStore
let reader: SlsReader

beforeAll(async () => {
  store = await openAuditStore()
  const arrivals = histories.flatMap((history) => history.arrivals)
  reader = await store.keep(logOf(arrivals, 'duplicates', 7))
})

afterAll(() => store.close())

describe.each(questions)('%s, as the console asks it,', (_, question) => {
  test('has the same rows in the same order, each time as the text of a clock', async () => {
    // The answers as of now would differ by the moment between them.
    const asOf = question.parameters.some(({ name }) => name === 'as_of') ? { as_of: String(span.toS) } : {}
    const cut = question.parameters.some(({ name }) => name === 'zone') ? { zone: ZONE } : {}
    const shown = await answer(consoleQuestion(question), { ...asOf, ...(hasTimes(question) && { zone: ZONE }) })
    const rows = await answer(question, { ...asOf, ...cut })
    expect(shown).toEqual(rows.map((row) => shownRow(question, row)))
  })

  test('calls only functions that the service documents', () => {
    const { query } = consoleQuestion(question)
    expect([...functionsOf(query.join(' '))].filter((name) => !DOCUMENTED.has(name))).toEqual([])
  })
})

test('a question without times stays as it is', () => {
  const timeless = questions.filter(([, question]) => !hasTimes(question))
  expect(timeless.map(([name]) => name)).toContain('late-events')
  for (const [, question] of timeless) expect(consoleQuestion(question)).toBe(question)
})

test('columns that the query does not bring are refused', () => {
  const [, question] = questions.find(([name]) => name === 'released') ?? []
  if (question === undefined) throw new Error('no question')
  const wrong = { ...question, columns: question.columns.slice(1) }
  expect(() => consoleQuestion(wrong)).toThrow('Cannot write released for the console: its query brings instance_id,')
})

function hasTimes({ columns }: Question): boolean {
  return columns.some(({ kind }) => kind === 'time')
}

async function answer(question: Question, parameters: Readonly<Record<string, string>>) {
  const outcome = await reader.queryLogs({ ...span, query: questionQuery(question, parameters) })
  if (outcome.kind === 'failed') throw new Error(outcome.fault.message)
  expect(outcome.rows.length === 0 || outcome.columns).toEqual(
    outcome.rows.length === 0 || question.columns.map(({ name }) => name)
  )
  return outcome.rows
}

function shownRow({ columns }: Question, row: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    columns.map(({ name, kind }) => {
      const value = row[name] ?? ''
      if (kind !== 'time') return [name, value]
      const text = value === 'null' ? value : new Date(Number(value) - WEST_MS).toISOString().slice(0, 19)
      return [name.replace('_ms', '_time'), text.replace('T', ' ')]
    })
  )
}
