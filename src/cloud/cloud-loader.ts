import type { BreakerState } from '../lib/breaker.ts'
import type { RegionalCloud, RegionalCloudOptions } from './regional-cloud.ts'
import { type RpcProduct, rpcEndpoint } from './rpc/rpc-endpoint.ts'

/** The control plane, whose code and SDK are loaded by the first `open`. */
export class CloudLoader {
  readonly #options: RegionalCloudOptions
  #opening: Promise<RegionalCloud> | undefined
  #cloud: RegionalCloud | undefined
  #closed = false

  constructor(options: RegionalCloudOptions) {
    this.#options = options
  }

  /** @throws AuditError `config` when an endpoint or the region can't be used; without it, the first call would tell */
  check(): void {
    const { endpoints, region } = this.#options
    for (const product of PRODUCTS) rpcEndpoint({ product, endpoint: endpoints[product], region })
  }

  /** After `close` its calls end as aborted. */
  open(): Promise<RegionalCloud> {
    this.#opening ??= this.#load()
    return this.#opening
  }

  /** As `RegionalCloud` tells. */
  breakers(): ReadonlyMap<RpcProduct, BreakerState> {
    return this.#cloud?.breakers() ?? new Map()
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    await (await this.#opening)?.close()
  }

  async #load(): Promise<RegionalCloud> {
    const { RegionalCloud } = await import('./regional-cloud.ts')
    this.#cloud = new RegionalCloud(this.#options)
    if (this.#closed) await this.#cloud.close()
    return this.#cloud
  }
}

const PRODUCTS: readonly RpcProduct[] = ['slb', 'alb', 'nlb', 'ecs', 'actiontrail']
