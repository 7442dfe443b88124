import { sendEvents } from '../../support/harness.ts'
import type { Scene } from './scene.ts'

/** An interruption notice as CloudMonitor sends it, whatever the fleet does; its id tells it from other notices. */
export function noticeBody(instanceId: string, { timeMs, id = 'NOTICE-1' }: { timeMs: number; id?: string }): string {
  return JSON.stringify({
    ver: '1.0',
    id,
    product: 'ECS',
    resourceId: `acs:ecs:cn-hangzhou:1100220033004400:instance/${instanceId}`,
    level: 'WARN',
    name: 'Instance:PreemptibleInstanceInterruption',
    userId: '1100220033004400',
    eventTime: new Date(timeMs + 8 * 3_600_000).toISOString().replace(/[-:]/g, '').replace('Z', '+0800'),
    regionId: 'cn-hangzhou',
    content: { instanceId, action: 'delete' }
  })
}

/** Sends a notice that was given `agoMs` ago. @returns its own time, epoch ms */
export function sendNotice(scene: Scene, instanceId: string, given: { agoMs?: number; id?: string } = {}): number {
  const { agoMs = 0, ...rest } = given
  const timeMs = scene.clock.now() - agoMs
  sendEvents(scene.sandbox, [noticeBody(instanceId, { timeMs, ...rest })])
  return timeMs
}
