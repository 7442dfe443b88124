import type { Chance } from './chance.ts'
import type { EventDraft } from './ecs-event.ts'
import type { InstanceProfile } from './instance-profile.ts'
import type { InstanceState } from './instance-state.ts'

const UNVERSIONED_RATE = 0.05

/** Instance:StateChange ("Instance event notification"; the newer content keys are those of event subscriptions). */
export function stateChange(instance: InstanceProfile, state: InstanceState, chance: Chance): EventDraft {
  const { instanceId, publicIpAddress, instanceName, instanceType, privateIpAddress } = instance
  const resourceType = 'ALIYUN::ECS::Instance'
  return {
    kind: 'state',
    name: 'Instance:StateChange',
    level: 'INFO',
    type: 'StatusNotification',
    status: 'Normal',
    resource: `instance/${instanceId}`,
    content: { resourceId: instanceId, resourceType, state },
    fullContent: {
      resourceId: instanceId,
      publicIpAddress,
      instanceName,
      instanceType,
      state,
      privateIpAddress,
      resourceType
    },
    detail: state,
    versioned: !chance.happens(UNVERSIONED_RATE)
  }
}

/** Instance:PreemptibleInstanceInterruption; the ECS page gives level INFO, the CloudMonitor tables WARN: both are sent. */
export function interruptionNotice(instance: InstanceProfile, chance: Chance): EventDraft {
  const warned = chance.happens(0.5)
  // The vendor documents `delete` only; what a notice says to an instance that is stopped instead is not known.
  const action = instance.spotInterruptionBehavior === 'Stop' ? 'stop' : 'delete'
  return {
    kind: 'interruption',
    name: 'Instance:PreemptibleInstanceInterruption',
    level: warned ? 'WARN' : 'INFO',
    type: 'StatusNotification',
    status: 'Normal',
    resource: `instance/${instance.instanceId}`,
    content: { instanceId: instance.instanceId, action },
    detail: action,
    ...(warned ? { extras: { instanceName: instance.instanceName, groupId: '0', status: 'Normal' } } : {})
  }
}
