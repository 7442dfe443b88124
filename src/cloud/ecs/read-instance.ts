import { z } from 'zod'
import type { Instance } from '../compute.ts'

/** What is only reported: anything else than a text counts as none. */
const remark = z.string().catch('')

/** A list as ECS writes it, wrapped in an object; null and absent stand for an empty one. */
function wrapped<Item extends z.ZodType>(name: string, item: Item) {
  return z
    .looseObject({ [name]: z.array(item).nullish() })
    .nullish()
    .transform((list): Array<z.output<Item>> => (list?.[name] as Array<z.output<Item>> | null | undefined) ?? [])
}

const texts = (name: string) => wrapped(name, z.string()).catch([])

const networkInterface = z.object({
  NetworkInterfaceId: z.string(),
  PrimaryIpAddress: remark,
  PrivateIpSets: wrapped('PrivateIpSet', z.object({ PrivateIpAddress: remark })).catch([])
})

/**
 * One row of DescribeInstances (ECS, "DescribeInstances", response parameters). What decides whether an instance may be
 * acted upon (state, locks, tags) must be readable; what only describes it need not.
 */
const row = z.object({
  InstanceId: z.string().min(1),
  Status: z.string().min(1),
  StoppedMode: z.string().nullish(),
  OperationLocks: wrapped('LockReason', z.object({ LockReason: z.string() })),
  Tags: wrapped('Tag', z.object({ TagKey: z.string(), TagValue: z.string().nullish() })),
  InstanceChargeType: z.string().nullish(),
  SpotStrategy: z.string().nullish(),
  SpotInterruptionBehavior: remark,
  NetworkInterfaces: wrapped('NetworkInterface', networkInterface),
  VpcAttributes: z
    .object({ VpcId: remark, VSwitchId: remark, PrivateIpAddress: texts('IpAddress') })
    .catch({ VpcId: '', VSwitchId: '', PrivateIpAddress: [] }),
  InnerIpAddress: texts('IpAddress'),
  PublicIpAddress: texts('IpAddress'),
  EipAddress: z.object({ IpAddress: remark }).catch({ IpAddress: '' }),
  InstanceName: remark,
  RegionId: remark,
  ZoneId: remark,
  InstanceType: remark,
  ImageId: remark,
  ResourceGroupId: remark,
  CreationTime: remark,
  ExpiredTime: remark,
  AutoReleaseTime: remark
})

/** A page of DescribeInstances; undefined when it is not in the service's form. */
export function readInstances(answer: Readonly<Record<string, unknown>>): InstancePage | undefined {
  const read = page.safeParse(answer)
  if (!read.success) return undefined
  const { Instances, NextToken, TotalCount } = read.data
  return { instances: Instances.Instance.map(instanceOf), nextToken: NextToken ?? '', totalCount: TotalCount ?? 0 }
}

export interface InstancePage {
  readonly instances: readonly Instance[]
  /** '' after the last page. */
  readonly nextToken: string
  /** Of all pages; without meaning in an answer that is paged by tokens. */
  readonly totalCount: number
}

const page = z.object({
  Instances: z.object({ Instance: z.array(row) }),
  NextToken: z.string().nullish(),
  TotalCount: z.number().int().min(0).nullish()
})

function instanceOf(data: z.output<typeof row>): Instance {
  const { VpcAttributes: vpc, NetworkInterfaces: interfaces } = data
  const ofInterfaces = interfaces.flatMap(({ PrimaryIpAddress, PrivateIpSets }) => [
    PrimaryIpAddress,
    ...PrivateIpSets.map(({ PrivateIpAddress }) => PrivateIpAddress)
  ])
  const isSubscription = data.InstanceChargeType === 'PrePaid'
  return {
    instanceId: data.InstanceId,
    name: data.InstanceName,
    regionId: data.RegionId,
    zoneId: data.ZoneId,
    status: data.Status,
    stoppedMode: data.StoppedMode ?? '',
    locks: data.OperationLocks.map(({ LockReason }) => LockReason.toLowerCase()),
    chargeType: data.InstanceChargeType ?? '',
    spotStrategy: data.SpotStrategy ?? '',
    spotInterruptionBehavior: data.SpotInterruptionBehavior,
    createdMs: timeOf(data.CreationTime),
    // A pay-as-you-go instance is said to expire in 2099.
    expiresMs: isSubscription ? timeOf(data.ExpiredTime) : undefined,
    autoReleaseMs: timeOf(data.AutoReleaseTime),
    tags: Object.fromEntries(data.Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue ?? ''])),
    instanceType: data.InstanceType,
    vpcId: vpc.VpcId,
    vSwitchId: vpc.VSwitchId,
    imageId: data.ImageId,
    resourceGroupId: data.ResourceGroupId,
    privateIps: distinct([...vpc.PrivateIpAddress, ...data.InnerIpAddress, ...ofInterfaces]),
    publicIps: distinct([...data.PublicIpAddress, data.EipAddress.IpAddress]),
    networkInterfaceIds: distinct(interfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId))
  }
}

/** `2026-11-22T12:00Z`, also with seconds. */
function timeOf(text: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '')
}
