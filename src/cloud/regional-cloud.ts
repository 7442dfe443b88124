import type { BreakerState } from '../lib/breaker.ts'
import type { Clock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import type { Log } from '../telemetry/log.ts'
import { createTrail, type Trail } from './actiontrail.ts'
import { type ClosableBalancing, createBalancing } from './balancers/create-balancing.ts'
import type { Balancing } from './balancing.ts'
import type { Compute } from './compute.ts'
import type { CredentialSource } from './credentials.ts'
import { createCompute } from './ecs/compute-client.ts'
import type { RpcApi } from './rpc/rpc-api.ts'
import { createRpcApi, type RpcCallReport } from './rpc/rpc-client.ts'
import { isRegionId, type RpcProduct } from './rpc/rpc-endpoint.ts'

/** Regions in use at a time, at the most: their ids come from outside. */
const MAX_REGIONS = 64
/** What the map of server groups was told counts for this many times the time between two refreshes. */
const STALE_AFTER = 2.5

export interface RegionalCloudOptions {
  /** The region of an event that tells none. */
  readonly region: string
  /** URLs by product; '' for the public endpoint of each region. */
  readonly endpoints: Readonly<Record<RpcProduct, string>>
  readonly credentials: CredentialSource
  readonly clock: Clock
  readonly log: Log
  /** Time between two refreshes of the map of server groups, ms. */
  readonly refreshMs: number
  /** Told of every call when it has ended. */
  readonly onCall?: (call: RpcCallReport) => void
}

interface Region {
  readonly compute: Compute & { close(): Promise<void> }
  readonly balancing: ClosableBalancing
  readonly trail: Trail
  readonly apis: readonly RpcApi[]
}

/** ECS, the load balancers and ActionTrail, region by region; each is opened when it is first asked for. */
export class RegionalCloud {
  readonly #options: RegionalCloudOptions
  readonly #regions = new Map<string, Region>()
  readonly #closed = new AbortController()
  readonly #breakers = new Map<RpcProduct, Map<string, BreakerState>>()
  #cancelWarm: () => void = () => undefined
  #warming: Promise<void> = Promise.resolve()

  constructor(options: RegionalCloudOptions) {
    this.#options = options
  }

  /** ECS in a region; in the configured one where the id cannot be a region's. */
  compute(regionId: string): Compute {
    return this.#region(regionId).compute
  }

  balancing(regionId: string): Balancing {
    return this.#region(regionId).balancing
  }

  /** ActionTrail in a region. */
  trail(regionId: string): Trail {
    return this.#region(regionId).trail
  }

  /** The region that is asked for an event's: the configured one where the id cannot be a region's. */
  regionOf(regionId: string): string {
    const usable = isRegionId(regionId) && (this.#regions.has(regionId) || this.#regions.size < MAX_REGIONS)
    return usable ? regionId : this.#options.region
  }

  /** Keeps the maps of server groups of the regions in use warm from now on, beginning with the configured one. */
  keepWarm(): void {
    const { clock, refreshMs, region } = this.#options
    this.#region(region)
    const again = (): void => {
      this.#warming = this.#warm().finally(() => {
        if (!this.#closed.signal.aborted) this.#cancelWarm = clock.after(refreshMs, again)
      })
    }
    again()
  }

  /** The breakers that have ever changed, by product: the worst of its regions. */
  breakers(): ReadonlyMap<RpcProduct, BreakerState> {
    const worst = ['open', 'half-open', 'closed'] as const
    return new Map(
      [...this.#breakers].map(([product, regions]) => {
        const states = new Set(regions.values())
        return [product, worst.find((state) => states.has(state)) ?? 'closed']
      })
    )
  }

  /** Ends calls under way, and those that are still to come, as aborted and closes all connections. Idempotent. */
  async close(): Promise<void> {
    this.#closed.abort()
    this.#cancelWarm()
    for (const region of this.#regions.values()) await closeRegion(region)
    await this.#warming
  }

  async #warm(): Promise<void> {
    const { clock, refreshMs } = this.#options
    const { signal, clear } = deadline(clock, refreshMs, this.#closed.signal)
    const limits = { deadlineMs: clock.elapsed() + refreshMs, signal }
    await Promise.all([...this.#regions.values()].map(({ balancing }) => balancing.warm(limits)))
    clear()
  }

  #region(regionId: string): Region {
    const id = this.regionOf(regionId)
    const known = this.#regions.get(id)
    if (known !== undefined) return known
    const opened = this.#open(id)
    this.#regions.set(id, opened)
    if (this.#closed.signal.aborted) void closeRegion(opened)
    return opened
  }

  #open(region: string): Region {
    const { endpoints, credentials, clock, log, refreshMs, onCall } = this.#options
    const connection = (product: RpcProduct) => ({
      ...{ endpoint: endpoints[product], region, credentials, clock },
      onBreaker: (state: BreakerState) => this.#tell(product, region, state),
      ...(onCall && { onCall })
    })
    const slb = createRpcApi({ ...connection('slb'), product: 'slb', version: '2014-05-15' })
    const alb = createRpcApi({ ...connection('alb'), product: 'alb', version: '2020-06-16' })
    const nlb = createRpcApi({ ...connection('nlb'), product: 'nlb', version: '2022-04-30' })
    return {
      compute: createCompute(connection('ecs')),
      balancing: createBalancing({ slb, alb, nlb, region, clock, log, maxAgeMs: STALE_AFTER * refreshMs }),
      trail: createTrail(connection('actiontrail')),
      apis: [slb, alb, nlb]
    }
  }

  #tell(product: RpcProduct, region: string, state: BreakerState): void {
    const { log } = this.#options
    const regions = this.#breakers.get(product) ?? new Map<string, BreakerState>()
    this.#breakers.set(product, regions.set(region, state))
    if (state === 'open')
      log.warn({ product, region }, 'a control-plane API failed several times: no calls for a while')
    if (state === 'closed') log.info({ product, region }, 'a control-plane API answers')
  }
}

async function closeRegion({ compute, balancing, trail, apis }: Region): Promise<void> {
  await Promise.all([compute.close(), balancing.close(), trail.close(), ...apis.map((api) => api.close())])
}
