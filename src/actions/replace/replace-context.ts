import type { CallLimits } from '../../cloud/api-outcome.ts'
import type { Balancing } from '../../cloud/balancing.ts'
import type { Compute } from '../../cloud/compute.ts'
import type { ActionsConfig } from '../../config/actions-schema.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../telemetry/log.ts'
import type { ActionEntry, Job } from '../action.ts'
import type { ActionJournal } from '../journal.ts'
import type { ReplaceReason } from './replace-reasons.ts'
import type { Loss } from './replacement.ts'

/** What every part of one run works with. */
export interface ReplaceContext {
  readonly job: Job
  readonly config: ActionsConfig
  readonly compute: Compute
  readonly balancing: Balancing
  readonly journal: ActionJournal
  readonly clock: Clock
  readonly log: Log
  readonly loss: Loss
  /** Writes a record; nobody waits for it. */
  readonly record: (entry: ActionEntry & { readonly reason: ReplaceReason }) => void
}

/** How long one call with its retries may take: a run must not hold its message while an API is down, ms. */
const CALL_MS = 10_000

/** The limits of a call that starts now. */
export function limitsOf(
  { job, clock }: { readonly job: Pick<Job, 'signal'>; readonly clock: Clock },
  forMs = CALL_MS
): CallLimits {
  return { deadlineMs: clock.elapsed() + forMs, signal: job.signal }
}
