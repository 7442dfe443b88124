import type { Backend, GroupRole } from '../../cloud/balancing.ts'

/** A grace period shorter than this lets no connection end: the removal comes at once. */
const MIN_GRACE_MS = 5_000

/**
 * - `report`: a group that can't be changed
 * - `drain`: `zero` get weight 0 (those that have it already are left), then after `graceMs`, but no later than
 *   `latestAt`, all entries are removed
 */
export type GroupPlan =
  | { readonly kind: 'report' }
  | { readonly kind: 'drain'; readonly zero: readonly Backend[]; readonly graceMs: number; readonly latestAt: number }

/**
 * How an instance's entries leave one group. All times on one scale, ms.
 *
 * | case | weight 0 | wait |
 * |---|---|---|
 * | primary/secondary group | - | its two members are fixed: reported only |
 * | little time left, or no grace configured | no | removed at once |
 * | time enough | yes | the grace period, cut to what the deadline leaves |
 * | every entry has weight 0 already: an earlier run was here | no | what is left of a grace period that began with the notice |
 *
 * Whether weight 0 keeps new requests away depends on the listeners' schedulers (weighted ones do, round robin and
 * hashing may not: vendor page "CLB server groups"), so it is tried always, and the removal follows always.
 */
export function planGroup(input: {
  readonly role: GroupRole
  readonly backends: readonly Backend[]
  readonly nowAt: number
  readonly noticeAt: number
  readonly deadlineAt: number
  readonly graceMs: number
  readonly reserveMs: number
}): GroupPlan {
  if (input.role === 'primary-secondary') return { kind: 'report' }
  const latestAt = input.deadlineAt - input.reserveMs
  const timeMs = latestAt - input.nowAt
  const atOnce: GroupPlan = { kind: 'drain', zero: [], graceMs: 0, latestAt }
  if (timeMs < MIN_GRACE_MS || input.graceMs === 0) return atOnce
  const zero = input.backends.filter(({ weight }) => weight > 0)
  if (zero.length > 0) return { kind: 'drain', zero, graceMs: Math.min(input.graceMs, timeMs), latestAt }
  const restMs = input.noticeAt + input.graceMs - input.nowAt
  return { ...atOnce, graceMs: Math.max(0, Math.min(restMs, timeMs)) }
}
