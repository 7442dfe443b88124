import type { RpcCall, RpcOperation } from '../../rpc-product.ts'
import { isSameBackend, withWeight } from '../backend.ts'
import { refuse } from './dialect.ts'
import type { GroupServer, ServerGroup } from './server-group.ts'
import type { ServerGroups } from './server-groups.ts'
import { readServers, type WantedServer } from './wanted-servers.ts'

const MAX_SERVERS = 200
const MAX_UPDATES = 40

/** The operations that change a group's servers: each is accepted with a JobId and carried out later. */
export function groupChanges(groups: ServerGroups): Readonly<Record<string, RpcOperation>> {
  const { dialect } = groups
  const asynchronous = (plan: Plan) => (call: RpcCall) => accept(groups, call, plan)
  const one = (edit: Edit, max: number) =>
    asynchronous(({ parameters }, group) => {
      const wanted = readServers(parameters, { name: 'Servers', max, dialect })
      return { wanted, servers: () => edit(groups, group.servers(groups.world.now()), wanted) }
    })
  const changes = {
    AddServersToServerGroup: one(add, MAX_SERVERS),
    RemoveServersFromServerGroup: one(remove, MAX_SERVERS),
    UpdateServerGroupServersAttribute: one(update, MAX_UPDATES)
  }
  return dialect.product === 'alb'
    ? { ...changes, ReplaceServersInServerGroup: asynchronous(replace(groups)) }
    : changes
}

/** What a call wants of a group. Reading it refuses what is malformed, `servers` what the group's state forbids. */
interface Intent {
  readonly wanted: readonly WantedServer[]
  readonly servers: () => readonly GroupServer[]
}

type Plan = (call: RpcCall, group: ServerGroup) => Intent
type Edit = (
  groups: ServerGroups,
  servers: readonly GroupServer[],
  wanted: readonly WantedServer[]
) => readonly GroupServer[]

/**
 * A token that was accepted gets its answer again, even while the group is at that very change. Otherwise a group at another
 * change refuses.
 */
function accept(groups: ServerGroups, call: RpcCall, plan: Plan): object {
  const { dialect, world, tokens } = groups
  const before = tokens.find(call)
  if (before === 'mismatch') throw refuse(dialect, dialect.tokenMismatch)
  if (before !== undefined) return before
  const group = groups.group(call.parameters.text('ServerGroupId'))
  const { wanted, servers } = plan(call, group)
  refuseWhileBusy(groups, group)
  const changed = servers()
  if (call.parameters.text('DryRun') === 'true') throw refuse(dialect, 'DryRunOperation')
  const job = groups.begin(call.action, group, changed)
  const { product } = dialect
  world.log.add({ atMs: job.startedAt, product, action: call.action, groupId: group.id, servers: wanted })
  const answer = { JobId: job.id, ...(product === 'nlb' ? { ServerGroupId: group.id } : {}) }
  tokens.keep(call, answer)
  return answer
}

function refuseWhileBusy(groups: ServerGroups, group: ServerGroup): void {
  const { dialect, world } = groups
  const now = world.now()
  const code = world.busy.codeOf([group.id, ...groups.loadBalancersOf(group.id)], now)
  if (code !== undefined) throw refuse(dialect, code, group.id)
  if (group.status(now) === 'Configuring') throw refuse(dialect, `IncorrectStatus.${dialect.group}`, group.id)
}

function replace(groups: ServerGroups): Plan {
  const { dialect, world } = groups
  return ({ parameters }, group) => {
    const added = readServers(parameters, { name: 'AddedServers', max: MAX_SERVERS, dialect })
    const removed = readServers(parameters, { name: 'RemovedServers', max: MAX_SERVERS, dialect })
    const servers = () => add(groups, remove(groups, group.servers(world.now()), removed), added)
    return { wanted: [...removed, ...added], servers }
  }
}

function add(groups: ServerGroups, servers: readonly GroupServer[], wanted: readonly WantedServer[]): GroupServer[] {
  const { dialect, world } = groups
  for (const server of wanted) {
    const isThere = servers.some((known) => known.status !== 'Removing' && isSameBackend(known, server))
    if (isThere) throw refuse(dialect, 'ResourceAlreadyExist.Server', server.serverId)
    if (world.machines.canServe(server)) continue
    const isKnown = world.machines.behind(server) !== undefined
    throw refuse(dialect, isKnown ? 'IncorrectStatus.Ecs' : 'ResourceNotFound.Ecs', server.serverId)
  }
  return [
    ...servers,
    ...wanted.map(({ weight = 100, description = '', ...server }) =>
      groups.newServer({ ...server, weight, description }, 'Adding')
    )
  ]
}

function remove(
  { dialect }: ServerGroups,
  servers: readonly GroupServer[],
  wanted: readonly WantedServer[]
): GroupServer[] {
  for (const server of wanted) {
    if (!servers.some((known) => isSameBackend(known, server))) throw refuse(dialect, 'ResourceNotFound.BackendServer')
  }
  return servers.map((known) =>
    wanted.some((server) => isSameBackend(known, server)) ? { ...known, status: 'Removing' } : known
  )
}

function update(groups: ServerGroups, servers: readonly GroupServer[], wanted: readonly WantedServer[]): GroupServer[] {
  const { dialect, world } = groups
  for (const server of wanted) {
    if (!servers.some((known) => isSameBackend(known, server))) throw refuse(dialect, 'ResourceNotFound.BackendServer')
  }
  return servers.map((known) => {
    const server = wanted.find((other) => isSameBackend(known, other))
    if (server === undefined) return known
    const { weight = known.weight, description = known.description } = server
    return { ...withWeight(known, weight, world.now()), description, status: 'Configuring' }
  })
}
