import type { EventDraft, EventLevel } from './ecs-event.ts'
import { type Incident, type IncidentScene, named, notification, once } from './incident.ts'
import { utcSeconds } from './times.ts'

const MINUTE = 60_000

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

/** A subscription disk that is billed by use from now on. */
export const diskConvertedToPostpaid: Incident = (scene) => {
  const content = { diskId: scene.instance.diskId, result: 'accomplished' }
  return once({ ...diskDraft(scene, 'Disk:ConvertToPostpaidCompleted', 'INFO', content), extras: named(scene) })
}

/** A disk lost to unpaid bills: one of the few disk events that name the instance as `instanceId`. */
export const diskReleasedForDebt: Incident = (scene) => {
  const content = { instanceId: scene.instance.instanceId, diskId: scene.instance.diskId }
  return once({ ...diskDraft(scene, 'Disk:OverduePaymentRelease', 'CRITICAL', content), extras: named(scene) })
}

/** A snapshot by the user or by a policy, ready or failed; its sample has no `ver` key. */
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

function diskDraft(scene: IncidentScene, name: string, level: EventLevel, content: EventDraft['content']) {
  return { ...notification('disk', name, level, `disk/${scene.instance.diskId}`), content }
}
