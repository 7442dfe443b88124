import { parseEventTime } from '../event-time.ts'
import { asObjectOrJsonText, asText } from '../json.ts'
import { eventName, type Reading } from './reading.ts'

interface CloudEvent {
  readonly specversion?: unknown
  readonly id?: unknown
  readonly source?: unknown
  readonly type?: unknown
  readonly subject?: unknown
  readonly time?: unknown
  readonly data?: unknown
  readonly aliyunaccountid?: unknown
  readonly aliyunoriginalaccountid?: unknown
  readonly aliyunregionid?: unknown
  readonly aliyunpublishtime?: unknown
}

/**
 * EventBridge's CloudEvents form (EventBridge documentation, "Event overview"). `type` is `ecs:` and the name without
 * its status; `data` is what CloudMonitor sends as `content`. Duplicates have equal `source` and `id`.
 */
export function readCloudEvent(event: CloudEvent): Reading | undefined {
  const type = eventName(event.type)
  const name = type.startsWith('ecs:') ? type.slice('ecs:'.length) : type
  if (typeof event.specversion !== 'string' || name === '') return undefined
  const source = asText(event.source)
  const eventId = asText(event.id)
  const subject = asText(event.subject)
  return {
    envelope: 'cloudevents',
    eventId,
    identity: eventId === '' ? '' : `${source}\n${eventId}`,
    name,
    timeMs: parseEventTime(event.time) ?? parseEventTime(event.aliyunpublishtime),
    product: source.startsWith('acs.') ? source.slice('acs.'.length).toUpperCase() : source,
    level: '',
    status: '',
    regionId: asText(event.aliyunregionid),
    accountId: asText(event.aliyunoriginalaccountid) || asText(event.aliyunaccountid),
    // The other form that is documented, `acs.ecs:<region>:<account>:<number>`, names no resource.
    resourceArn: subject.startsWith('acs:') ? subject : '',
    content: asObjectOrJsonText(event.data) ?? event.data
  }
}
