import { type InstanceProfile, regionOf } from '../../fleet/instance-profile.ts'
import { rpcParameters } from '../rpc-parameters.ts'
import type { RpcOperation, RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import { type EcsWorld, namedRegion } from './ecs-world.ts'
import { versionOf } from './launch-templates.ts'
import { flag, onlySupported, requiredText, utcTime } from './parameters.ts'
import { placementOf } from './placement.ts'
import { stopAtDryRun } from './power-operations.ts'
import { spotRequest } from './spot-request.ts'
import { givenTags } from './tags.ts'

/** Parameters that shape an instance, here or in a launch template. */
const EFFECTIVE = [
  ...['ImageId', 'InstanceType', 'InstanceName', 'ZoneId', 'VSwitchId', 'InstanceChargeType', 'ResourceGroupId'],
  ...['SpotStrategy', 'SpotPriceLimit', 'SpotDuration', 'SpotInterruptionBehavior', 'Tag', 'AutoReleaseTime'],
  ...['DeletionProtection', 'InternetMaxBandwidthOut']
]

/** Parameters about what the sandbox's instances do not have: disks, keys, packets. Taken, and without effect. */
const WITHOUT_EFFECT = [
  ...['SecurityGroupId', 'SecurityGroupIds', 'SystemDisk', 'DataDisk', 'KeyPairName', 'UserData', 'RamRoleName'],
  ...['Password', 'PasswordInherit', 'HostName', 'Description', 'IoOptimized', 'CreditSpecification'],
  ...['InternetChargeType', 'InternetMaxBandwidthIn', 'HttpEndpoint', 'HttpTokens', 'SecurityEnhancementStrategy']
]

const OF_THE_CALL = ['LaunchTemplateId', 'LaunchTemplateName', 'LaunchTemplateVersion', 'Amount', 'MinAmount']

/** What a launch template may hold. */
export const TEMPLATE_PARAMETERS: readonly string[] = [...EFFECTIVE, ...WITHOUT_EFFECT]

/**
 * RunInstances: the ids come back at once, the instances come up later. With a ClientToken a call is carried out once,
 * however often it comes ("How to ensure idempotence"); one that failed does not bind its token.
 */
export function runInstances(world: EcsWorld): RpcOperation {
  return (call) => {
    const { action, parameters } = call
    onlySupported(action, parameters, [...TEMPLATE_PARAMETERS, ...OF_THE_CALL, 'ClientToken', 'DryRun'])
    if (!/^[\x20-\x7e]{0,64}$/.test(parameters.text('ClientToken'))) {
      throw ecsError('InvalidClientToken.ValueNotSupported')
    }
    const before = world.tokens.find(call)
    if (before === 'mismatch') throw ecsError('IdempotentParameterMismatch')
    if (before !== undefined) return before
    const answer = run(world, parameters)
    world.tokens.keep(call, answer)
    return answer
  }
}

function run(world: EcsWorld, call: RpcParameters): object {
  const regionId = namedRegion(call)
  const parameters = withTemplate(world, regionId, call)
  const plan = planOf(world, regionId, parameters)
  stopAtDryRun(parameters)
  world.stock.take(plan.shelf, plan.count)
  const ids = Array.from({ length: plan.count }, () => {
    const instanceId = `i-${regionOf(regionId).prefix}${resourceText(world.random)}`
    world.fleet.create({ instanceName: instanceId, ...plan.profile, instanceId })
    const { autoReleaseMs, deletionProtection } = plan
    world.fleet.change(instanceId, { deletionProtection, ...(autoReleaseMs !== undefined && { autoReleaseMs }) })
    return instanceId
  })
  return { InstanceIdSets: { InstanceIdSet: ids } }
}

/** Everything that must hold is checked before anything is made. */
function planOf(world: EcsWorld, regionId: string, parameters: RpcParameters) {
  const instanceType = requiredText(parameters, 'InstanceType')
  if (!/^ecs(\.[a-z0-9-]+){2,3}$/.test(instanceType)) throw ecsError('InvalidInstanceType.ValueNotSupported')
  const { amount, least } = amounts(parameters)
  const spot = spotRequest(parameters, world.spotPrice)
  checkChargeType(parameters)
  const kind = { instanceType, spot: spot.spotStrategy !== 'NoSpot' }
  const place = placementOf(world, parameters, { regionId, ...kind, count: least })
  const autoReleaseMs = utcTime(parameters, 'AutoReleaseTime', 'InvalidAutoReleaseTime.Malformed')
  if (autoReleaseMs !== undefined && autoReleaseMs <= world.now()) throw ecsError('InvalidAutoReleaseTime.Malformed')
  const deletionProtection = flag(parameters, 'DeletionProtection')
  const name = parameters.text('InstanceName')
  const profile: Partial<InstanceProfile> = {
    regionId,
    instanceType,
    imageId: requiredText(parameters, 'ImageId'),
    chargeType: 'PostPaid',
    resourceGroupId: parameters.text('ResourceGroupId'),
    tags: givenTags(parameters),
    ...place,
    ...spot,
    ...(name !== '' && { instanceName: name }),
    ...(parameters.number('InternetMaxBandwidthOut', 0) === 0 && { publicIpAddress: '' })
  }
  const shelf = { ...kind, zoneId: place.zoneId }
  const count = Math.min(amount, world.stock.left(shelf))
  if (count < least) throw ecsError('OperationDenied.NoStock')
  return { profile, shelf, count, autoReleaseMs, deletionProtection }
}

/** Without MinAmount it is all or nothing. */
function amounts(parameters: RpcParameters): { amount: number; least: number } {
  const amount = parameters.number('Amount', 1)
  const least = parameters.number('MinAmount', amount)
  if (amount < 1 || amount > 100) throw ecsError('InvalidMaxAmount.Malformed')
  if (least < 1 || least > amount) throw ecsError('InvalidMinAmount.Malformed')
  return { amount, least }
}

function checkChargeType(parameters: RpcParameters): void {
  const chargeType = parameters.text('InstanceChargeType')
  if (chargeType === 'PrePaid') throw ecsError('NotImplemented', 'RunInstances with InstanceChargeType PrePaid')
  if (chargeType !== '' && chargeType !== 'PostPaid') throw ecsError('InvalidInstanceChargeType.NotFound')
}

/** The call's own parameters over those of its launch template; a list of the call replaces the template's list. */
function withTemplate({ templates }: EcsWorld, regionId: string, call: RpcParameters): RpcParameters {
  const [id, name] = [call.text('LaunchTemplateId'), call.text('LaunchTemplateName')]
  if (id === '' && name === '') return call
  const { data } = versionOf(templates.find(regionId, { id, name }), call.text('LaunchTemplateVersion'))
  const stepOf = (parameter: string): string => parameter.split('.')[0] ?? ''
  const own = new Set([...call.all.keys()].map(stepOf))
  return rpcParameters(new Map([...[...data].filter(([parameter]) => !own.has(stepOf(parameter))), ...call.all]))
}

/** 17 lower-case letters and digits. */
export function resourceText(random: () => number): string {
  return Array.from({ length: 17 }, () => Math.floor(random() * 36).toString(36)).join('')
}
