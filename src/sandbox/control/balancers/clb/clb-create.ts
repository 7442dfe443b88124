import type { RpcParameters } from '../../rpc-product.ts'
import { readBackendServers, type WantedServer } from './backend-servers.ts'
import type { Clb, ClbServer } from './clb.ts'
import { masterSlaveGroupAnswer, vServerGroupAnswer } from './clb-describe.ts'
import { clbRefusal } from './clb-refusals.ts'

type Creation = (parameters: RpcParameters, clb: Clb) => object

/** As much of CLB's creating operations as it takes to set the scene through the API. */
export const clbCreations = {
  CreateLoadBalancer: createLoadBalancer,
  CreateVServerGroup: createVServerGroup,
  CreateMasterSlaveServerGroup: createMasterSlaveServerGroup,
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
  const servers = text === '' ? [] : readBackendServers(text, 'vServer').map((wanted) => toServer(wanted, clb))
  const name = parameters.text('VServerGroupName')
  const id = clb.createVServerGroup(parameters.text('LoadBalancerId'), { servers, ...(name === '' ? {} : { name }) })
  return vServerGroupAnswer(clb.group(id))
}

/** One primary and one secondary server, in any order. */
function createMasterSlaveServerGroup(parameters: RpcParameters, clb: Clb): object {
  const text = parameters.text('MasterSlaveBackendServers')
  if (text === '') throw clbRefusal('MissingParameter', 'MasterSlaveBackendServers')
  const wanted = readBackendServers(text, 'vServer')
  const primary = wanted.find(({ role }) => role === 'Master')
  const secondary = wanted.find(({ role }) => role === 'Slave')
  if (primary === undefined || secondary === undefined || wanted.length !== 2) {
    throw clbRefusal('InvalidParameter', 'MasterSlaveBackendServers')
  }
  const servers = [toServer(primary, clb), toServer(secondary, clb)] as const
  const id = clb.createMasterSlaveGroup(parameters.text('LoadBalancerId'), servers)
  const group = clb.group(id)
  group.name = parameters.text('MasterSlaveServerGroupName') || id
  return masterSlaveGroupAnswer(group)
}

/** @throws RpcError 400 ObtainIpFail when it is not there or not running */
function toServer(wanted: WantedServer, { world }: Clb): ClbServer {
  if (!world.machines.canServe(wanted)) throw clbRefusal('ObtainIpFail')
  const { serverId, serverIp, port, type, weight = 100, description = '' } = wanted
  return { serverId, serverIp, port, type, weight, description }
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
