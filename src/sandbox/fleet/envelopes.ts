import { createHash } from 'node:crypto'
import type { Chance } from './chance.ts'
import { arnOf, chineseName, type EcsEvent } from './ecs-event.ts'
import { subscription, subscriptionForm } from './subscription-envelope.ts'
import { beijingIso, compactTime } from './times.ts'

/**
 * The shapes in which one event can come.
 * - `classic`: CloudMonitor's flat system event
 * - `enriched`: the same from an event subscription, with `eventType`, `status`, `ruleName`, ...
 * - `subscription`: the subscription's own envelope, `alert.meta.sysEventMeta`
 * - `subscription-form`: that envelope with every nested part as JSON text
 * - `cloudevents`: an EventBridge rule with Body=ORIGINAL
 * - `bare-data`: an EventBridge rule with Body=$.data: no id, no time
 * - `topic`: `classic` wrapped by an MNS topic's JSON notification
 */
export type EnvelopeKind =
  | 'classic'
  | 'enriched'
  | 'subscription'
  | 'subscription-form'
  | 'cloudevents'
  | 'bare-data'
  | 'topic'

/** An event in its envelope. */
export interface Sealed {
  /** JSON text. */
  readonly body: string
  /** The event's id as this envelope spells it; '' where it has none. */
  readonly id: string
  /** The event's time as this envelope tells it, epoch ms; whole seconds in some forms. Undefined where it tells none. */
  readonly toldMs: number | undefined
}

/**
 * Puts an event into an envelope. An id that the event shares with its other status changes comes with the flat forms only:
 * in the others the id alone tells events apart.
 */
export function seal(event: EcsEvent, envelope: EnvelopeKind, chance: Chance): Sealed {
  const { atMs, draft } = event
  const flatId = draft.sharedId ?? event.id
  const lowerId = event.id.toLowerCase()
  switch (envelope) {
    case 'classic':
      return { body: JSON.stringify(classic(event, flatId)), id: flatId, toldMs: atMs }
    case 'enriched': {
      const id = flatId.toLowerCase()
      return { body: JSON.stringify(enriched(event, id)), id, toldMs: atMs }
    }
    case 'subscription':
      return { body: JSON.stringify(subscription(event, lowerId)), id: lowerId, toldMs: atMs }
    case 'subscription-form':
      return { body: JSON.stringify(subscriptionForm(event, lowerId)), id: lowerId, toldMs: atMs }
    case 'cloudevents':
      return cloudEvent(event, lowerId, chance)
    case 'bare-data':
      return { body: JSON.stringify(draft.content), id: '', toldMs: undefined }
    case 'topic': {
      const message = JSON.stringify(classic(event, flatId))
      return { body: JSON.stringify(topicNotification(event, message, chance)), id: flatId, toldMs: atMs }
    }
    default:
      return envelope satisfies never
  }
}

/** A key that is undefined is not sent: JSON leaves it out. */
function classic(event: EcsEvent, id: string): object {
  const { instance, draft } = event
  const message = {
    ver: draft.versioned === false ? undefined : '1.0',
    id,
    product: 'ECS',
    resourceId: arnOf(event),
    level: draft.level,
    name: draft.name,
    userId: instance.accountId,
    eventTime: compactTime(event.atMs),
    regionId: instance.regionId,
    content: draft.content
  }
  return draft.extras === undefined ? message : Object.assign(message, draft.extras)
}

function enriched(event: EcsEvent, id: string): object {
  const { instance, draft } = event
  const { name, level } = draft
  return {
    serviceType: 'ECS',
    product: 'ECS',
    resourceId: arnOf(event),
    ver: '1.0',
    eventRealname: chineseName(name),
    instanceName: instance.instanceName,
    level,
    resource: '',
    regionName: instance.regionId,
    groupId: '101010101',
    eventRealnameEn: name,
    eventType: draft.type,
    userId: instance.accountId,
    content: draft.fullContent ?? draft.content,
    curLevel: level,
    regionId: instance.regionId,
    eventTime: compactTime(event.atMs),
    name,
    ruleName: 'ecs-audit',
    id,
    status: draft.status
  }
}

/** EventBridge: `type` has no status suffix, `subject` and the times come in several documented forms. */
function cloudEvent(event: EcsEvent, id: string, chance: Chance): Sealed {
  const { atMs, draft } = event
  const { accountId, regionId } = event.instance
  const [time, toldMs] = cloudEventTime(atMs, chance)
  const subject = chance.happens(0.7) ? `acs.ecs:${regionId}:${accountId}:215672` : arnOf(event)
  const body = JSON.stringify({
    id,
    source: 'acs.ecs',
    specversion: '1.0',
    type: `ecs:${draft.name.split(':', 2).join(':')}`,
    datacontenttype: 'application/json;charset=utf-8',
    subject,
    time,
    aliyunaccountid: accountId,
    aliyunpublishtime: chance.happens(0.8) ? new Date(atMs + 200).toISOString() : `${beijingIso(atMs + 200)}PRC`,
    aliyuneventbusname: 'default',
    aliyunregionid: regionId,
    aliyunpublishaddr: '172.25.0.1',
    aliyunoriginalaccountid: chance.happens(0.3) ? accountId : undefined,
    data: draft.content
  })
  return { body, id, toldMs }
}

function cloudEventTime(atMs: number, chance: Chance): [time: string, toldMs: number] {
  const form = chance.unit()
  if (form < 0.5) return [`${beijingIso(atMs).slice(0, 19)}+08:00`, Math.floor(atMs / 1_000) * 1_000]
  if (form < 0.9) return [new Date(atMs).toISOString(), atMs]
  return [`${beijingIso(atMs)}Asia/Shanghai`, atMs]
}

function topicNotification(event: EcsEvent, message: string, chance: Chance): object {
  const { accountId } = event.instance
  const publishedMs = event.atMs + 200
  return {
    TopicOwner: accountId,
    TopicName: 'ecs-events',
    Subscriber: accountId,
    SubscriptionName: 'to-queue',
    MessageId: `${chance.uuid().replaceAll('-', '').slice(0, 16)}-1-${publishedMs.toString(16).toUpperCase()}-200000001`,
    Message: message,
    MessageMD5: createHash('md5').update(message).digest('hex').toUpperCase(),
    MessageTag: 'important',
    PublishTime: String(publishedMs)
  }
}
