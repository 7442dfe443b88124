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
  /** How long one more try may take when the time is over, ms; 0: there is none. */
  readonly lastTryMs: number
}

/**
 * Makes a call again until it is carried out or refused, or the time is over. Only for calls that may be repeated.
 * Rejects when the signal aborts: a call that was cut short tells nothing about the service.
 */
export async function persist<Value>(
  call: (limits: CallLimits) => Promise<ApiOutcome<Value>>,
  { clock, signal, untilAt, lastTryMs }: Persistence
): Promise<ApiOutcome<Value>> {
  for (let attempt = 0; ; attempt += 1) {
    const isLast = clock.elapsed() >= untilAt
    const deadlineMs = isLast ? clock.elapsed() + lastTryMs : untilAt
    const outcome = await call({ deadlineMs, signal })
    if (outcome.kind === 'done' || outcome.kind === 'already') return outcome
    signal.throwIfAborted()
    const leftMs = untilAt - clock.elapsed()
    if (outcome.kind === 'refused' || isLast || (leftMs <= 0 && lastTryMs === 0)) return outcome
    const pauseMs = backoffMs(BACKOFF, attempt, clock.random)
    await clock.sleep(Math.max(0, Math.min(pauseMs, leftMs)), signal)
  }
}
