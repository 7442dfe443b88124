import type { ApiFailure } from '../../cloud/api-outcome.ts'
import type { Backend, Balancing } from '../../cloud/balancing.ts'
import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import { BACKOFF, persist } from './persist.ts'
import { backendKey, type ServerGroup } from './server-group.ts'

/** A removal that starts after the deadline may take this long: a released instance may linger in its groups, ms. */
const LAST_TRY_MS = 15_000
/** ALB and NLB carry a change out after they have answered; this is how long they are given, ms. */
const SETTLE_MS = 20_000
const LOOK_EVERY_MS = 1_000
/** How long one look may take with its retries, ms. */
const LOOK_MS = 5_000

/**
 * - `removed`, `already-gone`, `group-gone`: no entry is there. `verified`: it was read so afterwards. `left`: entries that
 *   the group has now, undefined when it could not be read
 * - `still-there`: the service takes the call, and entries are there all the same: somebody adds them again
 * - `failed`: the call was not carried out
 */
export type Removal =
  | {
      readonly kind: 'removed' | 'already-gone' | 'group-gone'
      readonly verified: boolean
      readonly left: readonly Backend[] | undefined
      /** When the call was answered, `elapsed()` scale. */
      readonly at: number
    }
  | { readonly kind: 'still-there' }
  | { readonly kind: 'failed'; readonly outcome: ApiFailure }

interface Removing {
  readonly balancing: Balancing
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deadlineAt: number
}

/** Takes entries out of their group and reads the group again; tries until the deadline, and once after it. */
export async function removeEntries(part: ServerGroup, removing: Removing): Promise<Removal> {
  const { balancing, clock, signal, deadlineAt } = removing
  for (let attempt = 0; ; attempt += 1) {
    const isLast = clock.elapsed() >= deadlineAt
    const outcome = await persist((limits) => balancing.remove(part.group, part.backends, limits), {
      clock,
      signal,
      untilAt: deadlineAt,
      lastTryMs: LAST_TRY_MS
    })
    if (outcome.kind !== 'done' && outcome.kind !== 'already') return { kind: 'failed', outcome }
    const at = clock.elapsed()
    const found = await lookUntilGone(part, removing)
    switch (found.kind) {
      case 'gone':
        return { kind: outcome.kind === 'done' ? 'removed' : 'already-gone', verified: true, left: found.left, at }
      case 'no-group':
        return { kind: 'group-gone', verified: true, left: [], at }
      case 'unread':
        return { kind: outcome.kind === 'done' ? 'removed' : 'already-gone', verified: false, left: undefined, at }
      case 'there':
        if (isLast) return { kind: 'still-there' }
        await clock.sleep(backoffMs(BACKOFF, attempt, clock.random), signal)
        break
      default: {
        const never: never = found
        return never
      }
    }
  }
}

type Found =
  | { readonly kind: 'gone'; readonly left: readonly Backend[] }
  | { readonly kind: 'no-group' }
  | { readonly kind: 'there' }
  | { readonly kind: 'unread' }

/** Reads a group until the entries are out of it, for as long as the service may take over a change. */
async function lookUntilGone({ group, backends }: ServerGroup, { balancing, clock, signal }: Removing): Promise<Found> {
  const untilAt = clock.elapsed() + SETTLE_MS
  const keys = new Set(backends.map(backendKey))
  for (;;) {
    const answer = await balancing.backends(group, { deadlineMs: clock.elapsed() + LOOK_MS, signal })
    if (answer.kind === 'already') return { kind: 'no-group' }
    if (answer.kind === 'done') {
      if (!answer.value.some((entry) => keys.has(backendKey(entry)))) return { kind: 'gone', left: answer.value }
    }
    if (clock.elapsed() >= untilAt) return { kind: answer.kind === 'done' ? 'there' : 'unread' }
    await clock.sleep(LOOK_EVERY_MS, signal)
  }
}
