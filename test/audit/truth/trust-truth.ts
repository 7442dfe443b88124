import type { ExpectedRow } from '../support/compare.ts'
import type { StoredRecord } from '../support/log-variants.ts'
import type { TrueAnswer } from '../support/proof.ts'
import type { RestlessLog } from '../support/restless-fleet.ts'
import { ordered, percent, percentile } from '../support/rows.ts'
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
    { question: 'chart-lag', rows: (log) => lagChart(log, HOUR) },
    { question: 'chart-lag', parameters: { minutes: '1440' }, rows: (log) => lagChart(log, 24 * HOUR) },
    { question: 'chart-duplicates', rows: (log) => duplicatesChart(log, HOUR) },
    { question: 'chart-undecodable', rows: (log) => undecodableChart(log, HOUR) },
    { question: 'chart-records', rows: (log) => recordsChart(log, HOUR) },
    {
      question: 'alert-silence',
      rows: (log) => [{ events: keysOf(realEvents(log)).size, last_ms: newest(realEvents(log)) }]
    },
    { question: 'alert-undecodable', rows: (log) => [{ messages: keysOf(ofKind(log, 'undecodable')).size }] },
    { question: 'alert-unhealthy', rows: [{ unhealthy: 3, reason: 'logstore' }] }
  ]
}

type Fields = Readonly<Record<string, string>>

function fieldsOf(log: readonly StoredRecord[]): Fields[] {
  return log.map(({ record: { fields } }) => {
    const pairs = Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at], fields[2 * at + 1]] as const)
    return Object.fromEntries(pairs)
  })
}

function ofKind(log: readonly StoredRecord[], kind: string): Fields[] {
  return fieldsOf(log).filter((fields) => fields['kind'] === kind)
}

function realEvents(log: readonly StoredRecord[]): Fields[] {
  return ofKind(log, 'event').filter(({ test }) => test === undefined)
}

/** Records by what they tell of, in the order of storing: the first arrival comes first. */
function keysOf(records: readonly Fields[]): Map<string, Fields[]> {
  return grouped(records, ({ event_key: key = '' }) => key)
}

/** Of each thing told the record that arrived first. */
function firstOf(records: readonly Fields[]): Fields[] {
  return [...keysOf(records).values()].flatMap((copies) => copies.slice(0, 1))
}

function numbersOf(records: Iterable<Fields>, name: string): number[] {
  return [...records].flatMap((fields) => (fields[name] === undefined ? [] : Number(fields[name])))
}

function newest(records: readonly Fields[]): number | undefined {
  const times = numbersOf(records, 'event_ms')
  return times.length === 0 ? undefined : Math.max(...times)
}

function oldest(records: readonly Fields[]): number | undefined {
  const times = numbersOf(records, 'event_ms')
  return times.length === 0 ? undefined : Math.min(...times)
}

/** How long each event took to its first arrival, ms. */
function delaysOf(records: readonly Fields[]): number[] {
  return [...keysOf(records).values()].flatMap((copies) => {
    const delays = numbersOf(copies, 'lag_ms')
    return delays.length === 0 ? [] : Math.min(...delays)
  })
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

function lagChart(log: readonly StoredRecord[], everyMs: number): ExpectedRow[] {
  const timed = realEvents(log).filter(({ lag_ms: lag }) => lag !== undefined)
  const rows = [...grouped(timed, ({ event_ms: ms }) => begin(Number(ms), everyMs))].map(([t, records]) => {
    const delays = delaysOf(records)
    const [p50, p99] = [percentile(delays, 50), percentile(delays, 99)]
    return { t: Number(t), events: delays.length, p50_ms: p50, p99_ms: p99, max_ms: Math.max(...delays) }
  })
  return ordered(rows, 't')
}

function duplicatesChart(log: readonly StoredRecord[], everyMs: number): ExpectedRow[] {
  const timed = realEvents(log).filter(({ event_ms: ms }) => ms !== undefined)
  const rows = [...grouped(timed, ({ event_ms: ms }) => begin(Number(ms), everyMs))].map(([t, records]) => {
    const events = keysOf(records).size
    return { t: Number(t), events, duplicates: records.length - events }
  })
  return ordered(rows, 't')
}

function undecodableChart(log: readonly StoredRecord[], everyMs: number): ExpectedRow[] {
  const first = firstOf(ofKind(log, 'undecodable'))
  const points = grouped(first, ({ received_ms: ms, reason }) => `${begin(Number(ms), everyMs)} ${reason}`)
  const rows = [...points].map(([key, records]) => {
    const [t, reason] = key.split(' ')
    return { t: Number(t), reason, messages: records.length }
  })
  return ordered(rows, 't', 'reason')
}

function recordsChart(log: readonly StoredRecord[], everyMs: number): ExpectedRow[] {
  const timed = fieldsOf(log).filter(({ event_ms: ms }) => ms !== undefined)
  const points = grouped(timed, ({ event_ms: ms, kind }) => `${begin(Number(ms), everyMs)} ${kind}`)
  const rows = [...points].map(([key, records]) => {
    const [t, kind] = key.split(' ')
    return { t: Number(t), kind, records: keysOf(records).size }
  })
  return ordered(rows, 't', 'kind')
}
