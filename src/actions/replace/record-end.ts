import { MINUTE } from '../../config/units.ts'
import { byGroup } from '../drain/server-group.ts'
import type { JournalEntry } from '../journal.ts'
import { candidatesOf, describeCandidate } from './candidate.ts'
import type { Plan } from './plan.ts'
import { drainRecords } from './remember.ts'
import type { ReplaceContext } from './replace-context.ts'
import type { Ended } from './replace-state.ts'

/** Writes down how the replacement of one instance ended; of several runs of one notice, the first success stands. */
export async function recordEnd(end: Ended, plan: Plan, context: ReplaceContext): Promise<void> {
  const { job, record, clock, config } = context
  const { decision, reason, detail, replacement, refused } = end
  const target = replacement?.instanceId
  const ending = { decision, reason, ...(detail && { detail }), ...(target && { target }) }
  if (decision === 'gave_up' && (await isReplaced(context))) {
    const known = { decision: 'skipped', reason: 'already-replaced' } as const
    record({ step: 'ended-already-replaced', ...known, ...(target && { target }) })
    return
  }
  if (reason !== 'replaced' || replacement === undefined) {
    const margin = decision === 'gave_up' ? { deadlineMarginMs: plan.deadlineMs - clock.now() } : {}
    record({ step: `ended-${reason}`, ...ending, ...margin })
    return
  }
  if (await isReplaced(context)) return
  const { entries: drained } = await drainRecords(context)
  const healthyMs = clock.now()
  const lostMs = Math.max(0, healthyMs - (removedMs(drained) ?? plan.noticeMs + config.drain.notice))
  const candidate = candidatesOf(config.replace)[replacement.index]
  record({
    step: 'replaced',
    ...ending,
    lostMs,
    durationMs: healthyMs - plan.noticeMs,
    deadlineMarginMs: plan.deadlineMs - healthyMs,
    content: {
      oldInstanceId: job.instanceId,
      newInstanceId: replacement.instanceId,
      groups: byGroup(plan.memberships).map(({ group }) => group.groupId),
      ...(refused.length > 0 && { refused }),
      candidate: candidate === undefined ? '' : describeCandidate(candidate),
      minutesLost: Math.round(lostMs / (MINUTE / 10)) / 10
    }
  })
}

/** Whether another run of the same notice brought the replacement into service. */
async function isReplaced({ journal, job }: ReplaceContext): Promise<boolean> {
  const { entries } = await journal.ofEvent(job.causedBy)
  return entries.some(({ action, decision, reason }) => {
    return action === 'replace' && decision === 'done' && reason === 'replaced'
  })
}

/** When the old instance left the first of its server groups. */
function removedMs(drained: readonly JournalEntry[]): number | undefined {
  const removals = drained.filter(({ decision, reason }) => {
    return decision === 'done' && (reason === 'removed' || reason === 'last-healthy-backend')
  })
  return removals.length === 0 ? undefined : Math.min(...removals.map(({ atMs }) => atMs))
}
