import type { ActionsConfig } from '../../config/actions-schema.ts'
import { backoffMs } from '../../lib/backoff.ts'
import type { Job } from '../action.ts'
import type { RestartProgress } from '../policy/restart-position.ts'
import { progressState } from './progress-state.ts'
import type { RestartContext } from './restart-parts.ts'

/** Looks come no rarer than this, ms, unless `checkAfter` itself is longer. */
const LONGEST_MS = 5 * 60_000
/** A last look comes this long after the deadline, ms: it gives up. */
const AFTER_DEADLINE_MS = 1_000

/**
 * When to look again: `checkAfter` the first time, then growing and spread, so that instances that stopped together do not
 * come back together.
 */
export function followUpDelayMs({ checkAfter }: ActionsConfig['restart'], looks: number, random: () => number): number {
  if (looks === 0) return checkAfter
  const capMs = Math.max(checkAfter, LONGEST_MS)
  return Math.round(backoffMs({ baseMs: 2 * checkAfter, capMs }, looks - 1, random))
}

/** Leaves the follow-up that goes on from here, in time for the deadline. False: it could not be sent. */
export async function leaveFollowUp(
  { config, clock }: RestartContext,
  job: Job,
  progress: RestartProgress,
  atLeastMs = 0
): Promise<boolean> {
  const wanted = Math.max(atLeastMs, followUpDelayMs(config.restart, progress.looks, clock.random))
  const leftMs = progress.deadlineMs - clock.now() + AFTER_DEADLINE_MS
  return job.followUp(progressState(progress), Math.max(AFTER_DEADLINE_MS, Math.min(wanted, leftMs)))
}
