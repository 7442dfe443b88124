import type { RpcCall, RpcOperation, RpcParameters } from '../../rpc-product.ts'
import { refuse } from './dialect.ts'
import { once, stopAtDryRun } from './once.ts'
import { oneOf, required } from './parameters.ts'
import type { ServerGroups } from './server-groups.ts'

/**
 * The operations that make and end listeners, as far as a group needs them to be behind one: no certificates, no rules. The
 * load balancer may have any id: it comes into being with its first listener.
 */
export function listenerLives(groups: ServerGroups): Readonly<Record<string, RpcOperation>> {
  return {
    CreateListener: (call) => once(groups, call, () => createListener(groups, call)),
    DeleteListener: (call) => once(groups, call, () => deleteListener(groups, call))
  }
}

function createListener(groups: ServerGroups, call: RpcCall): object {
  const { dialect } = groups
  const { parameters } = call
  const loadBalancerId = required(parameters, 'LoadBalancerId', dialect)
  const protocol = oneOf(parameters, 'ListenerProtocol', dialect.protocols.listener, dialect)
  const port = parameters.number('ListenerPort', 0)
  if (port < 1 || port > 65_535) throw refuse(dialect, 'IllegalParam', 'ListenerPort')
  const groupIds = forwardedTo(groups, parameters)
  for (const id of groupIds) groups.group(id)
  const isTaken = groups.listeners().some((known) => known.loadBalancerId === loadBalancerId && known.port === port)
  if (isTaken) throw refuse(dialect, 'ResourceAlreadyExist.Listener', String(port))
  stopAtDryRun(groups, call)
  const { id } = groups.createListener({ loadBalancerId, protocol, port, groupIds })
  return { ListenerId: id, JobId: groups.newJob(call.action, id).id }
}

/** NLB names one group; ALB has them in `DefaultActions.1.ForwardGroupConfig.ServerGroupTuples.1.ServerGroupId`. */
function forwardedTo({ dialect }: ServerGroups, parameters: RpcParameters): string[] {
  if (dialect.product === 'nlb') return [required(parameters, 'ServerGroupId', dialect)]
  const actions = parameters.objects('DefaultActions')
  if (actions.length === 0) throw refuse(dialect, 'MissingParam', 'DefaultActions')
  if (!actions.every(({ Type: type }) => type === 'ForwardGroup')) {
    throw refuse(dialect, 'IllegalParam', 'DefaultActions')
  }
  const groupIds = actions.flatMap(Object.entries<string>).flatMap(([name, value]) => (TUPLE.test(name) ? [value] : []))
  if (groupIds.length === 0) throw refuse(dialect, 'MissingParam', 'ServerGroupTuples')
  return groupIds
}

const TUPLE = /^ForwardGroupConfig\.ServerGroupTuples\.\d+\.ServerGroupId$/

function deleteListener(groups: ServerGroups, call: RpcCall): object {
  const { dialect } = groups
  const id = required(call.parameters, 'ListenerId', dialect)
  if (!groups.listeners().some((known) => known.id === id)) {
    throw refuse(dialect, `ResourceNotFound.${dialect.listener}`)
  }
  stopAtDryRun(groups, call)
  groups.deleteListener(id)
  return { JobId: groups.newJob(call.action, id).id }
}
