import type { RpcCall, RpcOperation, RpcParameters } from '../../rpc-product.ts'
import { type Dialect, refuse } from './dialect.ts'
import { refuseWhileBusy } from './group-changes.ts'
import { once, stopAtDryRun } from './once.ts'
import { oneOf, required } from './parameters.ts'
import type { ServerGroupOptions } from './server-group.ts'
import type { ServerGroups } from './server-groups.ts'

const MAX_DRAIN_S = 900
const DEFAULT_DRAIN_S = 300

/** The operations that make and end groups. Health checks are the sandbox's own: what a call says of them is passed over. */
export function groupLives(groups: ServerGroups): Readonly<Record<string, RpcOperation>> {
  return {
    CreateServerGroup: (call) => once(groups, call, () => createServerGroup(groups, call)),
    DeleteServerGroup: (call) => once(groups, call, () => deleteServerGroup(groups, call))
  }
}

function createServerGroup(groups: ServerGroups, call: RpcCall): object {
  const draft = readGroup(call.parameters, groups.dialect)
  stopAtDryRun(groups, call)
  const id = groups.createServerGroup(draft)
  const job = groups.newJob(call.action, id)
  groups.group(id).beginCreation(job.endsAt)
  return { ServerGroupId: id, JobId: job.id }
}

function readGroup(parameters: RpcParameters, dialect: Dialect): Partial<ServerGroupOptions> {
  const name = required(parameters, 'ServerGroupName', dialect)
  if (!/^[\p{L}\d][\p{L}\d._ -]{1,127}$/u.test(name)) throw refuse(dialect, 'IllegalParam', 'ServerGroupName')
  return {
    name,
    type: oneOf(parameters, 'ServerGroupType', ['Instance', 'Ip'], dialect),
    vpcId: parameters.text('VpcId'),
    protocol: oneOf(parameters, 'Protocol', dialect.protocols.group, dialect),
    scheduler: oneOf(parameters, 'Scheduler', dialect.schedulers, dialect),
    drainTimeoutS: readDrain(parameters, dialect)
  }
}

function readDrain(parameters: RpcParameters, dialect: Dialect): number | undefined {
  const prefix = dialect.product === 'alb' ? 'ConnectionDrainConfig.' : ''
  const name = `${prefix}ConnectionDrainTimeout`
  const timeoutS = parameters.number(name, DEFAULT_DRAIN_S)
  if (timeoutS < 0 || timeoutS > MAX_DRAIN_S) throw refuse(dialect, 'IllegalParam', name)
  return parameters.text(`${prefix}ConnectionDrainEnabled`) === 'true' ? timeoutS : undefined
}

/** With all its servers, and at once: the service's own has a state `Deleting` on the way. */
function deleteServerGroup(groups: ServerGroups, call: RpcCall): object {
  const group = groups.group(call.parameters.text('ServerGroupId'))
  refuseWhileBusy(groups, group)
  if (groups.loadBalancersOf(group.id).length > 0) throw refuse(groups.dialect, 'ResourceInUse.ServerGroup')
  stopAtDryRun(groups, call)
  groups.deleteServerGroup(group.id)
  return { JobId: groups.newJob(call.action, group.id).id }
}
