import type { CommandOutcome } from '../../fleet/commands.ts'
import type { DescribedInstance } from '../../fleet/described-instance.ts'
import type { RpcOperation, RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import { type EcsWorld, namedInstance } from './ecs-world.ts'
import { flag, oneOf, onlySupported } from './parameters.ts'

/** StartInstance. It has no ClientToken: a second call is refused, because the instance is no longer Stopped. */
export function startInstance(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['InstanceId', 'InitLocalDisk', 'DryRun'])
    const instance = namedInstance(world, parameters)
    checkLocks(instance, 'InstanceExpired')
    if (instance.chargeType === 'PrePaid' && (instance.expiresMs ?? Number.POSITIVE_INFINITY) <= world.now()) {
      throw ecsError('InstanceExpired')
    }
    if (instance.state !== 'Stopped' || instance.recycling) throw ecsError('IncorrectInstanceStatus')
    const needsStock = instance.stoppedMode === 'StopCharging'
    if (needsStock) checkMarket(world, instance)
    refuseOnDemand(world, instance.instanceId)
    stopAtDryRun(parameters)
    if (needsStock) world.stock.take(shelfOf(instance), 1)
    return answer(world.fleet.start(instance.instanceId))
  }
}

/** StopInstance, in economical mode where StoppedMode says StopCharging. */
export function stopInstance(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    const names = ['InstanceId', 'StoppedMode', 'ForceStop', 'ConfirmStop', 'DryRun']
    onlySupported(action, parameters, names)
    const instance = namedInstance(world, parameters)
    const mode = oneOf(parameters, 'StoppedMode', ['KeepCharging', 'StopCharging']) || 'KeepCharging'
    checkLocks(instance, 'InstanceExpiredOrInArrears')
    if (instance.state !== 'Running') throw ecsError('IncorrectInstanceStatus')
    if (mode === 'StopCharging' && instance.chargeType === 'PrePaid') throw ecsError('InvalidInstanceId.NotSupport')
    stopAtDryRun(parameters)
    return answer(world.fleet.stop(instance.instanceId, mode))
  }
}

/** RebootInstance. */
export function rebootInstance(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['InstanceId', 'ForceStop', 'DryRun'])
    const instance = namedInstance(world, parameters)
    checkLocks(instance, 'InstanceExpiredOrInArrears')
    if (instance.state !== 'Running' || instance.recycling) throw ecsError('IncorrectInstanceStatus')
    stopAtDryRun(parameters)
    return answer(world.fleet.restart(instance.instanceId))
  }
}

/** DeleteInstance: of a Stopped one, or by Force of a Running one; locks do not prevent it. */
export function deleteInstance(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['InstanceId', 'Force', 'ForceStop', 'TerminateSubscription', 'DryRun'])
    const instance = namedInstance(world, parameters)
    const releasable = flag(parameters, 'Force') ? ['Running', 'Stopped'] : ['Stopped']
    if (instance.deletionProtection) throw ecsError('InvalidOperation.DeletionProtection')
    if (instance.chargeType === 'PrePaid' && !flag(parameters, 'TerminateSubscription')) {
      throw ecsError('ChargeTypeViolation')
    }
    if (!releasable.includes(instance.state)) throw ecsError('IncorrectInstanceStatus')
    stopAtDryRun(parameters)
    return answer(world.fleet.release(instance.instanceId))
  }
}

/**
 * A dry run ends here: what was checked so far is all right.
 *
 * @throws RpcError 400 DryRunOperation, which stands for a success
 */
export function stopAtDryRun(parameters: RpcParameters): void {
  if (flag(parameters, 'DryRun')) throw ecsError('DryRunOperation')
}

/** The lock tables of the vendor: "API behavior when an instance is locked for security reasons", "... overdue payments". */
function checkLocks({ locks }: DescribedInstance, unpaid: 'InstanceExpired' | 'InstanceExpiredOrInArrears'): void {
  if (locks.includes('security')) throw ecsError('InstanceLockedForSecurity')
  if (locks.some((reason) => reason !== 'Recycling')) throw ecsError(unpaid)
}

/** What was given back in economical mode must be had again: there may be none, or it may cost more than is bid. */
function checkMarket(world: EcsWorld, instance: DescribedInstance): void {
  const { spotStrategy, spotPriceLimit } = instance
  if (spotStrategy === 'SpotWithPriceLimit' && spotPriceLimit < world.spotPrice) {
    throw ecsError('OperationDenied.SpotPriceLowerThanPublicPrice')
  }
  if (world.stock.left(shelfOf(instance)) < 1) throw ecsError('OperationDenied.NoStock')
}

function shelfOf({ zoneId, instanceType, spotStrategy }: DescribedInstance) {
  return { zoneId, instanceType, spot: spotStrategy !== 'NoSpot' }
}

function refuseOnDemand({ startRefusals }: EcsWorld, instanceId: string): void {
  const refusal = startRefusals.get(instanceId)
  if (refusal === undefined) return
  if (refusal.times > 1) startRefusals.set(instanceId, { ...refusal, times: refusal.times - 1 })
  else startRefusals.delete(instanceId)
  throw ecsError(refusal.code)
}

function answer(outcome: CommandOutcome): object {
  if (outcome === 'accepted') return {}
  throw ecsError(outcome === 'missing' ? 'InvalidInstanceId.NotFound' : 'IncorrectInstanceStatus')
}
