/** How long to wait between tries: exponential with full jitter. */
export interface BackoffPolicy {
  /** Upper bound of the first wait, milliseconds. */
  readonly baseMs: number
  /** Upper bound of every wait, milliseconds. */
  readonly capMs: number
}

/**
 * The wait before try number `attempt + 1`: uniform in [base/2, min(cap, base * 2^attempt)].
 * The floor keeps a lucky draw from becoming a hot loop.
 *
 * @param attempt tries made so far, from 0
 * @param random uniform in [0, 1)
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: () => number): number {
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt, 30))
  const floor = Math.min(ceiling, policy.baseMs / 2)
  return floor + random() * (ceiling - floor)
}
