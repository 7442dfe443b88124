import type { RpcParameters } from '../../rpc-product.ts'
import type { Clb } from './clb.ts'
import { refuseWhileBusy } from './clb-change.ts'
import { clbRefusal } from './clb-refusals.ts'
import type { ClbGroup } from './load-balancer.ts'

type Deletion = (parameters: RpcParameters, clb: Clb) => object

/** The operations that end what `clbCreations` make. */
export const clbDeletions = {
  DeleteLoadBalancer: deleteLoadBalancer,
  DeleteVServerGroup: (parameters, clb) => deleteGroup(clb.group(parameters.text('VServerGroupId'), 'vServer'), clb),
  DeleteMasterSlaveServerGroup: (parameters, clb) =>
    deleteGroup(clb.group(parameters.text('MasterSlaveServerGroupId'), 'masterSlave'), clb),
  DeleteLoadBalancerListener: deleteListener
} as const satisfies Record<string, Deletion>

/** With all that belongs to it. */
function deleteLoadBalancer(parameters: RpcParameters, clb: Clb): object {
  const { id, defaultGroup } = clb.loadBalancer(parameters.text('LoadBalancerId'))
  refuseWhileBusy(defaultGroup, clb)
  clb.deleteLoadBalancer(id)
  return {}
}

/** A group that a listener sends to can't be deleted. */
function deleteGroup(group: ClbGroup, clb: Clb): object {
  refuseWhileBusy(group, clb)
  const { listeners } = clb.loadBalancer(group.loadBalancerId)
  if (listeners.some(({ groupId }) => groupId === group.id)) throw clbRefusal('RspoolVipExist')
  clb.deleteGroup(group.id)
  return {}
}

function deleteListener(parameters: RpcParameters, clb: Clb): object {
  const { id, defaultGroup } = clb.loadBalancer(parameters.text('LoadBalancerId'))
  refuseWhileBusy(defaultGroup, clb)
  clb.deleteListener(id, parameters.number('ListenerPort', 0), parameters.text('ListenerProtocol') || undefined)
  return {}
}
