import type { Chance } from './chance.ts'

/** Pay-as-you-go or subscription. */
export type ChargeType = 'PostPaid' | 'PrePaid'
/** `NoSpot`, or how a preemptible instance bids; those are always PostPaid (RunInstances). */
export type SpotStrategy = 'NoSpot' | 'SpotWithPriceLimit' | 'SpotAsPriceGo'

/** An elastic network interface, as far as a load balancer may know it. */
export interface NetworkInterface {
  readonly networkInterfaceId: string
  readonly privateIpAddress: string
}

/** What an instance is, from its creation to its release. Field names follow DescribeInstances. */
export interface InstanceProfile {
  readonly instanceId: string
  readonly instanceName: string
  readonly instanceType: string
  readonly regionId: string
  readonly zoneId: string
  /** 16 digits: beyond what a JSON number can hold. */
  readonly accountId: string
  readonly chargeType: ChargeType
  readonly spotStrategy: SpotStrategy
  readonly privateIpAddress: string
  /** '' for an instance that can't be reached from the internet. */
  readonly publicIpAddress: string
  readonly vpcId: string
  readonly vSwitchId: string
  readonly imageId: string
  readonly resourceGroupId: string
  readonly diskId: string
  readonly networkInterfaceId: string
  /** Network interfaces beside the primary one. */
  readonly secondaryInterfaces: readonly NetworkInterface[]
  /** What becomes of a preemptible instance when it is taken back: released, or stopped in economical mode. */
  readonly spotInterruptionBehavior: 'Terminate' | 'Stop'
  /** The highest hourly price of a SpotWithPriceLimit instance; 0 for the others. */
  readonly spotPriceLimit: number
  /** From its creation on. */
  readonly tags: Readonly<Record<string, string>>
}

/** What the profiles of a fleet are drawn from. */
export interface ProfileSource {
  /** Accounts that own instances. */
  readonly accounts: number
  /** Region ids out of `REGIONS`. */
  readonly regions: readonly string[]
  /** Share of preemptible instances, 0 to 1. */
  readonly spotShare: number
  /** Share of subscription instances among those that are not preemptible, 0 to 1. */
  readonly prepaidShare: number
}

/** One region: the letters its resource ids begin with, its zones, its name on Chinese pages. */
export interface Region {
  readonly id: string
  readonly prefix: string
  readonly zones: readonly string[]
  readonly nameZh: string
}

/** The regions that a fleet may live in. */
export const REGIONS: readonly Region[] = [
  { id: 'cn-hangzhou', prefix: 'bp1', zones: ['h', 'i', 'j'], nameZh: '华东1（杭州）' },
  { id: 'cn-shanghai', prefix: 'uf6', zones: ['b', 'g', 'm'], nameZh: '华东2（上海）' },
  { id: 'cn-beijing', prefix: '2ze', zones: ['h', 'k', 'l'], nameZh: '华北2（北京）' },
  { id: 'ap-southeast-1', prefix: 't4n', zones: ['a', 'b', 'c'], nameZh: '新加坡' },
  { id: 'us-east-1', prefix: '0xi', zones: ['a', 'b'], nameZh: '美国（弗吉尼亚）' },
  { id: 'eu-central-1', prefix: 'gw8', zones: ['a', 'b'], nameZh: '德国（法兰克福）' }
]

const TYPES = [
  'ecs.g7.large',
  'ecs.g7.xlarge',
  'ecs.c7.xlarge',
  'ecs.r7.2xlarge',
  'ecs.t6-c1m2.large',
  'ecs.gn7i.4xlarge'
]
const SPOT_STRATEGIES = ['SpotWithPriceLimit', 'SpotAsPriceGo'] as const
const ROLES = ['web', 'api', 'worker', 'batch', 'cache', 'db', 'ci', 'train']
const ENVIRONMENTS = ['prod', 'prod', 'staging', 'dev']
/** Reserved for documentation (RFC 5737): no address of the simulation is anybody's. */
const PUBLIC_NETS = ['192.0.2', '198.51.100', '203.0.113']

/** @throws RangeError for a region that is not in `REGIONS` */
export function regionOf(regionId: string): Region {
  const region = REGIONS.find(({ id }) => id === regionId)
  if (region === undefined) {
    const known = REGIONS.map(({ id }) => id).join(', ')
    throw new RangeError(`Cannot simulate region "${regionId}": expected one of ${known}`)
  }
  return region
}

/** Draws a new instance; what `given` says is taken as it is. */
export function drawProfile(
  chance: Chance,
  source: ProfileSource,
  given: Partial<InstanceProfile> = {}
): InstanceProfile {
  const { id: regionId, prefix, zones } = regionOf(given.regionId ?? chance.pick(source.regions))
  const drawnSpot = chance.happens(source.spotShare) ? chance.pick(SPOT_STRATEGIES) : 'NoSpot'
  const spotStrategy = given.spotStrategy ?? drawnSpot
  const prepaid = chance.happens(source.prepaidShare) && spotStrategy === 'NoSpot'
  const role = chance.pick(ROLES)
  const env = chance.pick(ENVIRONMENTS)
  const network = chance.text(10)
  return {
    instanceId: `i-${prefix}${chance.text(17)}`,
    instanceName: `${role}-${env}-${chance.between(1, 999)}`,
    instanceType: chance.pick(TYPES),
    regionId,
    zoneId: `${regionId}-${chance.pick(zones)}`,
    accountId: String(1_100_220_033_004_400 + chance.between(0, source.accounts - 1)),
    chargeType: prepaid ? 'PrePaid' : 'PostPaid',
    spotStrategy,
    privateIpAddress: `10.${chance.between(0, 255)}.${chance.between(0, 255)}.${chance.between(1, 254)}`,
    publicIpAddress: chance.happens(0.5) ? `${chance.pick(PUBLIC_NETS)}.${chance.between(1, 254)}` : '',
    vpcId: `vpc-${prefix}${network}`,
    vSwitchId: `vsw-${prefix}${chance.text(10)}`,
    imageId: 'aliyun_3_x64_20G_alibase_20250117.vhd',
    resourceGroupId: `rg-${env}`,
    diskId: `d-${prefix}${chance.text(17)}`,
    networkInterfaceId: `eni-${prefix}${chance.text(17)}`,
    secondaryInterfaces: [],
    spotInterruptionBehavior: 'Terminate',
    spotPriceLimit: spotStrategy === 'SpotWithPriceLimit' ? 1 : 0,
    tags: { env, role },
    ...given
  }
}
