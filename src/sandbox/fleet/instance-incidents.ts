import type { EventDraft, EventLevel } from './ecs-event.ts'
import { type Incident, type IncidentScene, named, notification, once } from './incident.ts'
import { utcMinutes, utcSeconds } from './times.ts'

const HOUR = 3_600_000

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

/** A burstable instance that may, or no longer may, run above its baseline. */
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

/** A Cloud Assistant command that ended on the instance ("Subscribe to Cloud Assistant events"). */
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

function instanceDraft(scene: IncidentScene, name: string, level: EventLevel, content: EventDraft['content']) {
  return { ...notification('instance', name, level, `instance/${scene.instance.instanceId}`), content }
}
