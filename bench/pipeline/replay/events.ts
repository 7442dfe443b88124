import { randomUUID } from 'node:crypto'

/** The states of an instance's life, one event each. */
const LIFE = ['Pending', 'Starting', 'Running', 'Stopping', 'Stopped', 'Deleted'] as const
const ACCOUNT = '1100220033004400'
const REGION = 'cn-hangzhou'

/**
 * Events of a fleet's lives, interleaved as a queue holds them: no two neighbours are of one instance. As an event
 * subscription sends them (CloudMonitor documentation, "System event content").
 *
 * @param options.bytes length of each event's JSON, at the least what it needs
 * @param options.ageMs how long ago they happened
 */
export function lifeEvents(count: number, options: { readonly bytes: number; readonly ageMs: number }): string[] {
  const instances = Math.ceil(count / LIFE.length)
  const startMs = Date.now() - options.ageMs
  return Array.from({ length: count }, (_, index) => {
    const state = LIFE[Math.floor(index / instances)] ?? 'Deleted'
    const instanceId = `i-bp1${(index % instances).toString(36).padStart(17, '0')}`
    return stateChange({ instanceId, state, atMs: startMs + index, bytes: options.bytes })
  })
}

function stateChange(options: { instanceId: string; state: string; atMs: number; bytes: number }): string {
  const { instanceId, state, atMs, bytes } = options
  const number = Number.parseInt(instanceId.slice(-6), 36) % 65_000
  const event = {
    ...flatEvent(instanceId, atMs),
    name: 'Instance:StateChange',
    level: 'INFO',
    status: 'Normal',
    eventType: 'StatusNotification',
    eventRealname: '实例状态改变通知',
    eventRealnameEn: 'Instance Status Change Notification',
    ruleName: 'ecs-lifecycle-to-mns',
    regionName: '华东1(杭州)',
    content: {
      resourceId: instanceId,
      resourceType: 'ALIYUN::ECS::Instance',
      state,
      instanceName: `spot-worker-${number}`,
      instanceType: 'ecs.g7.2xlarge',
      privateIpAddress: `10.16.${number >> 8}.${number & 0xff}`,
      note: ''
    }
  }
  event.content.note = noise(Math.max(0, bytes - Buffer.byteLength(JSON.stringify(event))), number)
  return JSON.stringify(event)
}

/** A notice that an instance is about to be taken away: what drains are for. */
export function interruption(instanceId: string): string {
  return JSON.stringify({
    ...flatEvent(instanceId, Date.now()),
    name: 'Instance:PreemptibleInstanceInterruption',
    level: 'WARN',
    content: { instanceId, action: 'delete' }
  })
}

function flatEvent(instanceId: string, atMs: number) {
  return {
    ver: '1.0',
    id: randomUUID().toUpperCase(),
    product: 'ECS',
    resourceId: `acs:ecs:${REGION}:${ACCOUNT}:instance/${instanceId}`,
    userId: ACCOUNT,
    eventTime: beijingTime(atMs),
    regionId: REGION,
    instanceName: instanceId
  }
}

/** `20190409T121826.922+0800`, as all of CloudMonitor's flat events. */
function beijingTime(ms: number): string {
  return `${new Date(ms + 8 * 3_600_000).toISOString().replace(/[-:]/g, '').replace('Z', '')}+0800`
}

/** Text that compresses as words do, not as one letter does. */
function noise(length: number, seed: number): string {
  let text = ''
  for (let word = seed + 1; text.length < length; word = (word * 48_271) % 0x7fff_ffff) text += `${word.toString(36)} `
  return text.slice(0, length)
}
