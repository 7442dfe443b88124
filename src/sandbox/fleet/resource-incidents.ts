import type { EventDraft, EventKind, EventLevel } from './ecs-event.ts'
import type { Incident, IncidentScene, IncidentStep } from './incident.ts'
import { utcMinutes, utcSeconds } from './times.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Disk:Stalled and Disk:ErrorDetected: begin and end; the end is often still named `...:Executing`. */
export const diskTrouble: Incident = (scene) => {
  const { instance, chance, nowMs } = scene
  const stalled = chance.happens(0.7)
  const name = stalled ? 'Disk:Stalled' : 'Disk:ErrorDetected'
  const common = {
    eventId: `e-${chance.text(13)}`,
    diskId: instance.diskId,
    device: chance.pick(['/dev/xvda', '/dev/xvdb', '/dev/xvdc']),
    eventType: stalled ? 'Stalled' : chance.pick(['Degraded', 'SeverelyDegraded']),
    executeStartTime: utcSeconds(nowMs)
  }
  const owner = { ecsInstanceId: instance.instanceId, ecsInstanceName: instance.instanceName }
  const trouble = { ...diskDraft(scene, name, 'CRITICAL', {}), type: 'Exception' as const }
  return [
    {
      afterMs: 0,
      draft: () => ({
        ...trouble,
        name: `${name}:Executing`,
        status: 'Executing',
        content: { ...common, ...owner },
        detail: 'Executing'
      })
    },
    {
      afterMs: chance.between(30_000, 10 * MINUTE),
      draft: (atMs) => ({
        ...trouble,
        name: `${name}:${chance.happens(0.3) ? 'Executing' : 'Executed'}`,
        status: 'Executed',
        content: { ...common, executeFinishTime: utcSeconds(atMs), ...owner },
        detail: 'Executed'
      })
    }
  ]
}

/** A disk attached or detached; WARN when that failed. */
export const diskOperation: Incident = (scene) => {
  const failed = scene.chance.happens(0.1)
  const operation = scene.chance.pick(['AttachDisk', 'DetachDisk'])
  const content = { diskId: scene.instance.diskId, operation, result: failed ? 'failed' : 'accomplished' }
  return once(diskDraft(scene, 'Disk:DiskOperationCompleted', failed ? 'WARN' : 'INFO', content))
}

export const diskConvertedToPostpaid: Incident = (scene) => {
  const content = { diskId: scene.instance.diskId, result: 'accomplished' }
  return once({ ...diskDraft(scene, 'Disk:ConvertToPostpaidCompleted', 'INFO', content), extras: named(scene) })
}

export const diskReleasedForDebt: Incident = (scene) => {
  const content = { instanceId: scene.instance.instanceId, diskId: scene.instance.diskId }
  return once({ ...diskDraft(scene, 'Disk:OverduePaymentRelease', 'CRITICAL', content), extras: named(scene) })
}

export const snapshotTaken: Incident = (scene) => {
  const { instance, chance, nowMs } = scene
  const snapshotId = `s-bp1${chance.text(17)}`
  return once({
    ...notification('snapshot', 'Snapshot:CreateSnapshotCompleted', 'INFO', `snapshot/${snapshotId}`),
    content: {
      result: chance.happens(0.95) ? 'accomplished' : 'failed',
      snapshotId,
      snapshotName: `${instance.instanceName}-${chance.text(4)}`,
      snapshotType: chance.pick(['user', 'timer']),
      diskId: instance.diskId,
      startTime: utcSeconds(nowMs - chance.between(30_000, 10 * MINUTE)),
      endTime: utcSeconds(nowMs)
    },
    versioned: false
  })
}

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

/** A move between dedicated hosts: started, then accomplished or failed. */
export const liveMigration: Incident = (scene) => {
  const { instance, chance, nowMs } = scene
  const base = { ...instanceDraft(scene, 'Instance:LiveMigrationAcrossDDH', 'INFO', {}), extras: named(scene) }
  const common = {
    instanceId: instance.instanceId,
    sourceDedicatedHostId: `dh-bp1${chance.text(13)}`,
    destinationDedicatedHostId: `dh-bp1${chance.text(13)}`,
    startTime: utcSeconds(nowMs)
  }
  const status = chance.happens(0.95) ? 'accomplished' : 'failed'
  return [
    { afterMs: 0, draft: () => ({ ...base, content: { ...common, status: 'started' }, detail: 'started' }) },
    {
      afterMs: chance.between(8_000, 90_000),
      draft: (atMs) => ({ ...base, content: { ...common, endTime: utcSeconds(atMs), status }, detail: status })
    }
  ]
}

export const performanceModeChange: Incident = (scene) =>
  once(
    instanceDraft(scene, 'Instance:PerformanceModeChange', 'INFO', {
      instanceId: scene.instance.instanceId,
      creditSpecification: scene.chance.pick(['Standard', 'Unlimited']),
      operator: scene.chance.pick(['User', 'System'])
    })
  )

/** A burstable instance that ran out of credits in the past hour; level INFO in the sample, WARN in the tables. */
export const burstableRestricted: Incident = (scene) => {
  const endMs = Math.floor(scene.nowMs / HOUR) * HOUR
  return once(
    instanceDraft(scene, 'Instance:BurstablePerformanceRestricted', scene.chance.pick(['INFO', 'WARN'] as const), {
      instanceId: scene.instance.instanceId,
      intervalStart: utcMinutes(endMs - HOUR),
      intervalEnd: utcMinutes(endMs)
    })
  )
}

export const assistantTask: Incident = (scene) => {
  const { instance, chance, nowMs } = scene
  const failed = chance.happens(0.1)
  return once({
    ...notification('assistant', 'CloudAssistant:TaskCompleted', 'INFO', `instance/${instance.instanceId}`),
    content: {
      commandId: `c-hz0${chance.text(10)}`,
      commandName: chance.pick(['hello-linux.sh', 'rotate-logs.sh', 'install-agent.sh']),
      exitCode: failed ? '1' : '0',
      finishTime: utcSeconds(nowMs),
      instanceId: instance.instanceId,
      invocationStatus: failed ? 'Failed' : 'Success'
    }
  })
}

type DraftBase = Omit<EventDraft, 'content'>

function notification(kind: EventKind, name: string, level: EventLevel, resource: string): DraftBase {
  return { kind, name, level, type: 'StatusNotification', status: 'Normal', resource, detail: '' }
}

function instanceDraft(scene: IncidentScene, name: string, level: EventLevel, content: EventDraft['content']) {
  return { ...notification('instance', name, level, `instance/${scene.instance.instanceId}`), content }
}

function diskDraft(scene: IncidentScene, name: string, level: EventLevel, content: EventDraft['content']) {
  return { ...notification('disk', name, level, `disk/${scene.instance.diskId}`), content }
}

function networkDraft(scene: IncidentScene, name: string): DraftBase {
  const kind = name.startsWith('Instance:') ? 'instance' : 'network'
  return { ...notification(kind, name, 'INFO', `eni/${scene.instance.networkInterfaceId}`), versioned: false }
}

function named(scene: IncidentScene): Record<string, string> {
  return { instanceName: scene.instance.instanceName }
}

function privateIps(scene: IncidentScene, count: number): string[] {
  const net = `192.168.${scene.chance.between(0, 255)}`
  return Array.from({ length: count }, (_, index) => `${net}.${10 + index}`)
}

function once(draft: EventDraft): readonly IncidentStep[] {
  return [{ afterMs: 0, draft: () => draft }]
}
