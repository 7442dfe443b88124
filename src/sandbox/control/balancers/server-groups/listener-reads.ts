import type { RpcOperation, RpcParameters } from '../../rpc-product.ts'
import type { HealthState } from '../health.ts'
import { refuse } from './dialect.ts'
import { pageOf } from './page.ts'
import type { GroupServer } from './server-group.ts'
import type { GroupListener, ServerGroups } from './server-groups.ts'

/** The operations that tell of listeners, and which backends behind them don't pass their health checks. */
export function listenerReads(groups: ServerGroups): Readonly<Record<string, RpcOperation>> {
  return {
    ListListeners: ({ parameters }) => listListeners(groups, parameters),
    GetListenerHealthStatus: ({ parameters }) => getListenerHealthStatus(groups, parameters)
  }
}

function listListeners(groups: ServerGroups, parameters: RpcParameters): object {
  const [ids, balancers] = [parameters.list('ListenerIds'), parameters.list('LoadBalancerIds')]
  const found = groups
    .listeners()
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .filter(({ loadBalancerId }) => balancers.length === 0 || balancers.includes(loadBalancerId))
  const { rows, fields } = pageOf(found, parameters, groups.dialect)
  return { Listeners: rows.map((listener) => listenerRow(groups, listener)), ...fields }
}

function listenerRow(
  { dialect }: ServerGroups,
  { id, loadBalancerId, port, protocol, groupIds }: GroupListener
): object {
  const common = { ListenerId: id, LoadBalancerId: loadBalancerId, ListenerPort: port, ListenerProtocol: protocol }
  if (dialect.product === 'nlb') return { ...common, ListenerStatus: 'Running', ServerGroupId: groupIds[0] ?? '' }
  const tuples = groupIds.map((groupId) => ({ ServerGroupId: groupId }))
  const forward = { Type: 'ForwardGroup', ForwardGroupConfig: { ServerGroupTuples: tuples } }
  return { ...common, ListenerStatus: 'Running', DefaultActions: [forward] }
}

/** Only what is not healthy is listed: a healthy backend is one that is in the group and not in here. */
function getListenerHealthStatus(groups: ServerGroups, parameters: RpcParameters): object {
  const { dialect } = groups
  const id = parameters.text('ListenerId')
  if (id === '') throw refuse(dialect, 'MissingParam', 'ListenerId')
  const listener = groups.listeners().find((known) => known.id === id)
  if (listener === undefined) throw refuse(dialect, `ResourceNotFound.${dialect.listener}`)
  const status = {
    ListenerId: id,
    ListenerPort: listener.port,
    ListenerProtocol: listener.protocol,
    ServerGroupInfos: listener.groupIds.map((groupId) => groupInfo(groups, groupId))
  }
  if (dialect.product === 'nlb') return { ListenerHealthStatus: [status] }
  const ruleGroups = parameters.text('IncludeRule') === 'true' ? listener.ruleGroupIds : []
  const rules = ruleGroups.map((groupId) => ({
    RuleId: `rule-${groupId}`,
    ServerGroupInfos: [groupInfo(groups, groupId)]
  }))
  return { ListenerHealthStatus: [status], RuleHealthStatus: rules }
}

/** `HeathCheckEnabled` is NLB's own spelling. */
function groupInfo(groups: ServerGroups, groupId: string): object {
  const { world, dialect } = groups
  const group = groups.groups().find(({ id }) => id === groupId)
  const servers = group?.servers(world.now()) ?? []
  return {
    ServerGroupId: groupId,
    NonNormalServers: servers.flatMap((server) => nonNormalRow(groups, server) ?? []),
    ...(dialect.product === 'alb'
      ? { ActionType: 'ForwardGroup', HealthCheckEnabled: 'on' }
      : { HeathCheckEnabled: true })
  }
}

function nonNormalRow({ world, dialect }: ServerGroups, server: GroupServer): object | undefined {
  const state = world.health.stateOf(server, world.now())
  if (state === 'healthy') return undefined
  const { serverId, serverIp, port } = server
  return {
    ServerId: serverId,
    ServerIp: serverIp,
    Port: port,
    Status: WORDS[dialect.product][state],
    ...(state === 'unhealthy' ? { Reason: { ReasonCode: 'CONNECT_TIMEOUT' } } : {})
  }
}

/** NLB has no word for a weight of 0. */
const WORDS: Readonly<Record<'alb' | 'nlb', Readonly<Record<Exclude<HealthState, 'healthy'>, string>>>> = {
  alb: { initial: 'Initial', unhealthy: 'Unhealthy', unused: 'Unused' },
  nlb: { initial: 'Initial', unhealthy: 'Unhealthy', unused: 'Unavailable' }
}
