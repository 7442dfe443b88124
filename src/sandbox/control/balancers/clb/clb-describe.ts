import type { RpcParameters } from '../../rpc-product.ts'
import type { Backend } from '../backend.ts'
import { serviceTime } from '../resource-id.ts'
import type { Clb } from './clb.ts'
import { healthRows } from './clb-health.ts'
import { clbRefusal } from './clb-refusals.ts'
import type { ClbGroup, ClbListener, ClbLoadBalancer } from './load-balancer.ts'

type Description = (parameters: RpcParameters, clb: Clb) => object

/** The reading operations of CLB. */
export const clbDescriptions = {
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeLoadBalancerAttribute: describeLoadBalancerAttribute,
  DescribeVServerGroups: describeVServerGroups,
  DescribeVServerGroupAttribute: describeVServerGroupAttribute,
  DescribeMasterSlaveServerGroups: describeMasterSlaveServerGroups,
  DescribeMasterSlaveServerGroupAttribute: describeMasterSlaveServerGroupAttribute,
  DescribeHealthStatus: describeHealthStatus
} as const satisfies Record<string, Description>

function describeLoadBalancers(parameters: RpcParameters, clb: Clb): object {
  const regionId = required(parameters, 'RegionId')
  const pageNumber = parameters.number('PageNumber', 1)
  const pageSize = parameters.number('PageSize', 50)
  if (pageNumber < 1) throw clbRefusal('InvalidParameter', 'PageNumber')
  if (pageSize < 1 || pageSize > 100) throw clbRefusal('InvalidParameter', 'PageSize')
  const found = clb
    .loadBalancers()
    .filter((balancer) => balancer.regionId === regionId && isWanted(balancer, parameters, clb))
  const page = found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
  return {
    LoadBalancers: { LoadBalancer: page.map(loadBalancerRow) },
    PageNumber: pageNumber,
    PageSize: pageSize,
    TotalCount: found.length
  }
}

function isWanted(balancer: ClbLoadBalancer, parameters: RpcParameters, clb: Clb): boolean {
  const ids = parameters.text('LoadBalancerId').split(',').filter(Boolean)
  if (ids.length > 0 && !ids.includes(balancer.id)) return false
  const status = parameters.text('LoadBalancerStatus')
  if (status !== '' && balancer.status !== status) return false
  const [serverId, address] = [parameters.text('ServerId'), parameters.text('ServerIntranetAddress')]
  if (serverId === '' && address === '') return true
  const inVServerGroups = clb.options.serverFilter === 'all-groups' ? clb.groupsOf(balancer.id, 'vServer') : []
  return [balancer.defaultGroup, ...inVServerGroups]
    .flatMap(({ servers }) => servers)
    .some(
      (server) => (serverId === '' || server.serverId === serverId) && (address === '' || server.serverIp === address)
    )
}

function loadBalancerRow(balancer: ClbLoadBalancer): object {
  const { addressType, createdAt } = balancer
  return {
    LoadBalancerId: balancer.id,
    LoadBalancerName: balancer.name,
    LoadBalancerStatus: balancer.status,
    RegionId: balancer.regionId,
    VpcId: balancer.vpcId,
    Address: balancer.address,
    AddressType: addressType,
    AddressIPVersion: 'ipv4',
    NetworkType: addressType === 'intranet' ? 'vpc' : 'classic',
    PayType: 'PayOnDemand',
    CreateTime: serviceTime(createdAt),
    CreateTimeStamp: createdAt
  }
}

function describeLoadBalancerAttribute(parameters: RpcParameters, clb: Clb): object {
  const balancer = clb.loadBalancer(parameters.text('LoadBalancerId'))
  const { listeners, defaultGroup } = balancer
  return {
    ...loadBalancerRow(balancer),
    ListenerPorts: { ListenerPort: listeners.map(({ port }) => port) },
    ListenerPortsAndProtocol: {
      ListenerPortAndProtocol: listeners.map(({ port, protocol }) => ({
        ListenerPort: port,
        ListenerProtocol: protocol
      }))
    },
    BackendServers: backendServers(defaultGroup)
  }
}

/** All groups in one answer: there is no paging, and no filter by server. */
function describeVServerGroups(parameters: RpcParameters, clb: Clb): object {
  const balancer = clb.loadBalancer(parameters.text('LoadBalancerId'))
  const listeners = parameters.text('IncludeListener') === 'true' ? balancer.listeners : []
  const rows = clb.groupsOf(balancer.id, 'vServer').map((group) => ({
    VServerGroupId: group.id,
    VServerGroupName: group.name,
    ServerCount: group.servers.length,
    CreateTime: serviceTime(group.createdAt),
    AssociatedObjects: { Listeners: { Listener: listenerRows(listeners, group) }, Rules: { Rule: [] } }
  }))
  return { VServerGroups: { VServerGroup: rows } }
}

function describeVServerGroupAttribute(parameters: RpcParameters, clb: Clb): object {
  const group = clb.group(parameters.text('VServerGroupId'), 'vServer')
  return {
    ...vServerGroupAnswer(group),
    VServerGroupName: group.name,
    LoadBalancerId: group.loadBalancerId,
    CreateTime: serviceTime(group.createdAt)
  }
}

function describeMasterSlaveServerGroups(parameters: RpcParameters, clb: Clb): object {
  const balancer = clb.loadBalancer(parameters.text('LoadBalancerId'))
  const rows = clb.groupsOf(balancer.id, 'masterSlave').map((group) => ({
    MasterSlaveServerGroupId: group.id,
    MasterSlaveServerGroupName: group.name,
    CreateTime: serviceTime(group.createdAt),
    AssociatedObjects: { Listeners: { Listener: listenerRows(balancer.listeners, group) } }
  }))
  return { MasterSlaveServerGroups: { MasterSlaveServerGroup: rows } }
}

function describeMasterSlaveServerGroupAttribute(parameters: RpcParameters, clb: Clb): object {
  return masterSlaveGroupAnswer(clb.group(parameters.text('MasterSlaveServerGroupId'), 'masterSlave'))
}

/** What the operations on a primary/secondary group answer. */
export function masterSlaveGroupAnswer(group: ClbGroup): object {
  const rows = group.servers.map((server, index) => ({
    ...backendRow(server, group),
    ServerType: index === 0 ? 'Master' : 'Slave'
  }))
  return {
    MasterSlaveServerGroupId: group.id,
    MasterSlaveServerGroupName: group.name,
    LoadBalancerId: group.loadBalancerId,
    CreateTime: serviceTime(group.createdAt),
    MasterSlaveBackendServers: { MasterSlaveBackendServer: rows }
  }
}

function describeHealthStatus(parameters: RpcParameters, clb: Clb): object {
  const balancer = clb.loadBalancer(parameters.text('LoadBalancerId'))
  const port = parameters.number('ListenerPort', 0)
  const listeners = balancer.listeners.filter((listener) => port === 0 || listener.port === port)
  if (port !== 0 && listeners.length === 0) throw clbRefusal('ListenerNotFound')
  return { BackendServers: { BackendServer: listeners.flatMap((listener) => healthRows(clb, balancer, listener)) } }
}

function listenerRows(listeners: readonly ClbListener[], group: ClbGroup): object[] {
  return listeners
    .filter(({ groupId }) => groupId === group.id)
    .map(({ port, protocol }) => ({ Port: port, Protocol: protocol }))
}

function required(parameters: RpcParameters, name: string): string {
  const text = parameters.text(name)
  if (text === '') throw clbRefusal('MissingParameter', name)
  return text
}

/** What the operations on a vServer group answer. */
export function vServerGroupAnswer(group: ClbGroup): object {
  return { VServerGroupId: group.id, BackendServers: backendServers(group) }
}

/** What the operations on a default group answer. */
export function defaultGroupAnswer(group: ClbGroup): object {
  return { LoadBalancerId: group.id, BackendServers: backendServers(group) }
}

function backendServers(group: ClbGroup): object {
  return { BackendServer: group.servers.map((server) => backendRow(server, group)) }
}

function backendRow({ serverId, serverIp, port, type, weight, description }: Backend, { kind }: ClbGroup): object {
  return {
    ServerId: serverId,
    ServerIp: serverIp,
    ...(kind === 'default' ? {} : { Port: port }),
    Type: type,
    Weight: weight,
    Description: description
  }
}
