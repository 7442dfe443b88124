import { randomUUID } from 'node:crypto'
import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Backend, BackendHealth, GroupRef } from '../balancing.ts'
import { type Answer, numberOf, textOf, textsOf } from './answer.ts'
import type { Errand } from './ask.ts'
import { chunksOf } from './chunks-of.ts'
import { type GroupChange, type GroupEntry, type GroupService, isInstance } from './group-service.ts'
import { missingServerGroup } from './missing-group.ts'
import { rowsWith, ServerGroupCalls, type ServerGroupParts } from './server-group-calls.ts'
import { serverGroupHealth } from './server-group-health.ts'

/** A server group as listed. */
export interface ServerGroup {
  readonly groupId: string
  readonly vpcId: string
  /** Undefined when it was not told. */
  readonly servers: number | undefined
  /** `Instance`, `Ip` or `Fc`. */
  readonly type: string
  readonly loadBalancerIds: readonly string[]
}

/** An entry of some group. */
export interface GroupedEntry extends GroupEntry {
  readonly groupId: string
}

/** Which entries ListServerGroupServers is to list. ServerIds of entries of type Ip are their addresses; ServerIps is NLB's. */
export interface ServersFilter {
  readonly ServerGroupId?: string
  readonly ServerIds?: readonly string[]
  readonly ServerIps?: readonly string[]
}

/** The most ServerIds or ServerIps that ListServerGroupServers takes (NLB API reference). */
export const MAX_LISTED_SERVERS = 40

/** The most ServerGroupIds that ListServerGroups takes. */
const MAX_LISTED_GROUPS = 20

const CHANGE = {
  weight: 'UpdateServerGroupServersAttribute',
  remove: 'RemoveServersFromServerGroup',
  add: 'AddServersToServerGroup'
} as const

/** The server groups of ALB or NLB. They change in the background: a call that was accepted is not yet carried out. */
export class ServerGroups implements GroupService {
  /** UpdateServerGroupServersAttribute takes 40; Add and Remove took as many before their limit was raised to 200. */
  readonly maxServers = 40
  readonly asynchronous = true
  readonly kind: 'alb' | 'nlb'
  readonly #calls: ServerGroupCalls

  constructor(parts: ServerGroupParts) {
    this.kind = parts.kind
    this.#calls = new ServerGroupCalls(parts)
  }

  async entries(
    { groupId }: GroupRef,
    errand: Errand,
    only: readonly string[] = []
  ): Promise<ApiOutcome<readonly GroupEntry[]>> {
    const servers = [...new Set(only)]
    const filtered = servers.length > 0 && servers.length <= MAX_LISTED_SERVERS
    return await this.servers({ ServerGroupId: groupId, ...(filtered ? { ServerIds: servers } : {}) }, errand)
  }

  /** Entries of one group, or of all. */
  servers(filter: ServersFilter, errand: Errand): Promise<ApiOutcome<readonly GroupedEntry[]>> {
    const read = rowsWith('Servers', readEntry)
    return this.#calls.list({ action: 'ListServerGroupServers', filter: { ...filter }, read }, errand)
  }

  /** The groups with these ids, as far as they exist, or all groups of the region. */
  async groups(ids: readonly string[] | 'all', errand: Errand): Promise<ApiOutcome<readonly ServerGroup[]>> {
    const list = (filter: Answer): Promise<ApiOutcome<readonly ServerGroup[]>> =>
      this.#calls.list({ action: 'ListServerGroups', filter, read: rowsWith('ServerGroups', readGroup) }, errand)
    if (ids === 'all') return await list({})
    const found: ServerGroup[] = []
    for (const ServerGroupIds of chunksOf(ids, MAX_LISTED_GROUPS)) {
      const outcome = await list({ ServerGroupIds })
      if (outcome.kind !== 'done') return outcome
      found.push(...outcome.value)
    }
    return { kind: 'done', value: found }
  }

  /**
   * The token makes the tries of this one call one change. It is new for each call: the same change may be due again, and
   * within the life of an old token it would be answered and not carried out.
   */
  send(change: GroupChange, backends: readonly Backend[], limits: CallLimits): Promise<ApiOutcome<void>> {
    const Servers = backends.map((backend) =>
      writeServer(change.verb === 'weight' ? { ...backend, weight: change.weight } : backend, change.verb)
    )
    const query = { ServerGroupId: change.group.groupId, Servers, ClientToken: randomUUID() }
    const meaning = missingServerGroup(change.verb === 'add' ? 'refused' : 'already')
    return this.#calls.change(CHANGE[change.verb], query, { limits, meaning })
  }

  async health(
    group: GroupRef,
    limits: CallLimits
  ): Promise<ApiOutcome<ReadonlyArray<{ readonly backend: Backend; readonly health: BackendHealth }>>> {
    const [entries, groups] = await Promise.all([this.entries(group, limits), this.groups([group.groupId], limits)])
    if (entries.kind !== 'done') return entries
    if (groups.kind !== 'done') return groups
    return await serverGroupHealth(
      this.#calls,
      {
        groupId: group.groupId,
        loadBalancerIds: groups.value.flatMap(({ loadBalancerIds }) => loadBalancerIds),
        backends: entries.value.map(({ backend }) => backend)
      },
      limits
    )
  }
}

function readEntry(row: Answer): GroupedEntry | undefined {
  const [groupId, serverId] = [textOf(row, 'ServerGroupId'), textOf(row, 'ServerId')]
  if (groupId === '' || serverId === '') return undefined
  return {
    groupId,
    backend: {
      serverId,
      serverType: textOf(row, 'ServerType') || 'Ecs',
      serverIp: textOf(row, 'ServerIp'),
      port: numberOf(row, 'Port'),
      weight: numberOf(row, 'Weight') ?? 100,
      description: textOf(row, 'Description')
    },
    state: STATES[textOf(row, 'Status').toLowerCase()] ?? 'settled',
    remote: row['RemoteIpEnabled'] === true
  }
}

const STATES: Readonly<Record<string, GroupEntry['state']>> = {
  adding: 'changing',
  configuring: 'changing',
  replacing: 'changing',
  removing: 'removing'
}

function readGroup(row: Answer): ServerGroup | undefined {
  const groupId = textOf(row, 'ServerGroupId')
  if (groupId === '') return undefined
  return {
    groupId,
    vpcId: textOf(row, 'VpcId'),
    servers: numberOf(row, 'ServerCount'),
    type: textOf(row, 'ServerGroupType'),
    loadBalancerIds: textsOf(row, 'RelatedLoadBalancerIds')
  }
}

/** An element of Servers. A removal names no weight. */
function writeServer(backend: Backend, verb: GroupChange['verb']): Answer {
  const { serverId, serverType, serverIp, port, weight, description } = backend
  return {
    ServerId: serverId,
    ServerType: serverType,
    ...(serverIp === '' || isInstance(backend) ? {} : { ServerIp: serverIp }),
    ...(port === undefined ? {} : { Port: port }),
    ...(verb === 'remove' ? {} : { Weight: weight }),
    ...(description === '' || verb === 'remove' ? {} : { Description: description })
  }
}
