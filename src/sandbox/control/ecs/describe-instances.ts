import type { DescribedInstance } from '../../fleet/described-instance.ts'
import type { RpcOperation, RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import { type EcsWorld, instancesOf } from './ecs-world.ts'
import { instanceView, statusOf } from './instance-view.ts'
import { PAGING, pageOf } from './paging.ts'
import { flag, jsonTexts, onlySupported } from './parameters.ts'

type Filter = (instance: DescribedInstance) => boolean

const LARGEST_PAGE = 100
const MOST_IDS = 100

/** Filters on one text: the parameter's name, and what it is compared with. */
const TEXTS: Readonly<Record<string, (instance: DescribedInstance) => string>> = {
  Status: statusOf,
  ZoneId: ({ zoneId }) => zoneId,
  VpcId: ({ vpcId }) => vpcId,
  VSwitchId: ({ vSwitchId }) => vSwitchId,
  ImageId: ({ imageId }) => imageId,
  InstanceType: ({ instanceType }) => instanceType,
  InstanceChargeType: ({ chargeType }) => chargeType,
  ResourceGroupId: ({ resourceGroupId }) => resourceGroupId
}

/**
 * DescribeInstances. Filters narrow each other down; InstanceIds of an empty array finds nothing, and so does a RAM user
 * without the permission.
 */
export function describeInstances(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    const others = ['InstanceIds', 'InstanceName', 'LockReason', 'PrivateIpAddresses', 'Tag', 'DryRun']
    onlySupported(action, parameters, [...Object.keys(TEXTS), ...others, ...PAGING, 'AdditionalAttributes'])
    const filters = filtersOf(parameters)
    if (flag(parameters, 'DryRun')) throw ecsError(world.mayDescribe ? 'DryRunOperation' : 'Forbidden.RAM')
    const instances = world.mayDescribe ? instancesOf(world, parameters) : []
    const found = instances.filter((instance) => filters.every((fits) => fits(instance)))
    const { items, told } = pageOf(parameters, found, { keyOf: ({ instanceId }) => instanceId, largest: LARGEST_PAGE })
    return { Instances: { Instance: items.map(instanceView) }, ...told }
  }
}

/** DescribeInstanceStatus: id and state only. */
export function describeInstanceStatus(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['InstanceId', 'ZoneId', 'PageNumber', 'PageSize'])
    const ids = parameters.list('InstanceId')
    if (ids.length > MOST_IDS) throw ecsError('InvalidParameter', 'InstanceId')
    const zoneId = parameters.text('ZoneId')
    const found = instancesOf(world, parameters).filter(
      (instance) =>
        (ids.length === 0 || ids.includes(instance.instanceId)) && (zoneId === '' || instance.zoneId === zoneId)
    )
    const { items, told } = pageOf(parameters, found, { keyOf: ({ instanceId }) => instanceId, largest: 50 })
    const statuses = items.map((instance) => ({ InstanceId: instance.instanceId, Status: statusOf(instance) }))
    return { InstanceStatuses: { InstanceStatus: statuses }, ...told }
  }
}

/** What an instance must fulfil to be found. */
function filtersOf(parameters: RpcParameters): Filter[] {
  const filters: Filter[] = []
  for (const [name, textOf] of Object.entries(TEXTS)) {
    const wanted = parameters.text(name)
    if (wanted !== '') filters.push((instance) => textOf(instance) === wanted)
  }
  const ids = jsonTexts(parameters, 'InstanceIds', MOST_IDS)
  if (ids !== undefined) filters.push(({ instanceId }) => ids.includes(instanceId))
  const addresses = jsonTexts(parameters, 'PrivateIpAddresses', MOST_IDS)
  if (addresses !== undefined) filters.push(({ privateIpAddress }) => addresses.includes(privateIpAddress))
  const name = parameters.text('InstanceName')
  if (name !== '') filters.push(({ instanceName }) => wildcard(name).test(instanceName))
  const lock = parameters.text('LockReason')
  if (lock !== '') filters.push(({ locks }) => locks.some((reason) => reason === lock))
  for (const { Key = '', Value } of parameters.objects('Tag')) {
    filters.push(({ tags }) => Object.hasOwn(tags, Key) && (Value === undefined || tags[Key] === Value))
  }
  return filters
}

/** A name in which `*` stands for any characters. */
function wildcard(name: string): RegExp {
  const parts = name.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
