import type * as DescribeInstances from '@alicloud/ecs20140526/dist/models/DescribeInstancesRequest.js'
import type * as RunInstances from '@alicloud/ecs20140526/dist/models/RunInstancesRequest.js'
import type * as StartInstance from '@alicloud/ecs20140526/dist/models/StartInstanceRequest.js'
import type * as TagResources from '@alicloud/ecs20140526/dist/models/TagResourcesRequest.js'
import type { RunRequest } from '../compute.ts'
import type { RpcRequest } from '../rpc/rpc-api.ts'
import { requireSdk } from '../sdk.ts'

/** What a call asks for, without its limits. */
export type EcsRequest = Pick<RpcRequest, 'action' | 'query'>

/** Builds the requests of one region. */
export interface EcsRequests {
  /** By ids (at most 100); by tags, with `nextToken` '' for the first page; by nothing: for the count of all. */
  describe(filter: DescribeFilter): EcsRequest
  /** Asks whether DescribeInstances is permitted: the answer is the error `DryRunOperation` if so. */
  mayDescribe(): EcsRequest
  start(instanceId: string): EcsRequest
  run(request: RunRequest): EcsRequest
  tag(instanceId: string, tags: Readonly<Record<string, string>>): EcsRequest
}

export type DescribeFilter =
  | { readonly by: 'ids'; readonly ids: readonly string[] }
  | { readonly by: 'tags'; readonly tags: Readonly<Record<string, string>>; readonly nextToken: string }
  | { readonly by: 'nothing' }

/** The largest page of DescribeInstances, and the most ids that it takes. */
export const MAX_PAGE = 100

/**
 * The request models of `@alicloud/ecs20140526`, which is loaded here: four files of it. Its client class adds nothing
 * to them but the call itself, and loads all 1,316 models: 44 MB, and half a second in which nothing else runs.
 */
export function createEcsRequests(regionId: string): EcsRequests {
  const { DescribeInstancesRequest } = loadModel<typeof DescribeInstances>('DescribeInstancesRequest')
  const { StartInstanceRequest } = loadModel<typeof StartInstance>('StartInstanceRequest')
  const { RunInstancesRequest } = loadModel<typeof RunInstances>('RunInstancesRequest')
  const { TagResourcesRequest } = loadModel<typeof TagResources>('TagResourcesRequest')
  return {
    describe: (filter) => ({
      action: 'DescribeInstances',
      query: queryOf(DescribeInstancesRequest, { regionId, ...describeFields(filter) })
    }),
    mayDescribe: () => ({
      action: 'DescribeInstances',
      query: queryOf(DescribeInstancesRequest, { regionId, dryRun: true })
    }),
    start: (instanceId) => ({ action: 'StartInstance', query: queryOf(StartInstanceRequest, { instanceId }) }),
    run: (request) => ({
      action: 'RunInstances',
      query: { ...queryOf(RunInstancesRequest, { regionId, ...runFields(request) }), ...versionOf(request) }
    }),
    tag: (instanceId, tags) => ({
      action: 'TagResources',
      query: queryOf(TagResourcesRequest, {
        ...{ regionId, resourceType: 'instance', resourceId: [instanceId], tag: tagList(tags) }
      })
    })
  }
}

/** A model class of the SDK: takes its fields in camel case, and gives them under the service's own names. */
type Model<Data extends object> = new (fields: Record<string, unknown>) => Data & { toMap(): Record<string, unknown> }

/** What a model may be given: its fields at any depth, without methods and without the index that takes everything. */
type Fields<Type> = Type extends string | number | boolean | undefined
  ? Type
  : Type extends ReadonlyArray<infer Item>
    ? ReadonlyArray<Fields<Item>>
    : { readonly [Key in keyof Type as FieldName<Key, Type[Key]>]?: Fields<Type[Key]> }

type FieldName<Key, Value> = string extends Key ? never : Value extends (...given: never) => unknown ? never : Key

function queryOf<Data extends object>(Request: Model<Data>, fields: Fields<NoInfer<Data>>): Record<string, unknown> {
  return new Request(Object.fromEntries(Object.entries(fields))).toMap()
}

function loadModel<Module>(name: string): Module {
  return requireSdk<Module>(`@alicloud/ecs20140526/dist/models/${name}`)
}

function describeFields(filter: DescribeFilter): Fields<DescribeInstances.DescribeInstancesRequest> {
  switch (filter.by) {
    case 'ids':
      return { instanceIds: JSON.stringify(filter.ids), maxResults: MAX_PAGE }
    case 'tags':
      return {
        tag: tagList(filter.tags),
        maxResults: MAX_PAGE,
        ...(filter.nextToken !== '' && { nextToken: filter.nextToken })
      }
    case 'nothing':
      // TotalCount means nothing in an answer that is paged by tokens.
      return {}
    default: {
      const never: never = filter
      return never
    }
  }
}

function runFields(request: RunRequest): Fields<RunInstances.RunInstancesRequest> {
  const { clientToken, launchTemplateId, zoneId, vSwitchId, instanceType, instanceName, spotStrategy, tags } = request
  const given = { zoneId, vSwitchId, instanceType, instanceName, spotStrategy }
  return {
    clientToken,
    launchTemplateId,
    amount: 1,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
    // Spot strategies are for pay-as-you-go alone, whatever the template says.
    ...(spotStrategy !== '' && { instanceChargeType: 'PostPaid' }),
    ...(request.spotPriceLimit !== undefined && { spotPriceLimit: Number(request.spotPriceLimit.toFixed(3)) }),
    tag: tagList(tags)
  }
}

/** The model has a number here, which would turn a version that is none into NaN instead of a refusal. */
function versionOf({ launchTemplateVersion }: RunRequest): Record<string, unknown> {
  return launchTemplateVersion === '' ? {} : { LaunchTemplateVersion: launchTemplateVersion }
}

interface Tag {
  readonly key: string
  readonly value: string
}

/** In a fixed order: with one ClientToken, parameters must be the same every time. */
function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags)
    .map(([key, value]) => ({ key, value }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
}
