import type { AuditEvent } from '../../events/audit-event.ts'
import type { Action, Job, JobEnd } from '../action.ts'
import type { ActionParts } from '../action-parts.ts'
import { eventRefusal } from '../policy/event-refusal.ts'
import { PROFILES } from '../profiles.ts'
import type { DrainContext } from './drain-context.ts'
import { SUMMARY_STEP } from './earlier-runs.ts'
import { drainNotice } from './notice-drain.ts'
import { noticeTimes } from './notice-times.ts'

/**
 * Takes a preemptible instance out of its load balancers between the notice and its end: finds every entry, sets weight 0,
 * waits, removes, and looks that it is gone. The first question to a load balancer never waits for the logstore, and no
 * more than half a second for ECS.
 *
 * What has not succeeded by the deadline is tried once more after it, for a released instance may linger in its groups.
 * It is safe to run again at any point: what it finds decides, and an entry that is gone is success.
 */
export function createDrain(parts: ActionParts): Action {
  return {
    ...PROFILES.drain,
    run: async (job) => (job.trigger.kind === 'event' ? await run(job.trigger.event, job, parts) : 'settled')
  }
}

async function run(event: AuditEvent, job: Job, parts: ActionParts): Promise<JobEnd> {
  const { config, clock, journal, log } = parts
  if (job.signal.aborted) return 'again'
  const record: DrainContext['record'] = (entry) => void job.record(entry)
  const rules = { nowMs: clock.now(), maxAgeMs: config.maxAge, paused: config.paused }
  const refusal = eventRefusal(event, rules)
  if (refusal !== undefined) {
    record({ step: SUMMARY_STEP, decision: 'skipped', reason: refusal })
    return 'settled'
  }
  const times = noticeTimes({ timeMs: event.timeMs, receivedMs: job.receivedMs, noticeMs: config.drain.notice }, clock)
  const balancing = parts.balancing(job.regionId)
  const context = { job, config: config.drain, balancing, clock, log, times, record }
  return await drainNotice({ compute: parts.compute(job.regionId), journal, context })
}
