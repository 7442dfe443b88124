import type { EventDraft } from './ecs-event.ts'
import { type Incident, type IncidentScene, notification, once } from './incident.ts'

/** A secondary network interface attached or detached. */
export const networkInterfaceOperated: Incident = (scene) => {
  const { chance } = scene
  const attached = chance.happens(0.5)
  return once({
    ...networkDraft(scene, 'NetworkInterface:NetworkInterfaceOperateCompleted'),
    content: {
      eniId: scene.instance.networkInterfaceId,
      operation: attached ? 'AttachNetworkInterface' : 'DetachNetworkInterface',
      eniStatus: attached ? 'InUse' : 'Available',
      result: 'success',
      requestId: chance.uuid(),
      primaryPrivateIp: scene.instance.privateIpAddress,
      secondaryPrivateIps: privateIps(scene, 2),
      ipv4Prefixes: [`192.168.${chance.between(0, 255)}.0/28`],
      ipv6s: [`2001:db8:0:${chance.between(1, 99)}::${chance.between(1, 99)}`],
      ipv6Prefixes: ['2001:db8::/80']
    }
  })
}

/** A further private address on a network interface. */
export const privateIpAssigned: Incident = (scene) =>
  once({
    ...networkDraft(scene, 'NetworkInterface:PrivateIPAssigned'),
    content: {
      eniId: scene.instance.networkInterfaceId,
      primaryPrivateIp: scene.instance.privateIpAddress,
      secondaryPrivateIps: privateIps(scene, 1),
      ipv4Prefixes: [`192.168.${scene.chance.between(0, 255)}.0/28`]
    }
  })

/** Named Instance:, yet its ARN is the network interface's. */
export const vSwitchChanged: Incident = (scene) =>
  once({
    ...networkDraft(scene, 'Instance:VSwitchChanged'),
    content: {
      instanceId: scene.instance.instanceId,
      vswitchId: `vsw-bp1${scene.chance.text(10)}`,
      privateIpAddress: scene.instance.privateIpAddress,
      vpcId: scene.instance.vpcId,
      secondaryPrivateIps: privateIps(scene, 1)
    }
  })

function networkDraft(scene: IncidentScene, name: string): Omit<EventDraft, 'content'> {
  const kind = name.startsWith('Instance:') ? 'instance' : 'network'
  return { ...notification(kind, name, 'INFO', `eni/${scene.instance.networkInterfaceId}`), versioned: false }
}

function privateIps(scene: IncidentScene, count: number): string[] {
  const net = `192.168.${scene.chance.between(0, 255)}`
  return Array.from({ length: count }, (_, index) => `${net}.${10 + index}`)
}
