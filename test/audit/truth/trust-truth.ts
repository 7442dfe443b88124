import type { ExpectedRow } from '../support/compare.ts'
import type { StoredRecord } from '../support/log-variants.ts'
import type { TrueAnswer } from '../support/proof.ts'
import type { RestlessLog } from '../support/restless-fleet.ts'
import { ordered, percent, percentile } from '../support/rows.ts'
import {
  delaysOf,
  fieldsOf,
  firstOf,
  keysOf,
  newest,
  numbersOf,
  ofKind,
  oldest,
  realEvents
} from '../support/stored-fields.ts'
import { begin } from './action-truth.ts'
import { grouped, HOUR, MINUTE } from './facts.ts'

/** The questions whether the log can be trusted, with their true answers: most of them are of the very log that is asked. */
export function trustAnswers(history: RestlessLog): TrueAnswer[] {
  return [
    { question: 'duplicates', rows: (log) => [duplicates(log)] },
    { question: 'late-events', rows: (log) => late(log, 5) },
    { question: 'late-events', parameters: { minutes: '1000' }, rows: (log) => late(log, 1_000) },
    { question: 'silent-hours', rows: silent(history, 1) },
    { question: 'silent-hours', parameters: { hours: '3' }, rows: silent(history, 3) },
    { question: 'undecodable', rows: undecodable },
    { question: 'schema-versions', rows: (log) => kinds(log, ['schema', 'kind']) },
    { question: 'record-kinds', rows: (log) => kinds(log, ['kind']) },
    { question: 'envelopes', rows: envelopes },
    { question: 'test-events', rows: testEvents },
    { question: 'service-health', rows: health },
    { question: 'stat-trust', rows: (log) => [numbers(log)] },
    {
      question: 'alert-silence',
      rows: (log) => [{ events: keysOf(realEvents(log)).size, last_ms: newest(realEvents(log)) }]
    },
    { question: 'alert-undecodable', rows: (log) => [{ messages: keysOf(ofKind(log, 'undecodable')).size }] },
    { question: 'alert-unhealthy', rows: [{ unhealthy: 3, reason: 'logstore' }] }
  ]
}

function duplicates(log: readonly StoredRecord[]): ExpectedRow {
  const records = realEvents(log)
  const count = (...names: string[]): number =>
    new Set(records.map((each) => names.map((name) => each[name]).join())).size
  const [events, messages] = [count('event_key'), count('event_key', 'message_id')]
  const deliveries = count('event_key', 'message_id', 'dequeue_count')
  return {
    ...{ records: records.length, events, duplicates: records.length - events, sent_again: messages - events },
    ...{ delivered_again: deliveries - messages, stored_again: records.length - deliveries },
    duplicates_percent: percent(records.length - events, records.length, 2)
  }
}

function late(log: readonly StoredRecord[], minutes: number): ExpectedRow[] {
  const timed = realEvents(log).filter(({ lag_ms: lag }) => lag !== undefined)
  const rows = [...grouped(timed, ({ region_id: region = '' }) => region)].map(([region, records]) => {
    const delays = delaysOf(records)
    return {
      ...{ region_id: region, events: delays.length, p50_ms: percentile(delays, 50), p99_ms: percentile(delays, 99) },
      ...{ max_ms: Math.max(...delays), late: delays.filter((ms) => ms > minutes * MINUTE).length },
      early: delays.filter((ms) => ms < 0).length
    }
  })
  return ordered(rows, 'region_id')
}

/** Hour by hour, from the first one with an event to the last; a stretch of silence at least so long. */
function silent({ events, arrivals, fromMs, untilMs }: RestlessLog, atLeast: number): ExpectedRow[] {
  const strangers = realEvents(arrivals.map((arrival) => ({ record: arrival.record(arrival.atMs, 1), storedMs: 0 })))
  const times = [...events.flatMap(({ toldMs }) => toldMs ?? []), ...numbersOf(strangers, 'event_ms')]
  const heard = new Set(times.map((ms) => begin(ms, HOUR)))
  const rows: ExpectedRow[] = []
  let sinceMs: number | undefined
  for (let hourMs = begin(fromMs, HOUR); hourMs <= untilMs; hourMs += HOUR) {
    if (!heard.has(hourMs)) continue
    const hours = sinceMs === undefined ? 0 : (hourMs - sinceMs) / HOUR - 1
    if (sinceMs !== undefined && hours >= atLeast) rows.unshift({ from_ms: sinceMs + HOUR, until_ms: hourMs, hours })
    sinceMs = hourMs
  }
  return rows
}

function undecodable(log: readonly StoredRecord[]): ExpectedRow[] {
  const first = firstOf(ofKind(log, 'undecodable'))
  const rows = [...grouped(first, ({ reason = '', queue = '' }) => `${reason} ${queue}`).values()].map((records) => {
    const times = numbersOf(records, 'received_ms')
    return {
      ...{ reason: records[0]?.['reason'], queue: records[0]?.['queue'], messages: records.length },
      ...{ first_ms: Math.min(...times), last_ms: Math.max(...times) },
      detail: records
        .map(({ detail = '' }) => detail)
        .sort()
        .at(-1)
    }
  })
  return ordered(rows, '-messages', 'reason', 'queue')
}

function kinds(log: readonly StoredRecord[], names: readonly string[]): ExpectedRow[] {
  const groups = grouped(fieldsOf(log), (fields) => names.map((name) => fields[name] ?? '').join())
  const rows = [...groups.values()].map((records) => ({
    ...Object.fromEntries(names.map((name) => [name, records[0]?.[name] ?? ''])),
    records: new Set(records.flatMap(({ event_key: key }) => key ?? [])).size,
    ...{ first_ms: oldest(records), last_ms: newest(records) }
  }))
  return ordered(rows, ...names)
}

function envelopes(log: readonly StoredRecord[]): ExpectedRow[] {
  const groups = [...grouped(realEvents(log), ({ envelope = '' }) => envelope)]
  const all = groups.reduce((sum, [, records]) => sum + keysOf(records).size, 0)
  const rows = groups.map(([envelope, records]) => {
    const events = keysOf(records).size
    return { envelope, events, percent: percent(events, all), last_ms: newest(records) }
  })
  return ordered(rows, '-events', 'envelope')
}

function testEvents(log: readonly StoredRecord[]): ExpectedRow[] {
  const first = firstOf(ofKind(log, 'event').filter(({ test }) => test === 'true'))
  const rows = [...grouped(first, (fields) => TEST_NAMES.map((name) => fields[name] ?? '').join()).values()].map(
    (records) => {
      const times = numbersOf(records, 'received_ms')
      const named = Object.fromEntries(TEST_NAMES.map((name) => [name, records[0]?.[name] ?? '']))
      return { ...named, events: records.length, first_ms: Math.min(...times), last_ms: Math.max(...times) }
    }
  )
  return ordered(rows, '-last_ms', ...TEST_NAMES)
}

const TEST_NAMES = ['event_name', 'envelope', 'region_id'] as const

function health(log: readonly StoredRecord[]): ExpectedRow[] {
  const rows = [...grouped(ofKind(log, 'health'), ({ status = '' }) => status)].map(([status, records]) => ({
    ...{ status, reason: records[0]?.['reason'] ?? '', reports: keysOf(records).size },
    ...{ first_ms: oldest(records), last_ms: newest(records) }
  }))
  return ordered(rows, '-last_ms', 'status', 'reason')
}

function numbers(log: readonly StoredRecord[]): ExpectedRow {
  const [events, broken] = [realEvents(log), ofKind(log, 'undecodable')]
  const [known, unknown] = [keysOf(events).size, keysOf(broken).size]
  const delays = delaysOf(events)
  const records = events.length + broken.length
  return {
    ...{ records, events: known, duplicates_percent: percent(records - known - unknown, records, 2) },
    ...{ p50_ms: percentile(delays, 50), p99_ms: percentile(delays, 99), max_ms: Math.max(...delays) },
    ...{ undecodable: unknown, last_ms: newest(events) }
  }
}
