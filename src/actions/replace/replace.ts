import type { AuditEvent } from '../../events/audit-event.ts'
import type { Action, Job, JobEnd } from '../action.ts'
import type { ActionParts } from '../action-parts.ts'
import type { FollowUp } from '../follow-up.ts'
import { eventRefusal } from '../policy/event-refusal.ts'
import { PROFILES } from '../profiles.ts'
import { decideAndBuy } from './decide-and-buy.ts'
import { drive } from './drive.ts'
import type { Plan } from './plan.ts'
import type { ReplaceContext } from './replace-context.ts'
import type { ReplaceReason } from './replace-reasons.ts'
import { readRun } from './saved-run.ts'
import { noticeTag } from './tags.ts'

/**
 * Buys a replacement of an interrupted preemptible instance and puts it into the server groups of the old one, beside the
 * drain. Every run decides by the cloud's truth and by the journal, so it may be cut off anywhere and done again anywhere:
 * there is one replacement in the end (see `buy`). It never releases an instance.
 */
export function createReplace(parts: ActionParts): Action {
  return {
    ...PROFILES.replace,
    run: async (job) => {
      if (job.signal.aborted) return 'again'
      const { trigger } = job
      return trigger.kind === 'event'
        ? await onNotice(trigger.event, job, parts)
        : await onFollowUp(trigger.followUp, job, parts)
    }
  }
}

async function onNotice(event: AuditEvent, job: Job, parts: ActionParts): Promise<JobEnd> {
  const { config, clock } = parts
  const nowMs = clock.now()
  const refusal = eventRefusal(event, { nowMs, maxAgeMs: config.maxAge, paused: config.paused })
  if (refusal !== undefined) return refuse(job, refusal, 'skipped')
  // A notice from the future counts from its receipt: the clocks differ.
  const noticeMs = Math.min(event.timeMs ?? job.receivedMs, nowMs)
  const deadlineMs = noticeMs + config.replace.deadline
  const plan = { noticeMs, deadlineMs, inherited: {}, memberships: [], missed: false }
  return await decideAndBuy(plan, { phase: 'deciding', waits: 0 }, contextOf(plan, job, parts))
}

async function onFollowUp({ state: saved }: FollowUp, job: Job, parts: ActionParts): Promise<JobEnd> {
  const run = readRun(saved)
  if (run === undefined) return refuse(job, 'bad-follow-up', 'gave_up')
  const { plan, state } = run
  const context = contextOf(plan, job, parts)
  if (state.phase !== 'deciding') return await drive(run, context)
  // `drive` looks at the pause before its own steps; `decideAndBuy` buys before it comes to it.
  if (parts.config.paused) return await drive(run, context, { kind: 'later', why: 'paused' })
  return await decideAndBuy(plan, state, context)
}

function refuse(job: Job, reason: ReplaceReason, decision: 'skipped' | 'gave_up'): JobEnd {
  void job.record({ step: `ended-${reason}`, decision, reason })
  return 'settled'
}

function contextOf({ noticeMs }: Plan, job: Job, parts: ActionParts): ReplaceContext {
  const { config, journal, clock, log } = parts
  return {
    job,
    config,
    compute: parts.compute(job.regionId),
    balancing: parts.balancing(job.regionId),
    journal,
    clock,
    log,
    loss: { instanceId: job.instanceId, notice: noticeTag(job.causedBy), noticeMs },
    record: (entry) => void job.record(entry)
  }
}
