import type { ApiFailure, ApiOutcome } from '../../cloud/api-outcome.ts'
import { describeFault } from '../../cloud/fault.ts'
import type { ActionEntry, Job, JobEnd } from '../action.ts'
import { apiReason } from '../policy/reasons.ts'
import { STEPS } from '../policy/restart-intents.ts'
import type { RestartProgress } from '../policy/restart-position.ts'
import type { RestartReason } from '../policy/restart-reasons.ts'
import { followUpDelayMs, leaveFollowUp } from './follow-up-delay.ts'
import type { RestartContext, StartPlan } from './restart-parts.ts'

/** The start call with its retries takes no longer, ms, and ends before the follow-up comes. */
const START_LIMIT_MS = 15_000

/**
 * Makes one attempt, whose intent is written down: follow-up, start, in this order. Cut off anywhere it goes on: before the
 * follow-up by the message that comes back, after it by the follow-up, and the start itself does nothing to an instance that
 * is not stopped.
 *
 * @param plan `untilMs`: no call is made after this, on the clock's `elapsed()` scale
 */
export async function attemptStart(
  context: RestartContext,
  job: Job,
  plan: StartPlan & { readonly untilMs: number },
  progress: RestartProgress
): Promise<JobEnd> {
  const { clock, config } = context
  const { attempt, claims, episode } = plan
  const startedMs = clock.now()
  const next = { ...progress, ...episode, made: attempt, startedMs, looks: claims }
  if (!(await leaveFollowUp(context, job, next))) return 'again'
  context.episodes.open(job.instanceId, { attempt, ...episode, stopMs: progress.stopMs })
  const callMs = clock.elapsed()
  const limitMs = Math.min(
    START_LIMIT_MS,
    followUpDelayMs(config.restart, 0, () => 0)
  )
  const outcome = await context
    .compute(job.regionId)
    .start(job.instanceId, { deadlineMs: Math.min(plan.untilMs, callMs + limitMs), signal: job.signal })
  const durationMs = Math.round(clock.elapsed() - callMs)
  const told = outcomeEntry(outcome)
  void job.record({
    step: STEPS.start(attempt, claims),
    attempt,
    durationMs,
    content: { replica: context.replica },
    ...told
  })
  if (told.reason === 'refused-by-ecs') {
    context.episodes.close(job.instanceId)
    void job.record({ ...told, step: STEPS.gaveUp, decision: 'gave_up', attempt })
  }
  return 'settled'
}

/** The dry run's attempt. */
export function wouldStart(job: Job, { attempt }: StartPlan): JobEnd {
  void job.record({ step: `would-start-${attempt}`, decision: 'would_do', reason: 'start', attempt })
  return 'settled'
}

function outcomeEntry(outcome: ApiOutcome<void>): Pick<ActionEntry, 'decision' | 'detail'> & { reason: RestartReason } {
  if (outcome.kind === 'done') return { decision: 'done', reason: 'started' }
  if (outcome.kind === 'already') return { decision: 'done', reason: 'already-running' }
  return { decision: 'failed', reason: failureReason(outcome), detail: describeFault(outcome.fault) }
}

/** Codes of StartInstance that mean no stock, or not at the price bid (ECS documentation, StartInstance). */
const NO_STOCK = new Set(['operationdenied.nostock', 'operationdenied.spotpricelowerthanpublicprice'])

/** Why a call failed, as a reason. */
export function failureReason({ kind, fault }: ApiFailure): RestartReason {
  if (NO_STOCK.has(fault.code.toLowerCase())) return 'no-stock'
  return kind === 'refused' ? 'refused-by-ecs' : apiReason(kind)
}
