import type { RpcCall, RpcParameters } from '../../rpc-product.ts'
import { type Backend, isSameBackend, withWeight } from '../backend.ts'
import { readBackendServers, type WantedServer } from './backend-servers.ts'
import type { Clb } from './clb.ts'
import { defaultGroupAnswer, vServerGroupAnswer } from './clb-describe.ts'
import { clbRefusal } from './clb-refusals.ts'
import type { ClbGroup } from './load-balancer.ts'

type Change = (call: RpcCall, clb: Clb) => object

/** The operations of CLB that change who is in a group, or with which weight. */
export const clbChanges = {
  AddVServerGroupBackendServers: onVServerGroup(add),
  RemoveVServerGroupBackendServers: onVServerGroup(remove),
  SetVServerGroupAttribute: setVServerGroupAttribute,
  ModifyVServerGroupBackendServers: modifyVServerGroupBackendServers,
  AddBackendServers: onDefaultGroup(add),
  RemoveBackendServers: onDefaultGroup(remove),
  SetBackendServers: onDefaultGroup(set)
} as const satisfies Record<string, Change>

/** How a call's servers change a group's. */
type Edit = (group: ClbGroup, wanted: readonly WantedServer[], clb: Clb) => readonly Backend[]

function onVServerGroup(edit: Edit): Change {
  return (call, clb) => {
    const group = vServerGroup(call.parameters, clb)
    const wanted = readBackendServers(call.parameters.text('BackendServers'), 'vServer')
    commit({ call, clb, group, wanted, servers: edit(group, wanted, clb) })
    return vServerGroupAnswer(group)
  }
}

function onDefaultGroup(edit: Edit): Change {
  return (call, clb) => {
    const group = clb.loadBalancer(call.parameters.text('LoadBalancerId')).defaultGroup
    refuseWhileBusy(group, clb)
    const wanted = readBackendServers(call.parameters.text('BackendServers'), 'default')
    commit({ call, clb, group, wanted, servers: edit(group, wanted, clb) })
    return defaultGroupAnswer(group)
  }
}

/** Its name, and weight and description of backends that are in it; with another port it would be another backend. */
function setVServerGroupAttribute(call: RpcCall, clb: Clb): object {
  const { parameters } = call
  const group = vServerGroup(parameters, clb)
  const text = parameters.text('BackendServers')
  const wanted = text === '' ? [] : readBackendServers(text, 'vServer')
  const servers = set(group, wanted, clb)
  group.name = parameters.text('VServerGroupName') || group.name
  commit({ call, clb, group, wanted, servers })
  return { ...vServerGroupAnswer(group), VServerGroupName: group.name }
}

/** Old ones out and new ones in, in one step. */
function modifyVServerGroupBackendServers(call: RpcCall, clb: Clb): object {
  const { parameters } = call
  const group = vServerGroup(parameters, clb)
  const old = readBackendServers(parameters.text('OldBackendServers'), 'vServer')
  const wanted = readBackendServers(parameters.text('NewBackendServers'), 'vServer')
  const kept = { ...group, servers: remove(group, old) }
  commit({ call, clb, group, wanted: [...old, ...wanted], servers: add(kept, wanted, clb) })
  return vServerGroupAnswer(group)
}

function vServerGroup(parameters: RpcParameters, clb: Clb): ClbGroup {
  const group = clb.group(parameters.text('VServerGroupId'), 'vServer')
  refuseWhileBusy(group, clb)
  return group
}

/** A locked load balancer takes no changes, one that is busy none before its time. */
export function refuseWhileBusy({ id, loadBalancerId }: ClbGroup, clb: Clb): void {
  if (clb.loadBalancer(loadBalancerId).status === 'locked') throw clbRefusal('ActionNotAllowed')
  const code = clb.world.busy.codeOf([id, loadBalancerId], clb.world.now())
  if (code !== undefined) throw clbRefusal(code)
}

/** One that is there already takes the new weight: the vendor says nothing of that case. */
function add(group: ClbGroup, wanted: readonly WantedServer[], { world }: Clb): readonly Backend[] {
  if (!wanted.every((server) => world.machines.canServe(server))) throw clbRefusal('ObtainIpFail')
  const now = world.now()
  const servers = [...group.servers]
  for (const server of wanted) {
    const { weight = 100, description = '', serverId, port, type } = server
    const index = servers.findIndex((backend) => isSameBackend(backend, server))
    const known = servers[index]
    if (known === undefined) {
      const serverIp = server.serverIp || world.machines.addressOf(serverId)
      servers.push({ serverId, serverIp, port, type, weight, description, servingSince: now })
    } else {
      servers[index] = withWeight(known, weight, now)
    }
  }
  return servers
}

/** Those that are not there are passed over. */
function remove(group: ClbGroup, wanted: readonly WantedServer[]): readonly Backend[] {
  return group.servers.filter((backend) => !wanted.some((server) => isSameBackend(backend, server)))
}

function set(group: ClbGroup, wanted: readonly WantedServer[], { world }: Clb): readonly Backend[] {
  const isThere = (server: WantedServer): boolean => group.servers.some((backend) => isSameBackend(backend, server))
  if (!wanted.every(isThere)) throw clbRefusal('InvalidServerId.NotFound')
  return group.servers.map((backend) => {
    const server = wanted.findLast((other) => isSameBackend(backend, other))
    if (server === undefined) return backend
    const { weight = backend.weight, description = backend.description } = server
    return { ...withWeight(backend, weight, world.now()), description }
  })
}

interface Commit {
  readonly call: RpcCall
  readonly clb: Clb
  readonly group: ClbGroup
  readonly wanted: readonly WantedServer[]
  readonly servers: readonly Backend[]
}

function commit({ call, clb, group, wanted, servers }: Commit): void {
  const { world, options } = clb
  const now = world.now()
  group.servers = servers
  world.log.add({ atMs: now, product: 'slb', action: call.action, groupId: group.id, servers: wanted })
  if (options.applyMs > 0) world.busy.set(group.loadBalancerId, now + options.applyMs, 'BackendServer.configuring')
}
