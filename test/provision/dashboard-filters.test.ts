import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { consoleQuestion } from '../../src/audit/console-question.ts'
import type { Question } from '../../src/audit/question.ts'
import { questionQuery } from '../../src/audit/question-query.ts'
import type { SlsReader } from '../../src/logstore/sls-reader.ts'
import { buildDashboard } from '../../src/provision/dashboards/build-dashboard.ts'
import { DASHBOARDS } from '../../src/provision/dashboards/dashboard-files.ts'
import { actionLog } from '../audit/support/action-log.ts'
import { type AuditStore, openAuditStore } from '../audit/support/audit-store.ts'
import { LATEST_MS, logOf, type StoredRecord } from '../audit/support/log-variants.ts'
import { worlds } from '../audit/support/worlds.ts'

const PATIENCE_MS = 300_000

/** By field, the questions of which it left rows. */
const filters = ['region_id', 'account_id', 'instance_id'].map((field) => ({ field, told: new Set<string>() }))

const questions = askedQuestions()
const history = mixedHistory()
const log = logOf(history.arrivals, 'duplicates', 7)

let store: AuditStore
let whole: SlsReader

beforeAll(async () => {
  store = await openAuditStore()
  whole = await store.keep(log)
}, PATIENCE_MS)

afterAll(() => store.close())

// What a filter leaves of an answer must be the answer to what it leaves of the log: nothing may be compared with records
// that were filtered away, and nothing filtered may slip back in.
describe.each(filters)('a filter by $field', ({ field, told }) => {
  const value = mostCommon(log, field)
  let part: SlsReader

  beforeAll(async () => {
    part = await store.keep(log.filter(({ record }) => fieldOf(record, field) === value))
  }, PATIENCE_MS)

  test.each(questions.map((question) => [question.name, question] as const))(
    'narrows %s',
    async (name, question) => {
      const query = questionQuery(question, parametersOf(question))
      const filtered = await rowsOf(whole, filteredQuery(query, field, value))
      if (filtered.length > 0) told.add(name)
      expect(filtered).toEqual(await rowsOf(part, query))
    },
    PATIENCE_MS
  )
})

test('the filters leave something of every answer but of those that tell no region, account or instance', () => {
  const silent = questions.map(({ name }) => name).filter((name) => !filters.some(({ told }) => told.has(name)))
  expect(silent.sort()).toEqual(['chart-undecodable', 'service-health', 'undecodable'])
})

/** Every question of every dashboard, once. */
function askedQuestions(): Question[] {
  const catalogue = loadCatalogue()
  const byQuery = new Map(
    Array.from(catalogue.values()).flatMap((question) => {
      return [question, consoleQuestion(question)].map(({ query }) => [query.join(' '), question] as const)
    })
  )
  const charts = DASHBOARDS.flatMap((each) => buildDashboard(each, { questions: catalogue, lang: 'en' }).charts)
  const asked = charts.flatMap(({ search }) => search.chartQueries.flatMap(({ query }) => byQuery.get(query) ?? []))
  return [...new Set(asked)]
}

function mixedHistory() {
  const [world] = worlds()
  const actions = actionLog(1)
  if (world === undefined) throw new Error('no world')
  return {
    arrivals: [...world.arrivals, ...actions.arrivals],
    fromMs: Math.min(world.fromMs, actions.fromMs),
    untilMs: Math.max(world.untilMs, actions.untilMs)
  }
}

/** As the console does it: a condition behind the search part. */
function filteredQuery(query: string, field: string, value: string): string {
  const end = query.indexOf('|')
  return `${query.slice(0, end)} and ${field}: "${value}" ${query.slice(end)}`
}

/** A moment for the questions that otherwise compare with now, and thresholds that a history of some days passes. */
function parametersOf({ name, parameters }: Question): Record<string, string> {
  const asOf = parameters.some((each) => each.name === 'as_of')
  return {
    ...(asOf ? { as_of: String(Math.floor(history.untilMs / 1_000)) } : {}),
    ...(name === 'alive-long' ? { days: '1' } : {}),
    ...(name === 'interrupted-now' ? { minutes: '20000' } : {})
  }
}

async function rowsOf(reader: SlsReader, query: string) {
  const { fromMs, untilMs } = history
  const fromS = Math.floor(fromMs / 1_000)
  const outcome = await reader.queryLogs({ fromS, toS: Math.ceil((untilMs + LATEST_MS) / 1_000), query })
  if (outcome.kind === 'failed') throw new Error(outcome.fault.message)
  return outcome.rows
}

function fieldOf(record: StoredRecord['record'], field: string): string | undefined {
  const at = record.fields.findIndex((each, index) => index % 2 === 0 && each === field)
  return at < 0 ? undefined : record.fields[at + 1]
}

function mostCommon(records: readonly StoredRecord[], field: string): string {
  const counts = new Map<string, number>()
  for (const { record } of records) {
    const value = fieldOf(record, field) ?? ''
    if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? ''
}
