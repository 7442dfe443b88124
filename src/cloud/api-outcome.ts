import type { Fault } from './fault.ts'

/**
 * What came of a control-plane call, its own retries included.
 * - `done`: carried out
 * - `already`: what was asked for is so without it: the server is not in the group, the instance runs
 * - `refused`: understood and refused; the same call will not succeed by itself
 * - `busy`: the resource is being changed by somebody else; time ran out before that ended
 * - `throttled`: too many calls in this minute; time ran out before the next began
 * - `unavailable`: surely not carried out: no connection, a refusal to serve, or an open breaker
 * - `unknown`: it may have been carried out, or not: no answer, or one that can't be read
 */
export type ApiOutcome<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'already'; readonly fault: Fault }
  | ApiFailure

/** The outcomes that leave undone what was asked for, or leave open whether it was done. */
export interface ApiFailure {
  readonly kind: 'refused' | 'busy' | 'throttled' | 'unavailable' | 'unknown'
  readonly fault: Fault
}

/** How long a call with all its retries may take, and what ends it early. */
export interface CallLimits {
  /** No try starts, and no wait ends, after this: on the clock's `elapsed()` scale, ms. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
}
