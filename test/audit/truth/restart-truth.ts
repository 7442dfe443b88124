import { type ActionLog, standing } from '../support/action-log.ts'
import type { Subject, ToldChange } from '../support/action-teller.ts'
import type { ExpectedRow } from '../support/compare.ts'
import type { TrueAnswer } from '../support/proof.ts'
import { ordered, percent } from '../support/rows.ts'
import { grouped, MINUTE } from './facts.ts'

/** The questions on restarts, with their true answers. */
export function restartAnswers(log: ActionLog): TrueAnswer[] {
  return [
    { question: 'restarts', rows: restarts(log) },
    { question: 'restarts-refused', rows: refused(log) },
    { question: 'stopped-and-left', rows: left(log) },
    { question: 'restart-loops', rows: loops(log, 3, 60) },
    { question: 'restart-loops', parameters: { stops: '1', minutes: '3000' }, rows: loops(log, 1, 3_000) },
    { question: 'alert-restart-loop', rows: [loopAlert(log, 3)] },
    { question: 'alert-restart-loop', parameters: { stops: '500' }, rows: [{ loops: 0 }] },
    { question: 'stat-restarts', rows: [numbers(log)] }
  ]
}

/** An instance as most answers name it. */
export function who({ instanceId, regionId, accountId }: Subject): ExpectedRow {
  return { instance_id: instanceId, region_id: regionId, account_id: accountId }
}

function restarts({ episodes }: ActionLog): ExpectedRow[] {
  const rows = episodes.map(({ stopMs, tries, outcome, reason, endedMs, recoveryMs, ...subject }) => ({
    ...who(subject),
    ...{ stop_ms: stopMs, tries, outcome, reason, ended_ms: endedMs, recovery_ms: recoveryMs }
  }))
  return ordered(rows, '-stop_ms', 'instance_id')
}

function refused({ refusals }: ActionLog): ExpectedRow[] {
  const rows = [...grouped(refusals, ({ reason, decision }) => `${reason} ${decision}`).values()].map((group) => {
    const times = group.map(({ atMs }) => atMs)
    return {
      ...{ reason: group[0]?.reason, decision: group[0]?.decision, stops: group.length },
      instances: new Set(group.map(({ instanceId }) => instanceId)).size,
      ...{ first_ms: Math.min(...times), last_ms: Math.max(...times) }
    }
  })
  return ordered(rows, '-stops', 'reason', 'decision')
}

function left(log: ActionLog): ExpectedRow[] {
  const rows = log.left.map((instance) => ({
    ...who(instance),
    ...{ stopped_ms: instance.stoppedMs, reason: instance.reason }
  }))
  return ordered(rows, 'stopped_ms', 'instance_id')
}

function stopsOf({ changes }: ActionLog): Map<string, ToldChange[]> {
  const stops = changes.filter(({ state }) => state === 'Stopped')
  return grouped(stops, ({ subject }) => subject.instanceId)
}

function loops(log: ActionLog, more: number, minutes: number): ExpectedRow[] {
  const rows = [...stopsOf(log).values()].flatMap((stops) => {
    const times = stops.map(({ atMs }) => atMs).sort((a, b) => a - b)
    const spans = times.slice(more).map((lastMs, index) => ({ firstMs: times[index] ?? 0, lastMs }))
    const fast = spans.filter(({ firstMs, lastMs }) => lastMs - firstMs <= minutes * MINUTE)
    const [first] = fast
    if (first === undefined || stops[0] === undefined) return []
    return {
      ...{ ...who(stops[0].subject), stops: stops.length, first_ms: first.firstMs, last_ms: fast.at(-1)?.lastMs },
      fastest_ms: Math.min(...fast.map(({ firstMs, lastMs }) => lastMs - firstMs))
    }
  })
  return ordered(rows, '-stops', 'instance_id')
}

function loopAlert(log: ActionLog, more: number): ExpectedRow {
  const counts = [...stopsOf(log).values()].map(({ length }) => length).filter((count) => count > more)
  return { loops: counts.length, stops: Math.max(...counts) }
}

function numbers({ episodes }: ActionLog): ExpectedRow {
  const count = (outcome: string): number => episodes.filter((episode) => episode.outcome === outcome).length
  const [recovered, gaveUp, open] = [count('recovered'), count('gave up'), count('open')]
  return {
    ...{ restarts: episodes.length, recovered, gave_up: gaveUp, still_open: open },
    recovered_percent: percent(recovered, recovered + gaveUp),
    longest_ms: Math.max(...episodes.flatMap(({ recoveryMs }) => recoveryMs ?? []))
  }
}

/** What a step of a restart comes to, for the chart; undefined for one that it leaves out. */
export function restartOutcomes(log: ActionLog): ReadonlyArray<{ readonly atMs: number; readonly outcome: string }> {
  return standing(log.steps).flatMap(({ subject, entry: { step, decision, reason }, atMs }) => {
    if (subject.action !== 'restart') return []
    if (step === 'recovered') return { atMs, outcome: 'recovered' }
    if (decision === 'gave_up') return { atMs, outcome: 'gave up' }
    if (decision === 'would_do') return { atMs, outcome: 'dry run' }
    if (reason === 'started') return { atMs, outcome: 'started' }
    if (reason === 'no-stock') return { atMs, outcome: 'start failed' }
    return step === 'refused' && reason !== 'superseded' ? { atMs, outcome: 'refused' } : []
  })
}
