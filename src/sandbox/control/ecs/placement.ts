import { regionOf } from '../../fleet/instance-profile.ts'
import type { RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import type { EcsWorld } from './ecs-world.ts'

/** Where new instances go. */
export interface Placement {
  readonly zoneId: string
  readonly vSwitchId: string
}

/**
 * The zone and the subnet that a call asks for: those of its VSwitchId, else those of its ZoneId, else the first zone
 * that has enough.
 *
 * @throws RpcError for a zone or subnet that there is not, or for two that do not belong together
 */
export function placementOf(
  world: EcsWorld,
  parameters: RpcParameters,
  wanted: { readonly regionId: string; readonly instanceType: string; readonly spot: boolean; readonly count: number }
): Placement {
  const { regionId, count, ...of } = wanted
  const zones = regionOf(regionId).zones.map((zone) => `${regionId}-${zone}`)
  const [zoneId, vSwitchId] = [parameters.text('ZoneId'), parameters.text('VSwitchId')]
  if (zoneId !== '' && !zones.includes(zoneId)) throw ecsError('InvalidZoneId.NotFound')
  if (vSwitchId === '') {
    const chosen =
      zoneId || (zones.find((zone) => world.stock.left({ ...of, zoneId: zone }) >= count) ?? zones[0] ?? '')
    return { zoneId: chosen, vSwitchId: world.vSwitches.ofZone(chosen)?.vSwitchId ?? '' }
  }
  const itsZone = zoneOf(world, vSwitchId)
  if (itsZone === undefined || !zones.includes(itsZone)) throw ecsError('InvalidVSwitchId.NotFound')
  if (zoneId !== '' && zoneId !== itsZone) throw ecsError('InvalidParameter.Mismatch')
  return { zoneId: itsZone, vSwitchId }
}

/** The subnets of instances that the fleet had from the start are not in the table; they exist all the same. */
function zoneOf({ vSwitches, fleet }: EcsWorld, vSwitchId: string): string | undefined {
  const known = vSwitches.get(vSwitchId)
  if (known?.available === false) throw ecsError('IncorrectVSwitchStatus')
  return known?.zoneId ?? fleet.list().find((instance) => instance.vSwitchId === vSwitchId)?.zoneId
}
