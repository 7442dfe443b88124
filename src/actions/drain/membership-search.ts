import type { MissedGroup } from '../../cloud/balancing.ts'
import { type BackoffPolicy, backoffMs } from '../../lib/backoff.ts'
import type { DrainContext } from './drain-context.ts'
import type { DrainReason } from './drain-reasons.ts'
import type { GroupDrains } from './group-drains.ts'
import { type InstanceSight, identityOf, isAnswered, type Sighting } from './instance-sight.ts'
import { namedGroups } from './named-groups.ts'
import { judge } from './verdict.ts'

/** The first question to the load balancers waits no longer than this for the answer of ECS, ms. */
const FIRST_PATIENCE_MS = 500
/** The first change waits this long for it, where there is time, ms: the instance may be somebody else's affair. */
const CHANGE_PATIENCE_MS = 5_000
/** One search with its retries, at first and at the most, ms: what can't be asked must not hold up what can. */
const SEARCH_MS: BackoffPolicy = { baseMs: 5_000, capMs: 60_000 }
/** Between searches. */
const PAUSE: BackoffPolicy = { baseMs: 1_000, capMs: 15_000 }

/**
 * How the search for an instance's entries ended.
 * - `refused`: the instance is not to be drained
 * - `undecided`: whether it is, could not be told until the deadline
 * - `searched`: what was found is being drained; `missed` could not be asked until the deadline
 */
export type SearchEnd =
  | { readonly kind: 'refused'; readonly reason: DrainReason }
  | { readonly kind: 'undecided'; readonly why: string }
  | {
      readonly kind: 'searched'
      readonly sighting: Sighting
      readonly missed: readonly MissedGroup[]
      /** From the receipt of the notice to the first question to a load balancer, ms. */
      readonly firstCallMs: number
    }

/**
 * Finds the entries of an instance and starts to drain them as they are found. Asks again until the deadline while ECS or a
 * load balancer gives no answer; when the deadline has passed, everything is asked once.
 */
export class MembershipSearch {
  readonly #sight: InstanceSight
  readonly #drains: GroupDrains
  readonly #context: DrainContext
  #firstCallMs: number | undefined

  constructor(sight: InstanceSight, drains: GroupDrains, context: DrainContext) {
    this.#sight = sight
    this.#drains = drains
    this.#context = context
  }

  /** Rejects when the process stops. */
  async run(): Promise<SearchEnd> {
    const { clock, job, times } = this.#context
    for (let round = 0; ; round += 1) {
      const { end, isComplete } = await this.#search(round)
      // A question that was cut short has missed what it did not come to ask.
      job.signal.throwIfAborted()
      const leftMs = times.deadlineAt - clock.elapsed()
      if (isComplete || leftMs <= 0) return end
      await clock.sleep(Math.min(leftMs, backoffMs(PAUSE, round, clock.random)), job.signal)
    }
  }

  async #search(round: number): Promise<{ end: SearchEnd; isComplete: boolean }> {
    const sighting = await this.#sight.look(FIRST_PATIENCE_MS)
    const verdict = judge(this.#context.config.match, this.#context.job, sighting)
    if (verdict.kind === 'refuse') return { end: { kind: 'refused', reason: verdict.reason }, isComplete: true }
    if (verdict.kind === 'undecided') {
      const why = sighting.kind === 'unknown' ? sighting.why : ''
      return { end: { kind: 'undecided', why }, isComplete: isAnswered(sighting) }
    }
    const { memberships, missed } = await this.#find(sighting, round)
    if (!isAnswered(sighting) && isAnswered(await this.#sight.look(this.#changePatienceMs()))) {
      return await this.#search(round)
    }
    this.#drains.start(memberships)
    const firstCallMs = this.#firstCallMs ?? 0
    const isComplete = missed.every(({ lasting }) => lasting === true) && isAnswered(sighting)
    return { end: { kind: 'searched', sighting, missed, firstCallMs }, isComplete }
  }

  #find(sighting: Sighting, round: number): ReturnType<DrainContext['balancing']['find']> {
    const { balancing, clock, config, job, times } = this.#context
    const nowAt = clock.elapsed()
    this.#firstCallMs ??= Math.max(0, clock.now() - job.receivedMs)
    const longestMs = Math.min(SEARCH_MS.capMs, SEARCH_MS.baseMs * 2 ** round)
    // After the deadline there is still this one search.
    const searchMs = Math.max(SEARCH_MS.baseMs, Math.min(longestMs, times.deadlineAt - nowAt))
    const limits = { deadlineMs: nowAt + searchMs, signal: job.signal }
    const instance = sighting.kind === 'described' ? sighting.instance : undefined
    return balancing.find(identityOf(job.instanceId, sighting), namedGroups(config, instance), limits)
  }

  #changePatienceMs(): number {
    const { clock, config, times } = this.#context
    return Math.max(0, Math.min(CHANGE_PATIENCE_MS, times.deadlineAt - config.reserve - clock.elapsed()))
  }
}
