import type { Clock } from '../../lib/clock.ts'
import { type Log, silentLog } from '../../telemetry/log.ts'
import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { BalancedInstance, Balancing, GroupRef, MissedGroup } from '../balancing.ts'
import type { RpcApi } from '../rpc/rpc-api.ts'
import type { Errand } from './ask.ts'
import { CallLanes } from './call-lanes.ts'
import { changeGroup } from './change-group.ts'
import { ClbGroups } from './clb-groups.ts'
import { ClbSource } from './clb-source.ts'
import { type Found, joinFound } from './found.ts'
import type { GroupChange, GroupService } from './group-service.ts'
import { findInListedGroups } from './listed-groups.ts'
import { RegionMap } from './region-map.ts'
import { ServerGroupDiscovery } from './server-group-discovery.ts'
import { ServerGroups } from './server-groups.ts'

export interface BalancingOptions {
  /** Classic load balancers: version 2014-05-15. Whoever made an API closes it. */
  readonly slb: RpcApi
  /** Version 2020-06-16. */
  readonly alb: RpcApi
  /** Version 2022-04-30. */
  readonly nlb: RpcApi
  readonly region: string
  readonly clock: Clock
  readonly log?: Log
  /** How long what the map was told counts as complete, ms: somewhat more than the time between two `warm`. */
  readonly maxAgeMs: number
}

export type ClosableBalancing = Balancing & {
  /** Ends what is under way. Idempotent. */
  close(): Promise<void>
}

/**
 * Calls that searches make at a time, and those that keep the map warm, of each API. Together they leave place among the 8
 * that an API has in flight by default: changes wait for neither.
 */
const SEARCH_CALLS = 5
const WARM_CALLS = 2

/**
 * The longest search, ms: a kind that does not answer must not keep what the others have told. What is missed can be looked
 * for again, and what was read by then need not be read anew.
 */
const SEARCH_MS = 30_000

/** The load balancers of a region. */
export function createBalancing(options: BalancingOptions): ClosableBalancing {
  return new RegionBalancing(options)
}

class RegionBalancing implements ClosableBalancing {
  readonly #clock: Clock
  readonly #log: Log
  readonly #services: Readonly<Record<GroupRef['kind'], GroupService>>
  readonly #clb: RegionMap
  readonly #serverGroups: Readonly<Record<'alb' | 'nlb', ServerGroupDiscovery>>
  readonly #searches = new CallLanes(SEARCH_CALLS)
  readonly #warming = new CallLanes(WARM_CALLS)
  readonly #closed = new AbortController()
  #warm: Promise<void> | undefined

  constructor({ slb, alb, nlb, region, clock, maxAgeMs, log = silentLog }: BalancingOptions) {
    this.#clock = clock
    this.#log = log
    const clb = new ClbGroups({ api: slb, region })
    const albGroups = new ServerGroups({ kind: 'alb', api: alb, region })
    const nlbGroups = new ServerGroups({ kind: 'nlb', api: nlb, region })
    this.#services = { clb, alb: albGroups, nlb: nlbGroups }
    this.#clb = new RegionMap(new ClbSource({ api: slb, region, service: clb, log }), { clock, maxAgeMs })
    this.#serverGroups = {
      alb: new ServerGroupDiscovery({ service: albGroups, clock, maxAgeMs, log }),
      nlb: new ServerGroupDiscovery({ service: nlbGroups, clock, maxAgeMs, log })
    }
  }

  async find(instance: BalancedInstance, groups: readonly string[] | 'discover', limits: CallLimits): Promise<Found> {
    const deadlineMs = Math.min(limits.deadlineMs, this.#clock.elapsed() + SEARCH_MS)
    const errand = this.#errand({ ...limits, deadlineMs }, this.#searches)
    if (groups !== 'discover') {
      const tools = { services: this.#services, discoveries: this.#serverGroups }
      return await findInListedGroups(groups, instance, { tools, errand })
    }
    const { alb, nlb } = this.#serverGroups
    return joinFound(await Promise.all([this.#clb, alb, nlb].map((kind) => kind.find(instance, errand))))
  }

  async backends(group: GroupRef, limits: CallLimits): ReturnType<Balancing['backends']> {
    const outcome = await this.#services[group.kind].entries(group, this.#errand(limits))
    if (outcome.kind !== 'done') return outcome
    return {
      kind: 'done',
      value: outcome.value.filter(({ state }) => state !== 'removing').map(({ backend }) => backend)
    }
  }

  setWeight: Balancing['setWeight'] = (group, backends, weight, limits) =>
    this.#change({ verb: 'weight', group, weight }, backends, limits)

  remove: Balancing['remove'] = (group, backends, limits) => this.#change({ verb: 'remove', group }, backends, limits)

  add: Balancing['add'] = (group, backends, limits) => this.#change({ verb: 'add', group }, backends, limits)

  health(group: GroupRef, limits: CallLimits): ReturnType<Balancing['health']> {
    return this.#services[group.kind].health(group, this.#errand(limits))
  }

  /** While one is under way, waits for that one. */
  warm(limits: CallLimits): Promise<void> {
    this.#warm ??= this.#readAll(limits).finally(() => {
      this.#warm = undefined
    })
    return this.#warm
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await Promise.all([this.#warm, this.#searches.idle(), this.#warming.idle()])
  }

  async #readAll(limits: CallLimits): Promise<void> {
    const errand = this.#errand(limits, this.#warming)
    const { alb, nlb } = this.#serverGroups
    const startedMs = this.#clock.elapsed()
    const missed = (await Promise.all([this.#clb, alb, nlb].map((kind) => kind.warm(errand)))).flat()
    // What was given up because everything ends is not missed.
    if (errand.signal.aborted) return
    const durationMs = Math.round(this.#clock.elapsed() - startedMs)
    if (missed.length === 0) this.#log.debug({ durationMs }, 'the map of server groups is up to date')
    else this.#log.warn({ durationMs, ...tell(missed) }, 'the map of server groups is not complete: searches will look')
  }

  #change(
    change: GroupChange,
    backends: Parameters<Balancing['remove']>[1],
    limits: CallLimits
  ): Promise<ApiOutcome<void>> {
    const service = this.#services[change.group.kind]
    return changeGroup(change, backends, { service, clock: this.#clock, limits: this.#errand(limits) })
  }

  /** The caller's limits, ended also by `close`. */
  #errand({ deadlineMs, signal }: CallLimits, lanes?: CallLanes): Errand {
    const either = AbortSignal.any([signal, this.#closed.signal])
    return { deadlineMs, signal: either, ...(lanes === undefined ? {} : { lanes }) }
  }
}

/** A few of them in full: the log of an outage need not repeat one fault for each group. */
const TOLD = 5

function tell(missed: readonly MissedGroup[]): { readonly missed: number; readonly first: readonly string[] } {
  const first = missed.slice(0, TOLD).map(({ kind, groupId, reason }) => `${kind} ${groupId}: ${reason}`)
  return { missed: missed.length, first }
}
