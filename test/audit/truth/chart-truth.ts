import type { ExpectedRow } from '../support/compare.ts'
import type { StoredRecord } from '../support/log-variants.ts'
import type { TrueAnswer } from '../support/proof.ts'
import type { RestlessLog } from '../support/restless-fleet.ts'
import { ordered, percentile } from '../support/rows.ts'
import { delaysOf, fieldsOf, firstOf, keysOf, ofKind, realEvents } from '../support/stored-fields.ts'
import { begin } from './action-truth.ts'
import { grouped, HOUR } from './facts.ts'

/** The charts' questions on events, with their true answers: by the fleet's own history, or of the very log that is asked. */
export function chartAnswers(history: RestlessLog): TrueAnswer[] {
  const released = releasedOf(history)
  const last = Math.max(...released.map(({ toldMs }) => toldMs))
  return [
    { question: 'chart-events-by-state', rows: states(history, HOUR) },
    { question: 'chart-events-by-state', parameters: { minutes: '1440' }, rows: states(history, 24 * HOUR) },
    { question: 'chart-releases', rows: releases(history, 24 * HOUR) },
    { question: 'chart-releases', parameters: { minutes: '60' }, rows: releases(history, HOUR) },
    { question: 'chart-lag', rows: (log) => lagChart(log, HOUR) },
    { question: 'chart-lag', parameters: { minutes: '1440' }, rows: (log) => lagChart(log, 24 * HOUR) },
    { question: 'chart-duplicates', rows: (log) => duplicatesChart(log, HOUR) },
    { question: 'chart-undecodable', rows: (log) => undecodableChart(log, HOUR) },
    { question: 'chart-records', rows: (log) => recordsChart(log, HOUR) },
    { question: 'stat-released', rows: [{ released: released.length, last_ms: last }] },
    { question: 'alert-release-storm', rows: [{ releases: released.length }] }
  ]
}

function timed({ events }: RestlessLog) {
  return events.flatMap(({ toldMs, ...event }) => (toldMs === undefined ? [] : { ...event, toldMs }))
}

function releasedOf(history: RestlessLog) {
  return timed(history).filter(({ kind, detail }) => kind === 'state' && detail === 'Deleted')
}

function states(history: RestlessLog, everyMs: number): ExpectedRow[] {
  const changes = timed(history).filter(({ kind }) => kind === 'state')
  const points = grouped(changes, ({ toldMs, detail }) => `${begin(toldMs, everyMs)} ${detail}`)
  const rows = [...points].map(([key, told]) => {
    const [t, state] = key.split(' ')
    return { t: Number(t), state, events: told.length }
  })
  return ordered(rows, 't', 'state')
}

function releases(history: RestlessLog, everyMs: number): ExpectedRow[] {
  const points = grouped(releasedOf(history), ({ toldMs, regionId }) => `${begin(toldMs, everyMs)} ${regionId}`)
  const rows = [...points].map(([key, told]) => {
    const [t, region] = key.split(' ')
    return { t: Number(t), region_id: region, releases: told.length }
  })
  return ordered(rows, 't', 'region_id')
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
