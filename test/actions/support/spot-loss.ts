import type { Instance } from '../../../src/cloud/compute.ts'
import type { AuditEvent } from '../../../src/events/audit-event.ts'

/** A preemptible instance that runs. */
export function spotInstance(given: Partial<Instance> & Pick<Instance, 'instanceId'>): Instance {
  return {
    name: '',
    regionId: 'cn-hangzhou',
    zoneId: 'cn-hangzhou-h',
    status: 'Running',
    stoppedMode: '',
    locks: [],
    chargeType: 'PostPaid',
    spotStrategy: 'SpotAsPriceGo',
    spotInterruptionBehavior: 'Terminate',
    createdMs: 0,
    expiresMs: undefined,
    autoReleaseMs: undefined,
    tags: {},
    instanceType: 'ecs.g6.large',
    vpcId: 'vpc-1',
    vSwitchId: 'vsw-1',
    imageId: 'img-1',
    resourceGroupId: '',
    privateIps: [],
    publicIps: [],
    networkInterfaceIds: [],
    ...given
  }
}

/** An interruption notice. */
export function interruptionNotice(given: Partial<AuditEvent> & Pick<AuditEvent, 'instanceId'>): AuditEvent {
  return {
    envelope: 'cloudmonitor',
    eventKey: 'notice-1',
    eventId: 'N-1',
    name: 'Instance:PreemptibleInstanceInterruption',
    timeMs: undefined,
    product: 'ECS',
    level: 'WARN',
    status: 'Normal',
    regionId: 'cn-hangzhou',
    accountId: '1',
    resourceArn: '',
    state: '',
    interruption: 'delete',
    content: '{}',
    test: false,
    ...given
  }
}
