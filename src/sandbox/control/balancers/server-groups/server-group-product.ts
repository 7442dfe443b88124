import type { RpcProduct } from '../../rpc-product.ts'
import { statusIn } from '../refusals.ts'
import { groupChanges } from './group-changes.ts'
import { groupLists } from './group-lists.ts'
import { groupLives } from './group-lives.ts'
import { listenerLives } from './listener-lives.ts'
import { listenerReads } from './listener-reads.ts'
import type { ServerGroups } from './server-groups.ts'

/** ALB or NLB as the gateway serves it. */
export function serverGroupProduct(groups: ServerGroups): RpcProduct {
  const { product, version, refusals } = groups.dialect
  return {
    name: product,
    version,
    operations: {
      ...groupLives(groups),
      ...groupChanges(groups),
      ...groupLists(groups),
      ...listenerLives(groups),
      ...listenerReads(groups)
    },
    statusOf: statusIn(refusals)
  }
}
