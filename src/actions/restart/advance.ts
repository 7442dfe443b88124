import { describeFault } from '../../cloud/fault.ts'
import type { ActionEntry, Decision, Job, JobEnd } from '../action.ts'
import { NO_STOCK_MS } from '../policy/decide-restart.ts'
import { STEPS } from '../policy/restart-intents.ts'
import type { RestartProgress } from '../policy/restart-position.ts'
import type { RestartReason } from '../policy/restart-reasons.ts'
import { attemptStart, failureReason, wouldStart } from './attempt.ts'
import { claimAttempt } from './claim.ts'
import { leaveFollowUp } from './follow-up-delay.ts'
import type { OpenEpisode } from './open-episodes.ts'
import type { RestartContext, StartPlan } from './restart-parts.ts'
import { type Blind, survey } from './survey.ts'

/** What a record says of a decision. */
interface Verdict {
  readonly decision: Decision
  readonly reason: RestartReason
  readonly detail?: string | undefined
  /** The last attempt made, if any. */
  readonly attempt?: number
}

/** Moves a run on by one step: looks, decides, carries it out, and leaves a follow-up where there is more to do. */
export async function advance(context: RestartContext, job: Job, progress: RestartProgress): Promise<JobEnd> {
  const plan = await survey(context, job, progress)
  if (job.signal.aborted) return 'again'
  switch (plan.kind) {
    case 'start':
      return start(context, job, plan, progress)
    case 'wait':
      return lookAgain(context, job, progress, { decision: 'skipped', reason: plan.reason })
    case 'blind':
      return blind(context, job, progress, plan)
    case 'recovered':
      context.episodes.close(job.instanceId)
      void job.record(recoveredEntry({ ...plan.episode, attempt: plan.attempt }, context.clock.now()))
      return 'settled'
    case 'refuse':
      context.episodes.close(job.instanceId)
      if (plan.reason === 'storm-count' || plan.reason === 'storm-percent') context.storms.ring(plan.detail)
      return end(job, { ...plan, decision: plan.gaveUp ? 'gave_up' : 'skipped', attempt: progress.made })
    case 'settled':
    case 'superseded':
      return passOn(job, progress, plan.kind)
  }
}

/**
 * The record of a recovery: `lostMs` from the first stop until it was seen to run. It is caused by that first stop, whoever
 * sees the recovery and by what: an episode recovers once.
 */
export function recoveredEntry(
  { attempt, firstStop, firstStopMs, deadlineMs }: Omit<OpenEpisode, 'stopMs'>,
  seenMs: number
): ActionEntry {
  const lostMs = Math.max(0, seenMs - firstStopMs)
  return {
    causedBy: firstStop,
    step: STEPS.recovered,
    decision: 'done',
    reason: 'recovered',
    attempt,
    durationMs: lostMs,
    lostMs,
    deadlineMarginMs: deadlineMs - seenMs
  }
}

/** Makes an attempt, unless another replica is making one. */
async function start(context: RestartContext, job: Job, plan: StartPlan, progress: RestartProgress): Promise<JobEnd> {
  if (job.dryRun) return wouldStart(job, plan)
  const claim = await claimAttempt(context, job, plan, progress)
  if (claim.kind === 'stopped') return 'again'
  if (claim.kind === 'ours') return attemptStart(context, job, { ...plan, untilMs: claim.untilMs }, progress)
  const step = STEPS.withdrawn(plan.attempt, plan.claims)
  const content = { replica: context.replica }
  return lookAgain(context, job, progress, { step, decision: 'skipped', reason: 'other-replica', content })
}

/** Records that nothing more is done. */
function end(job: Job, verdict: Verdict): JobEnd {
  const { decision, reason, detail, attempt = 0 } = verdict
  const step = decision === 'gave_up' ? STEPS.gaveUp : STEPS.refused
  void job.record({ step, decision, reason, ...(attempt > 0 && { attempt }), ...(detail !== undefined && { detail }) })
  return 'settled'
}

/** ECS could not be asked. */
function blind(
  context: RestartContext,
  job: Job,
  progress: RestartProgress,
  { failure }: Blind
): JobEnd | Promise<JobEnd> {
  const reason = failureReason(failure)
  const detail = describeFault(failure.fault)
  if (reason === 'refused-by-ecs') return end(job, { decision: 'gave_up', reason, detail })
  if (context.clock.now() <= progress.deadlineMs) {
    return lookAgain(context, job, progress, { decision: 'failed', reason, detail })
  }
  context.episodes.close(job.instanceId)
  const asked = `ECS could not be asked: ${detail}`
  return end(job, { decision: 'gave_up', reason: 'deadline', detail: asked, attempt: progress.made })
}

/** Nothing could be decided: a follow-up looks again. Told once for each reason, not for each look. */
async function lookAgain(
  context: RestartContext,
  job: Job,
  progress: RestartProgress,
  verdict: Omit<ActionEntry, 'step'> & { readonly step?: string; readonly reason: RestartReason }
): Promise<JobEnd> {
  const next = { ...progress, looks: progress.looks + 1 }
  const atLeastMs = verdict.reason === 'no-stock' ? NO_STOCK_MS : 0
  if (!job.dryRun && !(await leaveFollowUp(context, job, next, atLeastMs))) return 'again'
  void job.record({ step: `wait-${progress.made}/${verdict.reason}`, ...verdict })
  return 'settled'
}

/** Somebody else sees to it. A redelivered event is settled without another word; a follow-up always leaves one. */
function passOn(job: Job, { made, looks }: RestartProgress, kind: 'settled' | 'superseded'): JobEnd {
  const followUp = job.trigger.kind === 'follow-up'
  if (!followUp && kind === 'settled') return 'settled'
  const step = followUp ? `check-${made}.${looks}` : STEPS.refused
  void job.record({ step, decision: 'skipped', reason: 'superseded' })
  return 'settled'
}
