import { within } from '../../lib/deadline.ts'
import type { Job } from '../action.ts'
import { holdsClaim } from '../policy/restart-claim.ts'
import { CLAIM_MS, intentContent, STEPS } from '../policy/restart-intents.ts'
import type { RestartProgress } from '../policy/restart-position.ts'
import { earlierRestarts } from './earlier-restarts.ts'
import type { RestartContext, StartPlan } from './restart-parts.ts'

/** The logstore is given this long to store the intent, ms. One that is down stops no restart. */
const STORE_MS = 2_000
/** Within this it is stored as a rule, ms. */
const SOON_MS = 1_000
/** A log can be found so long after it is stored (Simple Log Service, "Query logs"), ms. */
const FOUND_MS = 2_000
/** The start ends this long before others take the attempt for cut off, ms. */
const MARGIN_MS = 3_000

/**
 * What came of asking for the right to make an attempt.
 * - `ours`: no other replica starts the instance until `untilMs`, on the clock's `elapsed()` scale
 * - `theirs`: another replica is at it, or was
 * - `stopped`: this process stops
 */
export type Claim = { readonly kind: 'ours'; readonly untilMs: number } | { readonly kind: 'theirs' | 'stopped' }

/**
 * Writes the intent down, and waits until it can be found, and every older one that was stored as soon; then looks what the
 * others have written. An intent that was stored late counts from then on only: who looked before has not found it.
 */
export async function claimAttempt(
  context: RestartContext,
  job: Job,
  { attempt, claims, episode }: StartPlan,
  progress: RestartProgress
): Promise<Claim> {
  const { clock, config, replica } = context
  const { causedBy, signal } = job
  const untilMs = clock.elapsed() + CLAIM_MS - MARGIN_MS
  const step = STEPS.intent(attempt, claims)
  const content = intentContent(episode, replica)
  const soonMs = Math.min(SOON_MS, config.restart.settle)
  const toldMs = clock.elapsed()
  let isStored = false
  const storing = job.record({ step, decision: 'intent', reason: 'start', attempt, content }).then((stored) => {
    isStored = stored
  })
  await within(clock, STORE_MS, storing)
  if (signal.aborted) return { kind: 'stopped' }
  if (!isStored) return { kind: 'ours', untilMs }
  const tookMs = clock.elapsed() - toldMs
  const isLate = tookMs > soonMs
  const storedLateMs = isLate ? clock.now() : undefined
  const waitMs = soonMs + Math.min(FOUND_MS, config.restart.settle) - (isLate ? 0 : tookMs)
  const awake = await clock.sleep(waitMs, signal).then(
    () => true,
    () => false
  )
  if (!awake) return { kind: 'stopped' }
  const { entries } = await earlierRestarts(context, job)
  const { maxPerHour } = config.restart
  const claim = { causedBy, step, attempt, replica, progress, maxPerHour, storedLateMs, nowMs: clock.now() }
  return holdsClaim(entries, claim) ? { kind: 'ours', untilMs } : { kind: 'theirs' }
}
