import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Backend, GroupRef } from '../balancing.ts'
import type { RpcApi } from '../rpc/rpc-api.ts'
import { type Answer, numberOf, readAll, rowsOf, textOf } from './answer.ts'
import { ask, type Errand } from './ask.ts'
import { type ClbHealth, healthByServer } from './clb-health.ts'
import { type GroupChange, type GroupEntry, type GroupService, isInstance } from './group-service.ts'
import { missingClbGroup } from './missing-group.ts'

export interface ClbParts {
  /** The API `slb`, version 2014-05-15. */
  readonly api: RpcApi
  readonly region: string
}

/** A CLB group as described. */
export interface ClbGroup {
  readonly loadBalancerId: string
  readonly entries: readonly GroupEntry[]
}

/** How the three roles of groups are described (CLB API reference, 2014-05-15). */
const DESCRIBE = {
  group: {
    action: 'DescribeVServerGroupAttribute',
    id: 'VServerGroupId',
    path: ['BackendServers', 'BackendServer']
  },
  default: {
    action: 'DescribeLoadBalancerAttribute',
    id: 'LoadBalancerId',
    path: ['BackendServers', 'BackendServer']
  },
  'primary-secondary': {
    action: 'DescribeMasterSlaveServerGroupAttribute',
    id: 'MasterSlaveServerGroupId',
    path: ['MasterSlaveBackendServers', 'MasterSlaveBackendServer']
  }
} as const

const CHANGE = {
  group: {
    weight: 'SetVServerGroupAttribute',
    remove: 'RemoveVServerGroupBackendServers',
    add: 'AddVServerGroupBackendServers'
  },
  default: { weight: 'SetBackendServers', remove: 'RemoveBackendServers', add: 'AddBackendServers' }
} as const

/**
 * The groups of CLB: vServer groups, and the default group that each load balancer has. Its changes are carried out when
 * the call is answered; removing what is not there is no error; adding knows no token, so that it is not repeated blindly.
 */
export class ClbGroups implements GroupService {
  /** "TooManyBackendServers": at most 20 in a call. */
  readonly maxServers = 20
  readonly asynchronous = false
  readonly #parts: ClbParts

  constructor(parts: ClbParts) {
    this.#parts = parts
  }

  async entries(group: GroupRef, errand: Errand): Promise<ApiOutcome<readonly GroupEntry[]>> {
    const outcome = await this.describe(group, errand)
    return outcome.kind === 'done' ? { kind: 'done', value: outcome.value.entries } : outcome
  }

  describe(group: GroupRef, errand: Errand): Promise<ApiOutcome<ClbGroup>> {
    const { action, id, path } = DESCRIBE[group.role]
    const { api, region } = this.#parts
    const query = { RegionId: region, [id]: group.groupId }
    return ask({ api, action, query, errand, meaning: missingClbGroup('already') }, (answer) => {
      const entries = readAll(rowsOf(answer, path), (row) => readEntry(row, group))
      return entries && { loadBalancerId: textOf(answer, 'LoadBalancerId') || group.groupId, entries }
    })
  }

  async send(change: GroupChange, backends: readonly Backend[], limits: CallLimits): Promise<ApiOutcome<void>> {
    const { group, verb } = change
    const role = group.role === 'default' ? 'default' : 'group'
    const servers = backends.map((backend) =>
      writeServer(change.verb === 'weight' ? { ...backend, weight: change.weight } : backend, verb)
    )
    const outcome = await this.#parts.api.call({
      action: CHANGE[role][verb],
      query: {
        RegionId: this.#parts.region,
        [DESCRIBE[role].id]: group.groupId,
        BackendServers: JSON.stringify(servers)
      },
      repeatable: verb !== 'add',
      limits,
      meaning: missingClbGroup(verb === 'add' ? 'refused' : 'already')
    })
    return outcome.kind === 'done' ? { kind: 'done', value: undefined } : outcome
  }

  /**
   * CLB tells the health of a server and port behind each listener of the load balancer, not of a group's entries: an entry
   * whose server and port also stand in another group of the same load balancer shares its health.
   */
  async health(group: GroupRef, limits: CallLimits): Promise<ApiOutcome<ClbHealth>> {
    const described = await this.describe(group, limits)
    if (described.kind !== 'done') return described
    const { loadBalancerId, entries } = described.value
    const { api, region } = this.#parts
    const query = { RegionId: region, LoadBalancerId: loadBalancerId }
    const backends = entries.map(({ backend }) => backend)
    return await ask(
      { api, action: 'DescribeHealthStatus', query, errand: limits, meaning: missingClbGroup('already') },
      (answer) => healthByServer(backends, answer)
    )
  }
}

function readEntry(row: Answer, { role }: GroupRef): GroupEntry | undefined {
  const serverId = textOf(row, 'ServerId')
  const port = role === 'default' ? undefined : numberOf(row, 'Port')
  if (serverId === '' || (port === undefined && role !== 'default')) return undefined
  return {
    backend: {
      serverId,
      serverType: textOf(row, 'Type') || 'ecs',
      serverIp: textOf(row, 'ServerIp'),
      port,
      weight: numberOf(row, 'Weight') ?? 100,
      description: textOf(row, 'Description')
    },
    state: 'settled',
    remote: false
  }
}

/** An element of BackendServers. Numbers are written as texts, as in the vendor's current samples. */
function writeServer(backend: Backend, verb: GroupChange['verb']): Readonly<Record<string, string>> {
  const { serverId, serverType, serverIp, port, weight, description } = backend
  return {
    ServerId: serverId,
    ...(port === undefined ? {} : { Port: String(port) }),
    Weight: String(weight),
    Type: serverType.toLowerCase(),
    ...(serverIp === '' || isInstance(backend) ? {} : { ServerIp: serverIp }),
    ...(description === '' || verb === 'remove' ? {} : { Description: description })
  }
}
