import type { InstanceProfile } from '../../fleet/instance-profile.ts'
import type { RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import { oneOf } from './parameters.ts'

/** How new instances are paid for, and what becomes of a preemptible one. */
export type SpotRequest = Pick<InstanceProfile, 'spotStrategy' | 'spotPriceLimit' | 'spotInterruptionBehavior'>

/**
 * Reads the bid of RunInstances. @param spotPrice the market's, for an hour
 *
 * @throws RpcError in the service's words for a bid that it does not take
 */
export function spotRequest(parameters: RpcParameters, spotPrice: number): SpotRequest {
  const strategies = ['NoSpot', 'SpotWithPriceLimit', 'SpotAsPriceGo'] as const
  const spotStrategy = oneOf(parameters, 'SpotStrategy', strategies, 'InvalidSpotStrategy') || 'NoSpot'
  const behaviours = ['Terminate', 'Stop'] as const
  const spotInterruptionBehavior =
    oneOf(parameters, 'SpotInterruptionBehavior', behaviours, 'InvalidSpotInterruptionBehavior') || 'Terminate'
  oneOf(parameters, 'SpotDuration', ['0', '1'], 'InvalidSpotDuration')
  if (parameters.text('InstanceChargeType') === 'PrePaid' && spotStrategy !== 'NoSpot') {
    throw ecsError('InvalidSpotPrepaid')
  }
  if (spotStrategy !== 'SpotWithPriceLimit') return { spotStrategy, spotInterruptionBehavior, spotPriceLimit: 0 }
  const limit = parameters.text('SpotPriceLimit')
  if (!/^\d+(\.\d{1,3})?$/.test(limit) || Number(limit) === 0) throw ecsError('InvalidSpotPriceLimit')
  if (Number(limit) < spotPrice) throw ecsError('InvalidSpotPriceLimit.LowerThanPublicPrice')
  return { spotStrategy, spotInterruptionBehavior, spotPriceLimit: Number(limit) }
}
