import { parseEventTime } from '../event-time.ts'
import { asObject, asObjectOrJsonText, asText } from '../json.ts'
import { arnAccountId, eventName, levelName, productName, type Reading } from './reading.ts'

interface SubscriptionMessage {
  readonly alert?: unknown
  readonly userId?: unknown
  readonly severity?: unknown
  readonly time?: unknown
}

interface Alert {
  readonly meta?: unknown
  readonly eventName?: unknown
  readonly product?: unknown
  readonly severity?: unknown
  readonly userId?: unknown
  readonly arn?: unknown
  readonly dedupId?: unknown
  readonly traceId?: unknown
  readonly timestamp?: unknown
  readonly eventContentMap?: unknown
  readonly eventRawContent?: unknown
}

interface SystemEventMeta {
  readonly id?: unknown
  readonly name?: unknown
  readonly product?: unknown
  readonly level?: unknown
  readonly status?: unknown
  readonly regionId?: unknown
  readonly resourceId?: unknown
  readonly eventTime?: unknown
}

/**
 * An event subscription's envelope (CloudMonitor documentation, "Configure callbacks for system event-triggered
 * alerts"): `alert.meta.sysEventMeta`. Its FORM variant sends every nested part as a JSON text.
 */
export function readSubscription(message: SubscriptionMessage): Reading | undefined {
  const alert: Alert | undefined = asObjectOrJsonText(message.alert)
  if (alert === undefined) return undefined
  const wrapper: { readonly sysEventMeta?: unknown } = asObjectOrJsonText(alert.meta) ?? {}
  const meta: SystemEventMeta = asObjectOrJsonText(wrapper.sysEventMeta) ?? {}
  const name = eventName(meta.name) || eventName(alert.eventName)
  if (name === '') return undefined
  const dedupId = asText(alert.dedupId)
  const eventId = asText(meta.id) || dedupId || asText(alert.traceId)
  const resourceArn = asText(meta.resourceId) || asText(alert.arn)
  return {
    envelope: 'subscription',
    eventId,
    identity: dedupId || eventId,
    name,
    timeMs: parseEventTime(meta.eventTime) ?? parseEventTime(alert.timestamp) ?? parseEventTime(message.time),
    product: productName(meta.product) || productName(alert.product),
    level: levelName(meta.level) || levelName(alert.severity) || levelName(message.severity),
    status: asText(meta.status),
    regionId: asText(meta.regionId),
    accountId: asText(alert.userId) || asText(message.userId) || arnAccountId(resourceArn),
    resourceArn,
    content: asObject(alert.eventContentMap) ?? asObjectOrJsonText(alert.eventRawContent) ?? alert.eventRawContent
  }
}
