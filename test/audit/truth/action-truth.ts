import { type ActionLog, standing } from '../support/action-log.ts'
import type { ToldStep } from '../support/action-teller.ts'
import type { ExpectedRow } from '../support/compare.ts'
import type { TrueAnswer } from '../support/proof.ts'
import { ordered } from '../support/rows.ts'
import { drainOutcome } from './drain-truth.ts'
import { grouped, HOUR, MINUTE } from './facts.ts'
import { restartOutcomes, who } from './restart-truth.ts'

/** The most rows that an answer has. */
const LIMIT = 10_000

/** The questions on all actions alike, and those of the charts of actions, with their true answers. */
export function actionAnswers(log: ActionLog): TrueAnswer[] {
  const replaced = log.replacements[0]
  const episode = log.episodes.find(({ tries }) => tries > 1)
  return [
    { question: 'dry-run', rows: dryRun(log) },
    { question: 'instance-actions', rows: actionsOf(log, '') },
    ...[replaced?.instanceId, replaced?.newInstanceId, episode?.instanceId].map((instance = '') => ({
      ...{ question: 'instance-actions', parameters: { instance } },
      rows: actionsOf(log, instance)
    })),
    { question: 'chart-restarts', rows: restartChart(log, HOUR) },
    { question: 'chart-restarts', parameters: { minutes: '1440' }, rows: restartChart(log, 24 * HOUR) },
    { question: 'chart-interruptions', rows: interruptionChart(log, HOUR) },
    { question: 'chart-drain-margins', parameters: { minutes: '720' }, rows: marginChart(log, 12 * HOUR) },
    { question: 'chart-lost-capacity', rows: capacityChart(log, 1_440 * MINUTE) }
  ]
}

function dryRun(log: ActionLog): ExpectedRow[] {
  const steps = standing(log.steps).filter(({ entry }) => entry.decision === 'would_do')
  const rows = steps.map(({ key, subject, entry: { step, reason, target, detail }, atMs }) => ({
    ...{ key, decided_ms: atMs, action: subject.action, ...who(subject) },
    ...{ step, reason, target, detail, caused_by: subject.causedBy }
  }))
  return ordered(rows, '-decided_ms', 'key')
}

function actionsOf(log: ActionLog, instance: string): ExpectedRow[] {
  const concerns = ({ subject, entry }: ToldStep): boolean => {
    return instance === '' || subject.instanceId === instance || entry.target === instance
  }
  const rows = standing(log.steps.filter(concerns)).map(({ key, subject, entry, atMs }) => ({
    ...{ key, rank: entry.decision === 'intent' ? 0 : 1, decided_ms: atMs, instance_id: subject.instanceId },
    ...{
      action: subject.action,
      step: entry.step,
      decision: entry.decision,
      reason: entry.reason,
      detail: entry.detail
    },
    ...{ target: entry.target, attempt: entry.attempt, duration_ms: entry.durationMs, caused_by: subject.causedBy }
  }))
  return ordered(rows, 'decided_ms', 'rank', 'key').slice(0, LIMIT)
}

function restartChart(log: ActionLog, everyMs: number): ExpectedRow[] {
  const points = grouped(restartOutcomes(log), ({ atMs, outcome }) => `${begin(atMs, everyMs)} ${outcome}`)
  const rows = [...points].map(([key, steps]) => {
    return { t: Number(key.split(' ', 1)), outcome: steps[0]?.outcome, steps: steps.length }
  })
  return ordered(rows, 't', 'outcome')
}

function interruptionChart(log: ActionLog, everyMs: number): ExpectedRow[] {
  const happenings = [
    ...log.notices.map(({ noticeMs }) => ({ atMs: noticeMs, is: 'notices' })),
    ...log.notices.map((notice) => ({ atMs: notice.summary?.atMs ?? 0, is: drainOutcome(notice) })),
    ...log.replacements.map(({ atMs }) => ({ atMs, is: 'replaced' })),
    // Whatever else was told then makes a point too.
    ...standing(log.steps).map(({ subject, atMs }) => ({ atMs: subject.action === 'restart' ? 0 : atMs, is: '' }))
  ].filter(({ atMs }) => atMs > 0)
  const rows = [...grouped(happenings, ({ atMs }) => begin(atMs, everyMs))].map(([t, group]) => {
    const count = (what: string): number => group.filter(({ is }) => is === what).length
    const drained = { in_time: count('in_time'), late: count('late'), failed: count('failed') }
    return { t: Number(t), notices: count('notices'), ...drained, replaced: count('replaced') }
  })
  return ordered(rows, 't')
}

function marginChart(log: ActionLog, everyMs: number): ExpectedRow[] {
  const summaries = log.notices.flatMap(({ summary }) => (summary?.marginMs === undefined ? [] : summary))
  const rows = [...grouped(summaries, ({ atMs }) => begin(atMs, everyMs))].map(([t, group]) => {
    const margins = group.flatMap(({ marginMs }) => marginMs ?? [])
    return { t: Number(t), drains: group.length, least_ms: Math.min(...margins), most_ms: Math.max(...margins) }
  })
  return ordered(rows, 't')
}

function capacityChart(log: ActionLog, everyMs: number): ExpectedRow[] {
  const rows = [...grouped(log.replacements, ({ atMs }) => begin(atMs, everyMs))].map(([t, group]) => {
    const lost = group.map(({ lostMs }) => lostMs)
    const sum = lost.reduce((total, ms) => total + ms, 0)
    return { t: Number(t), replacements: group.length, lost_ms: sum, longest_ms: Math.max(...lost) }
  })
  return ordered(rows, 't')
}

/** The beginning of the interval that a moment lies in, epoch ms. */
export function begin(atMs: number, everyMs: number): number {
  return Math.floor(atMs / everyMs) * everyMs
}
