import type { RpcOperation, RpcParameters } from '../../rpc-product.ts'
import { serviceTime } from '../resource-id.ts'
import { refuse } from './dialect.ts'
import { type Job, jobStatus } from './jobs.ts'
import { pageOf } from './page.ts'
import type { GroupServer, ServerGroup } from './server-group.ts'
import type { ServerGroups } from './server-groups.ts'

const MAX_FILTER = 40

/** The operations that tell of groups, servers and asynchronous tasks. */
export function groupLists(groups: ServerGroups): Readonly<Record<string, RpcOperation>> {
  const { dialect } = groups
  const jobOperation: Readonly<Record<string, RpcOperation>> =
    dialect.product === 'nlb' ? { GetJobStatus: ({ parameters }) => jobStatusAnswer(groups, parameters) } : {}
  return {
    ListServerGroups: ({ parameters }) => listServerGroups(groups, parameters),
    ListServerGroupServers: ({ parameters }) => listServerGroupServers(groups, parameters),
    ListAsynJobs: ({ parameters }) => listAsynJobs(groups, parameters),
    ...jobOperation
  }
}

function listServerGroups(groups: ServerGroups, parameters: RpcParameters): object {
  const [ids, names] = [parameters.list('ServerGroupIds'), parameters.list('ServerGroupNames')]
  const found = groups
    .groups()
    .filter(({ id, options }) => isAmong(ids, id) && isAmong(names, options.name))
    .map((group) => ({ group, sequence: group.options.sequence }))
  const { rows, fields } = pageOf(found, parameters, groups.dialect)
  return { ServerGroups: rows.map(({ group }) => groupRow(groups, group)), ...fields }
}

function groupRow(groups: ServerGroups, group: ServerGroup): object {
  const { dialect, world } = groups
  const { name, type, vpcId, createdAt, drainTimeoutS, protocol, scheduler } = group.options
  const drain = { ConnectionDrainEnabled: drainTimeoutS !== undefined, ConnectionDrainTimeout: drainTimeoutS ?? 300 }
  return {
    ServerGroupId: group.id,
    ServerGroupName: name,
    ServerGroupType: type,
    VpcId: vpcId,
    ServerGroupStatus: group.status(world.now()),
    ServerCount: group.servers(world.now()).length,
    Scheduler: scheduler,
    Protocol: protocol,
    RelatedLoadBalancerIds: groups.loadBalancersOf(group.id),
    ...(dialect.product === 'alb'
      ? { ConnectionDrainConfig: drain, CreateTime: serviceTime(createdAt) }
      : { ...drain, RegionId: world.regionId })
  }
}

/** Without ServerGroupId: over all groups. Filters of both kinds at once must both hold. */
function listServerGroupServers(groups: ServerGroups, parameters: RpcParameters): object {
  const { dialect, world } = groups
  const groupId = parameters.text('ServerGroupId')
  const ids = readFilter(groups, parameters, 'ServerIds')
  const ips = dialect.filtersByIp ? readFilter(groups, parameters, 'ServerIps') : []
  const asked = groupId === '' ? groups.groups() : [groups.group(groupId)]
  const found = asked
    .flatMap((group) => group.servers(world.now()).map((server) => ({ ...server, groupId: group.id })))
    .filter(({ serverId, serverIp }) => isAmong(ids, serverId) && isAmong(ips, serverIp))
    .sort((one, other) => one.sequence - other.sequence)
  const { rows, fields } = pageOf(found, parameters, dialect)
  return { Servers: rows.map(serverRow), ...fields }
}

function readFilter({ dialect }: ServerGroups, parameters: RpcParameters, name: string): string[] {
  const values = parameters.list(name)
  if (values.length > MAX_FILTER) throw refuse(dialect, 'IllegalParam', name)
  return values
}

function serverRow(server: GroupServer & { readonly groupId: string }): object {
  return {
    ServerGroupId: server.groupId,
    ServerId: server.serverId,
    ServerIp: server.serverIp,
    ServerType: server.type,
    Port: server.port,
    Weight: server.weight,
    Description: server.description,
    Status: server.status
  }
}

function listAsynJobs({ jobs, dialect, world }: ServerGroups, parameters: RpcParameters): object {
  const [ids, resourceIds] = [parameters.list('JobIds'), parameters.list('ResourceIds')]
  const found = jobs.all().filter(({ id, resourceId }) => isAmong(ids, id) && isAmong(resourceIds, resourceId))
  const { rows, fields } = pageOf(found, parameters, dialect)
  return { Jobs: rows.map((job) => jobRow(job, world.now())), ...fields }
}

function jobRow(job: Job, now: number): object {
  return {
    Id: job.id,
    ApiName: job.action,
    OperateType: /^(Create|Delete)/.exec(job.action)?.[0] ?? 'Update',
    ResourceType: job.action.endsWith('Listener') ? 'listener' : 'servergroup',
    ResourceId: job.resourceId,
    Status: jobStatus(job, now),
    CreateTime: job.startedAt,
    ModifyTime: Math.min(now, job.endsAt)
  }
}

function jobStatusAnswer({ jobs, dialect, world }: ServerGroups, parameters: RpcParameters): object {
  const job = jobs.get(parameters.text('JobId'))
  if (job === undefined) throw refuse(dialect, 'ResourceNotFound.job')
  return { Status: jobStatus(job, world.now()) }
}

/** A filter without values lets all pass. */
function isAmong(values: readonly string[], value: string): boolean {
  return values.length === 0 || values.includes(value)
}
