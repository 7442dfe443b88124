import type { RpcCall, RpcOperation } from '../../rpc-product.ts'
import { isSameBackend, withWeight } from '../backend.ts'
import { refuse } from './dialect.ts'
import { once, stopAtDryRun } from './once.ts'
import type { GroupServer, ServerGroup } from './server-group.ts'
import type { ServerGroups } from './server-groups.ts'
import { readServers, type WantedServer } from './wanted-servers.ts'

const MAX_SERVERS = 200
const MAX_UPDATES = 40

/** The operations that change a group's servers: each is accepted with a JobId and carried out later. */
export function groupChanges(groups: ServerGroups): Readonly<Record<string, RpcOperation>> {
  const { dialect } = groups
  const read = (call: RpcCall, name: string, max: number): WantedServer[] =>
    readServers(call.parameters, { name, max, dialect })
  const operation = (edit: Edit, max: number): RpcOperation => {
    return (call) => accept(groups, call, () => ({ edit, wanted: read(call, 'Servers', max) }))
  }
  const changes = {
    AddServersToServerGroup: operation(add, MAX_SERVERS),
    RemoveServersFromServerGroup: operation(remove, MAX_SERVERS),
    UpdateServerGroupServersAttribute: operation(update, MAX_UPDATES)
  }
  if (dialect.product === 'nlb') return changes
  const replace = (call: RpcCall): Change => {
    const removed = read(call, 'RemovedServers', MAX_SERVERS)
    const added = read(call, 'AddedServers', MAX_SERVERS)
    return {
      edit: (place) => add({ ...place, servers: remove(place, removed) }, added),
      wanted: [...removed, ...added]
    }
  }
  return { ...changes, ReplaceServersInServerGroup: (call) => accept(groups, call, () => replace(call)) }
}

/** What a call wants done. */
interface Change {
  readonly edit: Edit
  readonly wanted: readonly WantedServer[]
}

/** A group's servers under change. It refuses what the group's state forbids. */
type Edit = (place: Place, wanted: readonly WantedServer[]) => readonly GroupServer[]

interface Place {
  readonly groups: ServerGroups
  readonly group: ServerGroup
  readonly servers: readonly GroupServer[]
}

/** Once for each token. A group that is at a change refuses the next. */
function accept(groups: ServerGroups, call: RpcCall, read: () => Change): object {
  return once(groups, call, () => carryOut(groups, call, read()))
}

function carryOut(groups: ServerGroups, call: RpcCall, { edit, wanted }: Change): object {
  const { dialect, world } = groups
  const group = groups.group(call.parameters.text('ServerGroupId'))
  refuseWhileBusy(groups, group)
  const servers = edit({ groups, group, servers: group.servers(world.now()) }, wanted)
  stopAtDryRun(groups, call)
  const job = groups.begin(call.action, group, servers)
  const { product } = dialect
  world.log.add({ atMs: job.startedAt, product, action: call.action, groupId: group.id, servers: wanted })
  return { JobId: job.id, ...(product === 'nlb' ? { ServerGroupId: group.id } : {}) }
}

/** @throws RpcError while the group, or a load balancer that it stands behind, is at an earlier change */
export function refuseWhileBusy(groups: ServerGroups, group: ServerGroup): void {
  const { dialect, world } = groups
  const now = world.now()
  const code = world.busy.codeOf([group.id, ...groups.loadBalancersOf(group.id)], now)
  if (code !== undefined) throw refuse(dialect, code, group.id)
  if (group.status(now) !== 'Available') throw refuse(dialect, `IncorrectStatus.${dialect.group}`, group.id)
}

function add({ groups, group, servers }: Place, wanted: readonly WantedServer[]): GroupServer[] {
  const { dialect, world } = groups
  for (const server of wanted) {
    const { serverId, type } = server
    const isThere = servers.some((known) => known.status !== 'Removing' && isSameBackend(known, server))
    if (isThere) throw refuse(dialect, 'ResourceAlreadyExist.Server', serverId)
    if ((type === 'Ip') !== (group.options.type === 'Ip')) throw refuse(dialect, 'Mismatch.ServerType')
    if (world.machines.canServe(server)) continue
    const isKnown = world.machines.behind(server) !== undefined
    throw refuse(dialect, isKnown ? 'IncorrectStatus.Ecs' : 'ResourceNotFound.Ecs', serverId)
  }
  const added = wanted.map(({ weight = 100, description = '', ...server }) =>
    groups.newServer({ ...server, weight, description }, 'Adding')
  )
  return [...servers, ...added]
}

function remove(place: Place, wanted: readonly WantedServer[]): GroupServer[] {
  return changed(place, wanted, (known) => ({ ...known, status: 'Removing' }))
}

function update(place: Place, wanted: readonly WantedServer[]): GroupServer[] {
  const now = place.groups.world.now()
  return changed(place, wanted, (known, { weight = known.weight, description = known.description }) => ({
    ...withWeight(known, weight, now),
    description,
    status: 'Configuring'
  }))
}

/** The servers with those that are meant changed; a meant one that is not there refuses the whole call. */
function changed(
  { groups, servers }: Place,
  wanted: readonly WantedServer[],
  change: (known: GroupServer, server: WantedServer) => GroupServer
): GroupServer[] {
  if (!wanted.every((server) => servers.some((known) => isSameBackend(known, server)))) {
    throw refuse(groups.dialect, 'ResourceNotFound.BackendServer')
  }
  return servers.map((known) => {
    const server = wanted.find((other) => isSameBackend(known, other))
    return server === undefined ? known : change(known, server)
  })
}
