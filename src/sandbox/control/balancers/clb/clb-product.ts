import type { RpcOperation, RpcProduct } from '../../rpc-product.ts'
import type { Clb } from './clb.ts'
import { clbChanges } from './clb-change.ts'
import { clbCreations } from './clb-create.ts'
import { clbDeletions } from './clb-delete.ts'
import { clbDescriptions } from './clb-describe.ts'
import { clbStatusOf } from './clb-refusals.ts'

/** CLB as the gateway serves it: the API `slb` of 2014-05-15. */
export function clbProduct(clb: Clb): RpcProduct {
  const operations: Record<string, RpcOperation> = {}
  for (const [action, describe] of Object.entries(clbDescriptions)) {
    operations[action] = ({ parameters }) => describe(parameters, clb)
  }
  for (const [action, change] of Object.entries({ ...clbCreations, ...clbDeletions })) {
    operations[action] = ({ parameters }) => change(parameters, clb)
  }
  for (const [action, change] of Object.entries(clbChanges)) operations[action] = (call) => change(call, clb)
  return { name: 'slb', version: '2014-05-15', operations, statusOf: clbStatusOf }
}
