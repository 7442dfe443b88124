import type { ApiOutcome, CallLimits } from '../../cloud/api-outcome.ts'
import { type BackoffPolicy, backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'

/** For a service that does not answer: the wait between calls, each of which has its own retries inside. */
export const BACKOFF: BackoffPolicy = { baseMs: 500, capMs: 5_000 }

export interface Persistence {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** No try starts after this, on the clock's `elapsed()` scale, ms. */
  readonly untilAt: number
  /** How long one last try may take that starts when the time is over; 0: there is none, but the first is always made. */
  readonly lastTryMs: number
}

/**
 * Makes a call again until it is carried out or refused, or the time is over. Only for calls that may be repeated.
 * Rejects when the signal aborts while it waits.
 */
export async function persist<Value>(
  call: (limits: CallLimits) => Promise<ApiOutcome<Value>>,
  { clock, signal, untilAt, lastTryMs }: Persistence
): Promise<ApiOutcome<Value>> {
  for (let attempt = 0; ; attempt += 1) {
    const isLast = clock.elapsed() >= untilAt
    const deadlineMs = isLast ? clock.elapsed() + lastTryMs : untilAt
    const outcome = await call({ deadlineMs, signal })
    if (isFinal(outcome) || isLast) return outcome
    const leftMs = untilAt - clock.elapsed()
    if (leftMs <= 0 && lastTryMs === 0) return outcome
    const pauseMs = backoffMs(BACKOFF, attempt, clock.random)
    await clock.sleep(Math.max(0, Math.min(pauseMs, leftMs)), signal)
  }
}

function isFinal(outcome: ApiOutcome<unknown>): boolean {
  return outcome.kind === 'done' || outcome.kind === 'already' || outcome.kind === 'refused'
}
