import type { RpcParameters } from '../../rpc-product.ts'
import { readBackendServers } from './backend-servers.ts'
import type { Clb } from './clb.ts'
import { vServerGroupAnswer } from './clb-describe.ts'
import { clbRefusal } from './clb-refusals.ts'

type Creation = (parameters: RpcParameters, clb: Clb) => object

/** As much of CLB's creating operations as it takes to set the scene through the API. */
export const clbCreations = {
  CreateLoadBalancer: createLoadBalancer,
  CreateVServerGroup: createVServerGroup,
  CreateLoadBalancerTCPListener: createTcpListener
} as const satisfies Record<string, Creation>

function createLoadBalancer(parameters: RpcParameters, clb: Clb): object {
  const regionId = parameters.text('RegionId') || clb.world.regionId
  const name = parameters.text('LoadBalancerName')
  const id = clb.createLoadBalancer({ regionId, ...(name === '' ? {} : { name }) })
  const created = clb.loadBalancer(id)
  return { LoadBalancerId: id, LoadBalancerName: created.name, Address: created.address, NetworkType: 'vpc' }
}

function createVServerGroup(parameters: RpcParameters, clb: Clb): object {
  const text = parameters.text('BackendServers')
  const wanted = text === '' ? [] : readBackendServers(text, 'vServer')
  if (!wanted.every((server) => clb.world.machines.canServe(server))) throw clbRefusal('ObtainIpFail')
  const servers = wanted.map(({ weight = 100, description = '', ...server }) => ({ ...server, weight, description }))
  const name = parameters.text('VServerGroupName')
  const id = clb.createVServerGroup(parameters.text('LoadBalancerId'), { servers, ...(name === '' ? {} : { name }) })
  return vServerGroupAnswer(clb.group(id))
}

function createTcpListener(parameters: RpcParameters, clb: Clb): object {
  const port = parameters.number('ListenerPort', 0)
  if (port < 1 || port > 65_535) throw clbRefusal('InvalidParameter', 'ListenerPort')
  const scheduler = (['wrr', 'wlc', 'rr', 'sch', 'tch', 'qch'] as const).find(
    (known) => known === (parameters.text('Scheduler') || 'wrr')
  )
  if (scheduler === undefined) throw clbRefusal('InvalidParameter', 'Scheduler')
  const drains = parameters.text('ConnectionDrain') === 'on'
  clb.createListener(parameters.text('LoadBalancerId'), {
    port,
    scheduler,
    groupId: parameters.text('VServerGroupId') || parameters.text('MasterSlaveServerGroupId') || undefined,
    backendPort: parameters.number('BackendServerPort', port),
    drainTimeoutS: drains ? parameters.number('ConnectionDrainTimeout', 300) : undefined
  })
  return {}
}
