import { type BackoffPolicy, backoffMs } from '../../lib/backoff.ts'
import type { ApiFailure } from '../api-outcome.ts'

const FAULT_BACKOFF: BackoffPolicy = { baseMs: 300, capMs: 5_000 }

const BUSY_MIN_MS = 1_000
const BUSY_MAX_MS = 3_000

const MINUTE_MS = 60_000
/** Over which the callers of a new minute spread: replicas and consoles share its quota. */
const MINUTE_SPREAD_MS = 3_000
/** The service's minute need not turn with ours. */
const MINUTE_MARGIN_MS = 250

export interface RetryWait {
  readonly kind: Exclude<ApiFailure['kind'], 'refused'>
  /** Tries made so far. */
  readonly tries: number
  /** How long the service asked to wait, ms. */
  readonly retryAfterMs: number | undefined
  /** The service's time, epoch ms. */
  readonly nowMs: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/**
 * How long to wait before the same call is made again, ms. Throttled: until the next minute, in which the service
 * counts anew (ECS, "API throttling"). Busy: a change of a load balancer or an instance takes seconds. Else a growing
 * wait.
 */
export function retryWaitMs({ kind, tries, retryAfterMs, nowMs, random }: RetryWait): number {
  switch (kind) {
    case 'throttled':
      return throttlePauseMs(retryAfterMs, nowMs) + random() * MINUTE_SPREAD_MS
    case 'busy':
      return busyWaitMs(random, retryAfterMs)
    case 'unavailable':
    case 'unknown':
      return (retryAfterMs ?? 0) + backoffMs(FAULT_BACKOFF, tries - 1, random)
    default: {
      const never: never = kind
      return never
    }
  }
}

/** How long to wait for a resource that is being changed, ms. */
export function busyWaitMs(random: () => number, retryAfterMs = BUSY_MIN_MS): number {
  return retryAfterMs + random() * (BUSY_MAX_MS - BUSY_MIN_MS)
}

/** How long a throttled action is not called at all, ms. */
export function throttlePauseMs(retryAfterMs: number | undefined, nowMs: number): number {
  return retryAfterMs ?? MINUTE_MS - (nowMs % MINUTE_MS) + MINUTE_MARGIN_MS
}
