import type { ExpectedRow } from '../support/compare.ts'
import type { TrueAnswer } from '../support/proof.ts'
import type { RestlessLog } from '../support/restless-fleet.ts'
import { ordered } from '../support/rows.ts'
import { begin } from './action-truth.ts'
import { grouped, HOUR } from './facts.ts'

/** The charts' questions on what instances do, with their true answers by the fleet's own history. */
export function chartAnswers(history: RestlessLog): TrueAnswer[] {
  const released = releasedOf(history)
  const last = Math.max(...released.map(({ toldMs }) => toldMs))
  return [
    { question: 'chart-events-by-state', rows: states(history, HOUR) },
    { question: 'chart-events-by-state', parameters: { minutes: '1440' }, rows: states(history, 24 * HOUR) },
    { question: 'chart-releases', rows: releases(history, 24 * HOUR) },
    { question: 'chart-releases', parameters: { minutes: '60' }, rows: releases(history, HOUR) },
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
