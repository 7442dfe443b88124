import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { questionQuery } from '../../src/audit/question-query.ts'
import type { FieldValues } from '../../src/logstore/fields.ts'
import { auditRecord, type RecordKind } from '../../src/logstore/record.ts'
import type { SlsReader } from '../../src/logstore/sls-reader.ts'
import { type AuditStore, openAuditStore } from './support/audit-store.ts'

/** What no fleet does, but the world does: ties, two producers, clocks that disagree, gaps that were closed afterwards. */

const T = Date.UTC(2026, 9, 20, 12)
const MINUTE = 60_000
const catalogue = loadCatalogue()
let store: AuditStore
let reader: SlsReader
let keys = 0

beforeAll(async () => {
  store = await openAuditStore()
  const log = [
    ...state('i-tie', 'Stopped', T, T),
    ...state('i-tie', 'Starting', T + 1_000, T + 1_000),
    ...state('i-tie', 'Running', T + 1_000, T),
    ...state('i-two', 'Created', T, T),
    ...state('i-two', 'Running', T + 5_734, T + 5_734),
    ...state('i-two', 'Running', T + 5_000, T + 6_000),
    ...state('i-two', 'Deleted', T + 9_000, T + 9_000),
    ...state('i-mended', 'Created', T, T),
    ...state('i-mended', 'Deleted', T + 10 * MINUTE, T + 10 * MINUTE, { envelope: 'reconciled' }),
    ...state('i-mended', 'Deleted', T + MINUTE, T + 20 * MINUTE),
    ...state('i-old', 'Deleted', T + 2 * MINUTE, T + 2 * MINUTE),
    ...record('instance', T + MINUTE, T + MINUTE, {
      instance_id: 'i-old',
      state: 'Pending',
      created_ms: T - 90 * MINUTE
    }),
    ...state('i-kept', 'Running', T, T),
    ...record('event', T + MINUTE, T + MINUTE, { instance_id: 'i-kept', interruption: 'stop' }),
    ...state('i-kept', 'Stopped', T + 6 * MINUTE, T + 6 * MINUTE),
    ...state('i-kept', 'Deleted', T + 60 * MINUTE, T + 60 * MINUTE),
    ...state('i-kept', 'Running', T + 61 * MINUTE, T + 61 * MINUTE, { test: 'true' }),
    ...record('event', undefined, T + MINUTE, { instance_id: 'i-timeless', state: 'Deleted' })
  ]
  reader = await store.keep(log.sort((a, b) => a.storedMs - b.storedMs))
})

afterAll(() => store.close())

test('of two states in one moment the later in a life is the newer', async () => {
  expect(await values('instance-states', 'i-tie', ['state', 'duration_ms'])).toEqual([
    ['Stopped', '1000'],
    ['Starting', '0'],
    ['Running', 'null']
  ])
  expect(await values('instance-life', 'i-tie', ['last_state'])).toEqual([['Running']])
})

test('a change that two producers tell of is one, from the earlier time on', async () => {
  expect(await values('instance-states', 'i-two', ['state', 'since_ms'])).toEqual([
    ['Created', String(T)],
    ['Running', String(T + 5_000)],
    ['Deleted', String(T + 9_000)]
  ])
})

test('the event of a release counts more than the reconciliation that missed it', async () => {
  expect(await values('released', 'i-mended', ['released_ms', 'lifetime_ms'])).toEqual([
    [String(T + MINUTE), String(MINUTE)]
  ])
})

test('what a snapshot calls Pending is no creation; when it was created is taken from it all the same', async () => {
  expect(await values('released', 'i-old', ['created_ms', 'last_state'])).toEqual([['null', 'null']])
  expect(await values('released-details', 'i-old', ['created_ms'])).toEqual([[String(T - 90 * MINUTE)]])
})

test('a release long after a notice was no interruption, and a test event changes nothing', async () => {
  const states = await values('released-by-state', '', ['last_state', 'releases', 'interrupted'])
  expect(states).toContainEqual(['Stopped', '1', '0'])
  expect(await values('instance-life', 'i-kept', ['last_state', 'events'])).toEqual([['Deleted', '4']])
})

test('an event that tells no time is no release at an unknown moment', async () => {
  expect(await values('released', 'i-timeless', ['released_ms'])).toEqual([])
})

function state(instance: string, value: string, atMs: number, storedMs: number, more: FieldValues = {}) {
  return record('event', atMs, storedMs, { instance_id: instance, state: value, ...more })
}

function record(kind: RecordKind, atMs: number | undefined, storedMs: number, values: FieldValues) {
  keys += 1
  const known = { event_key: `key-${keys}`, event_name: 'Instance:StateChange', event_ms: atMs, ...values }
  return [{ storedMs, record: auditRecord(kind, atMs ?? storedMs, storedMs, known) }]
}

/** Some columns of the answer about an instance. */
async function values(name: string, instance: string, columns: readonly string[]): Promise<string[][]> {
  const question = catalogue.get(name)
  if (question === undefined) throw new Error(`There is no question ${name}`)
  const query = questionQuery(question, instance === '' ? {} : { instance })
  const outcome = await reader.queryLogs({ fromS: T / 1_000, toS: T / 1_000 + 7_200, query })
  if (outcome.kind === 'failed') throw new Error(outcome.fault.message)
  return outcome.rows.map((row) => columns.map((column) => row[column] ?? ''))
}
