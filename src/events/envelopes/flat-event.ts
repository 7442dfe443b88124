import type { Envelope } from '../audit-event.ts'
import { parseEventTime } from '../event-time.ts'
import { asObjectOrJsonText, asText } from '../json.ts'
import { arnAccountId, eventName, levelName, productName, type Reading } from './reading.ts'

interface FlatEvent {
  readonly ver?: unknown
  readonly id?: unknown
  readonly product?: unknown
  readonly resourceId?: unknown
  readonly level?: unknown
  readonly name?: unknown
  readonly userId?: unknown
  readonly eventTime?: unknown
  readonly regionId?: unknown
  readonly content?: unknown
  readonly status?: unknown
  // Only event subscriptions send these:
  readonly eventType?: unknown
  readonly eventRealname?: unknown
  readonly eventRealnameEn?: unknown
  readonly ruleName?: unknown
  readonly curLevel?: unknown
}

/** CloudMonitor's system event (ECS documentation, "Instance event notification"): `name` beside `product` and `content`. */
export function readFlatEvent(message: FlatEvent): Reading | undefined {
  const name = eventName(message.name)
  if (name === '') return undefined
  if (message.content === undefined && message.product === undefined && message.resourceId === undefined) {
    return undefined
  }
  const eventId = asText(message.id)
  const resourceArn = asText(message.resourceId)
  return {
    envelope: flavour(message),
    eventId,
    identity: eventId,
    name,
    timeMs: parseEventTime(message.eventTime),
    product: productName(message.product),
    level: levelName(message.level),
    status: asText(message.status),
    regionId: asText(message.regionId),
    accountId: asText(message.userId) || arnAccountId(resourceArn),
    resourceArn,
    content: asObjectOrJsonText(message.content) ?? message.content
  }
}

function flavour(message: FlatEvent): Envelope {
  const { id, eventTime, userId, ver, eventType, eventRealname, eventRealnameEn, ruleName, curLevel } = message
  // The console's debug events keep this shape even when somebody put real ids into their template.
  if ((asText(id) || asText(eventTime) || asText(userId) || asText(ver)) === '') return 'cloudmonitor-debug'
  return (eventType ?? eventRealname ?? eventRealnameEn ?? ruleName ?? curLevel) === undefined
    ? 'cloudmonitor'
    : 'cloudmonitor-enriched'
}
