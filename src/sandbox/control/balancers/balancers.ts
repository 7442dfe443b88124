import type { RpcProduct } from '../rpc-product.ts'
import type { InstanceLookup } from './balanced-instance.ts'

export interface BalancersOptions {
  readonly instance: InstanceLookup
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** How long ALB and NLB take over a change. Default: 50 to 300 ms by chance. */
  readonly settleMs?: number
}

/** CLB, ALB and NLB. */
export interface Balancers {
  readonly products: readonly RpcProduct[]
  /** An instance is no more: its backends stay where they are. */
  released(instanceId: string): void
}

export function createBalancers(_options: BalancersOptions): Balancers {
  return { products: [], released: () => {} }
}
