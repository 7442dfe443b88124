import type { DescribedInstance } from '../../fleet/described-instance.ts'
import type { RpcOperation, RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import { type EcsWorld, instancesOf } from './ecs-world.ts'
import { pageOf } from './paging.ts'
import { flag, onlySupported, requiredText } from './parameters.ts'
import { givenTags, MOST_TAGS } from './tags.ts'

const MOST_RESOURCES = 50

/** TagResources: adds tags to instances, or changes their values; all of them or none. */
export function tagResources(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['ResourceType', 'ResourceId', 'Tag'])
    const instances = resourcesOf(world, parameters)
    const added = givenTags(parameters)
    if (Object.keys(added).length === 0) throw ecsError('MissingParameter', 'Tag.1.Key')
    const changed = instances.map(({ instanceId, tags }) => ({ instanceId, tags: { ...tags, ...added } }))
    if (changed.some(({ tags }) => Object.keys(tags).length > MOST_TAGS)) throw ecsError('OperationDenied.QuotaExceed')
    for (const { instanceId, tags } of changed) world.fleet.change(instanceId, { tags })
    return {}
  }
}

/** UntagResources: takes tags by their keys away, or all of them. */
export function untagResources(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['ResourceType', 'ResourceId', 'TagKey', 'All'])
    const instances = resourcesOf(world, parameters)
    const keys = parameters.list('TagKey')
    const all = keys.length === 0 && flag(parameters, 'All')
    for (const { instanceId, tags } of instances) {
      const kept = Object.entries(tags).filter(([key]) => !all && !keys.includes(key))
      world.fleet.change(instanceId, { tags: Object.fromEntries(kept) })
    }
    return {}
  }
}

/** ListTagResources: the tags of some instances, or of those that carry some tags. */
export function listTagResources(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['ResourceType', 'ResourceId', 'Tag', 'NextToken'])
    checkType(parameters)
    const ids = parameters.list('ResourceId')
    const wanted = parameters.objects('Tag')
    if (ids.length === 0 && wanted.length === 0) throw ecsError('MissingParameter', 'ResourceId.1')
    const found = instancesOf(world, parameters).filter(
      ({ instanceId, tags }) =>
        (ids.length === 0 || ids.includes(instanceId)) &&
        wanted.every(({ Key = '', Value }) => Object.hasOwn(tags, Key) && (Value === undefined || tags[Key] === Value))
    )
    const rows = found.flatMap(({ instanceId, tags }) =>
      Object.entries(tags).map(([TagKey, TagValue]) => ({
        ...{ ResourceId: instanceId, ResourceType: 'instance' },
        ...{ TagKey, TagValue }
      }))
    )
    const keyOf = ({ ResourceId, TagKey }: { ResourceId: string; TagKey: string }): string => `${ResourceId}/${TagKey}`
    const { items, told } = pageOf(parameters, rows, { keyOf, largest: 50 })
    return { TagResources: { TagResource: items }, NextToken: told.NextToken ?? '' }
  }
}

/** The instances that a call names; every one of them must exist. */
function resourcesOf(world: EcsWorld, parameters: RpcParameters): DescribedInstance[] {
  checkType(parameters)
  const ids = parameters.list('ResourceId')
  if (ids.length === 0) throw ecsError('MissingParameter', 'ResourceId.1')
  if (ids.length > MOST_RESOURCES) throw ecsError('InvalidParameter', 'ResourceId')
  const instances = instancesOf(world, parameters).filter(({ instanceId }) => ids.includes(instanceId))
  if (instances.length < new Set(ids).size) throw ecsError('InvalidResourceId.NotFound')
  return instances
}

function checkType(parameters: RpcParameters): void {
  if (requiredText(parameters, 'ResourceType') !== 'instance') throw ecsError('InvalidResourceType.NotFound')
}
