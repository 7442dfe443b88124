import type { DescribedInstance } from '../../fleet/described-instance.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { REGIONS } from '../../fleet/instance-profile.ts'
import { ClientTokens } from '../balancers/server-groups/client-tokens.ts'
import type { RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import { EventHistory } from './event-history.ts'
import { LaunchTemplates } from './launch-templates.ts'
import { requiredText } from './parameters.ts'
import { Stock } from './stock.ts'
import { VSwitches } from './v-switches.ts'

/** What ECS knows beside its instances, which are the fleet's. */
export interface EcsWorld {
  readonly fleet: Fleet
  /** Epoch ms. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly stock: Stock
  readonly vSwitches: VSwitches
  readonly templates: LaunchTemplates
  readonly tokens: ClientTokens
  readonly history: EventHistory
  /** Codes that StartInstance refuses an instance with, the next so many times. */
  readonly startRefusals: Map<string, { code: string; times: number }>
  /** What an hour of a preemptible instance costs on the market. */
  spotPrice: number
  /** False: the caller may not describe instances, and gets an empty list, as RAM users do. */
  mayDescribe: boolean
}

/** The world of an empty sandbox: nothing is short of stock, and one launch template exists. */
export function createEcsWorld(parts: Pick<EcsWorld, 'fleet' | 'now' | 'random'>): EcsWorld {
  return {
    ...parts,
    stock: new Stock(),
    vSwitches: new VSwitches(),
    templates: new LaunchTemplates(parts.now),
    tokens: new ClientTokens(),
    history: new EventHistory(),
    startRefusals: new Map(),
    spotPrice: 0.05,
    mayDescribe: true
  }
}

/** The instance that a call names. @throws RpcError 400 MissingParameter, 404 InvalidInstanceId.NotFound */
export function namedInstance({ fleet }: EcsWorld, parameters: RpcParameters): DescribedInstance {
  const instance = fleet.describe(requiredText(parameters, 'InstanceId'))
  if (instance === undefined) throw ecsError('InvalidInstanceId.NotFound')
  return instance
}

/** The region that a call names. @throws RpcError 400 MissingParameter, 404 InvalidRegionId.NotFound */
export function namedRegion(parameters: RpcParameters): string {
  const regionId = requiredText(parameters, 'RegionId')
  if (REGIONS.some(({ id }) => id === regionId)) return regionId
  throw ecsError('InvalidRegionId.NotFound')
}

/** The instances of the region that a call names, in the order of creation. */
export function instancesOf({ fleet }: EcsWorld, parameters: RpcParameters): DescribedInstance[] {
  const regionId = namedRegion(parameters)
  return fleet.list().filter((instance) => instance.regionId === regionId)
}
