import type { RpcProduct } from '../rpc-product.ts'
import type { ActionLog } from './action-log.ts'
import { lookupEvents } from './lookup-events.ts'

/** ActionTrail as the gateway serves it. */
export function trailProduct(log: ActionLog, now: () => number): RpcProduct {
  return {
    name: 'actiontrail',
    version: '2020-07-06',
    operations: { LookupEvents: lookupEvents(log, now) },
    statusOf: () => undefined
  }
}
