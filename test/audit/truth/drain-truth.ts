import type { ActionLog } from '../support/action-log.ts'
import type { ExpectedRow } from '../support/compare.ts'
import type { DrainedGroup, DrainNotice } from '../support/drain-history.ts'
import type { TrueAnswer } from '../support/proof.ts'
import { ordered, percent } from '../support/rows.ts'
import { grouped } from './facts.ts'
import { who } from './restart-truth.ts'

/** The questions on drains, with their true answers. */
export function drainAnswers(log: ActionLog): TrueAnswer[] {
  return [
    { question: 'drains', rows: drains(log) },
    { question: 'drain-outcomes', rows: outcomes(log) },
    { question: 'drains-failed', rows: failed(log) },
    { question: 'interrupted-unbalanced', rows: unbalanced(log) },
    { question: 'notices-undrained', rows: undrained(log) },
    { question: 'last-healthy-removed', rows: lastHealthy(log) },
    { question: 'alert-undrained', rows: [alert(log)] },
    { question: 'stat-interruptions', rows: [numbers(log)] }
  ]
}

function drains({ notices }: ActionLog): ExpectedRow[] {
  const rows = notices
    .flatMap(({ groups }) => groups)
    .map((drained) => {
      const { notice, group, begunMs, ended } = drained
      const { kind, role, groupId } = group.group
      const isDry = ended?.decision === 'would_do'
      return {
        ...{ ...who(drained), server_group: groupId, kind, role },
        ports: group.backends.flatMap(({ port }) => port ?? []).join(', '),
        weights: group.backends.map(({ weight }) => weight).join(', '),
        ...{ begun_ms: begunMs, ended_ms: ended?.atMs, duration_ms: ended && ended.atMs - begunMs },
        ...{ margin_ms: ended?.marginMs, outcome: outcomeOf(drained), reason: ended?.reason, notice },
        ...(isDry && { margin_ms: undefined })
      }
    })
  return ordered(rows, '-begun_ms', 'instance_id', 'server_group', 'notice')
}

function outcomeOf({ ended }: DrainedGroup): string {
  if (ended === undefined) return 'open'
  if (ended.decision === 'done') {
    if (ended.marginMs === undefined) return 'gone'
    return ended.marginMs < 0 ? 'late' : 'in time'
  }
  return { gave_up: 'failed', would_do: 'dry run', skipped: 'left' }[ended.decision] ?? ''
}

function summarized({ notices }: ActionLog) {
  return notices.flatMap(({ summary, ...notice }) => (summary === undefined ? [] : { ...notice, ...summary }))
}

function outcomes(log: ActionLog): ExpectedRow[] {
  const groups = grouped(summarized(log), ({ decision, reason }) => `${decision} ${reason}`)
  const rows = [...groups.values()].map((group) => {
    const times = group.map(({ atMs }) => atMs)
    return {
      ...{ decision: group[0]?.decision, reason: group[0]?.reason, notices: group.length, instances: group.length },
      ...{ margin_ms: least(group), first_ms: Math.min(...times), last_ms: Math.max(...times) }
    }
  })
  return ordered(rows, '-notices', 'decision', 'reason')
}

function least(summaries: ReadonlyArray<{ readonly marginMs?: number }>): number | undefined {
  const margins = summaries.flatMap(({ marginMs }) => marginMs ?? [])
  return margins.length === 0 ? undefined : Math.min(...margins)
}

function failed({ notices }: ActionLog): ExpectedRow[] {
  const failures = notices.filter(({ summary, groups }) => {
    return summary === undefined ? groups.length > 0 : summary.decision === 'gave_up'
  })
  const rows = failures.map((notice) => {
    const { summary, groups, lastMs } = notice
    const count = (decision: string): number => groups.filter(({ ended }) => ended?.decision === decision).length
    return {
      ...{ ...who(notice), notice_ms: notice.noticeMs, reason: summary?.reason ?? 'unfinished' },
      ...{ detail: summary?.detail, removed: count('done'), failed: count('gave_up') },
      ...{ last_ms: lastMs, notice: notice.notice }
    }
  })
  return ordered(rows, '-last_ms', 'instance_id', 'notice')
}

function unbalanced({ notices }: ActionLog): ExpectedRow[] {
  const rows = notices.flatMap((notice) => {
    const { summary, noticeMs } = notice
    if (summary?.reason !== 'no-membership') return []
    const told = { decided_ms: summary.atMs, detail: summary.detail, notice: notice.notice }
    return { ...who(notice), notice_ms: noticeMs, ...told }
  })
  return ordered(rows, '-decided_ms', 'instance_id', 'notice')
}

function undrained({ notices }: ActionLog): ExpectedRow[] {
  const silent = notices.filter(({ lastMs }) => lastMs === undefined)
  const rows = silent.map((notice) => ({ ...who(notice), notice_ms: notice.noticeMs, notice: notice.notice }))
  return ordered(rows, '-notice_ms', 'instance_id', 'notice')
}

function lastHealthy({ notices }: ActionLog): ExpectedRow[] {
  const rows = notices
    .flatMap(({ groups }) => groups)
    .flatMap((drained) => {
      const { notice, group, ended } = drained
      if (ended?.reason !== 'last-healthy-backend') return []
      const { kind, role, groupId } = group.group
      return {
        ...{ removed_ms: ended.atMs, ...who(drained), server_group: groupId, kind, role },
        ...{ before: group.backends.length + 1, decision: ended.decision, notice }
      }
    })
  return ordered(rows, '-removed_ms')
}

function alert(log: ActionLog): ExpectedRow {
  const summaries = summarized(log)
  const undone = summaries.filter(({ decision, reason }) => decision === 'gave_up' || reason === 'late')
  return { undrained: undone.length, margin_ms: least(summaries) }
}

function numbers(log: ActionLog): ExpectedRow {
  const count = (holds: (told: ReturnType<typeof summarized>[number]) => boolean) =>
    summarized(log).filter(holds).length
  const inTime = count(({ reason }) => reason === 'drained') - count(({ decision }) => decision === 'would_do')
  const late = count(({ reason }) => reason === 'late')
  const gaveUp = count(({ decision }) => decision === 'gave_up')
  return {
    ...{ notices: log.notices.length, in_time: inTime, late, failed: gaveUp },
    in_time_percent: percent(inTime, inTime + late + gaveUp),
    ...{ least_margin_ms: least(summarized(log)), replaced: log.replacements.length },
    lost_ms: log.replacements.reduce((sum, { lostMs }) => sum + lostMs, 0)
  }
}

/** What a drain came to, for the chart. */
export function drainOutcome({ summary }: DrainNotice): 'in_time' | 'late' | 'failed' | undefined {
  if (summary?.decision === 'gave_up') return 'failed'
  if (summary?.decision !== 'done') return undefined
  return summary.reason === 'late' ? 'late' : 'in_time'
}
