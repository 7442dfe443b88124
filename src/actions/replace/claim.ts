import { randomBytes } from 'node:crypto'
import type { ApiFailure } from '../../cloud/api-outcome.ts'
import type { Compute, Instance } from '../../cloud/compute.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Job } from '../action.ts'
import { limitsOf } from './replace-context.ts'
import { CLAIM_TAG } from './tags.ts'

/** From the look that found no claim until one's own is written; longer, and it may have come too late, ms. */
const WRITE_MS = 3_000
/** From the writing until the look whether it was the last: longer than anybody's writing may take, ms. */
const WAIT_MS = 4_000
/** How long after its writing a claim is used: no purchase starts later, ms. */
const USE_MS = 20_000
/** When others may take it over: later than its last purchase can end, and the clocks of the replicas may differ, ms. */
const STALE_MS = 45_000

/**
 * What came of asking for the right to buy.
 * - `ours`: nobody else buys until `untilMs` (on the clock's `elapsed()` scale); `old` is the instance as it was read then
 * - `unguarded`: the instance can't be tagged; ClientTokens and the look by tag must do
 * - `theirs`: another replica is at it; look again after `waitMs`
 * - `slow`: it took so long that it can't be trusted; ask again
 * - `failed`: ECS gave no answer
 * - `stopped`: this process stops
 */
export type Claim =
  | { readonly kind: 'ours'; readonly untilMs: number; readonly old: Instance }
  | { readonly kind: 'unguarded' }
  | { readonly kind: 'theirs'; readonly waitMs: number }
  | { readonly kind: 'slow' }
  | { readonly kind: 'failed'; readonly outcome: ApiFailure }
  | { readonly kind: 'stopped' }

/** What a claim needs of its surroundings. */
export interface ClaimContext {
  readonly compute: Pick<Compute, 'describe' | 'tag'>
  readonly clock: Clock
  readonly job: Pick<Job, 'instanceId' | 'signal'>
}

/**
 * Asks for the right to buy a replacement, over a tag of the interrupted instance: Fischer's timed mutual exclusion
 * (Lamport, "A Fast Mutual Exclusion Algorithm", 1987). Look that no claim is there; write one's own; wait longer than any
 * write may take; whose claim is there now has the right. It is never given back: it gets stale.
 *
 * It holds when tags are read as they were last written, and the replicas' clocks differ by less than 10 s. Where it does
 * not, two replicas still buy the same instance, by its ClientToken, unless stock changed between their tries.
 */
export async function claimPurchase(context: ClaimContext): Promise<Claim> {
  const { clock, job } = context
  const startedMs = clock.elapsed()
  const before = await read(context)
  if (before.kind !== 'read') return before
  if (before.restMs > 0) return { kind: 'theirs', waitMs: before.restMs }
  if (clock.elapsed() - startedMs > WRITE_MS) return { kind: 'slow' }

  const mine = `${randomBytes(8).toString('hex')} ${Math.round(clock.now())}`
  const limits = { deadlineMs: startedMs + WRITE_MS, signal: job.signal }
  const written = await context.compute.tag(job.instanceId, { [CLAIM_TAG]: mine }, limits)
  const writtenMs = clock.elapsed()
  if (written.kind === 'refused') return { kind: 'unguarded' }
  if (written.kind === 'unavailable' || written.kind === 'throttled') return { kind: 'failed', outcome: written }
  const isSure = written.kind === 'done' || written.kind === 'already'
  if (!isSure || writtenMs - startedMs > WRITE_MS) return { kind: 'slow' }

  const awake = await clock.sleep(WAIT_MS, job.signal).then(
    () => true,
    () => false
  )
  if (!awake) return { kind: 'stopped' }
  const after = await read(context)
  if (after.kind !== 'read') return after
  const { old, claim, restMs } = after
  return claim === mine ? { kind: 'ours', untilMs: writtenMs + USE_MS, old } : { kind: 'theirs', waitMs: restMs }
}

type Reading =
  | { readonly kind: 'read'; readonly old: Instance; readonly claim: string; readonly restMs: number }
  | Extract<Claim, { kind: 'unguarded' | 'failed' }>

/** The claim that the instance bears, and how long it holds yet. */
async function read({ compute, job, clock }: ClaimContext): Promise<Reading> {
  const answer = await compute.describe(job.instanceId, limitsOf({ job, clock }))
  if (answer.kind === 'already') return { kind: 'unguarded' }
  if (answer.kind !== 'done') return { kind: 'failed', outcome: answer }
  if (answer.value === undefined) return { kind: 'unguarded' }
  const claim = answer.value.tags[CLAIM_TAG] ?? ''
  return { kind: 'read', old: answer.value, claim, restMs: restOf(claim, clock.now()) }
}

/** How long a claim holds yet, ms; 0 for one that is stale, that can't be read, or that claims to be from the future. */
function restOf(claim: string, nowMs: number): number {
  const [, at] = /^[0-9a-f]{16} (\d{1,15})$/.exec(claim) ?? []
  if (at === undefined) return 0
  const ageMs = nowMs - Number(at)
  return ageMs < -STALE_MS ? 0 : Math.max(0, STALE_MS - ageMs)
}
