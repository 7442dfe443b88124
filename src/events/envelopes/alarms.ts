import { parseEventTime } from '../event-time.ts'
import { asObjectOrJsonText, asText } from '../json.ts'
import { levelName, type Reading } from './reading.ts'

interface MetricAlert {
  readonly ruleId?: unknown
  readonly escalation?: unknown
  readonly metricName?: unknown
  readonly namespace?: unknown
  readonly curLevel?: unknown
  readonly eventName?: unknown
  readonly resources?: unknown
  readonly metricData?: unknown
  readonly time?: unknown
  readonly userId?: unknown
}

/** Where an alert on a metric keeps its instance. */
interface InstanceHolder {
  readonly instanceId?: unknown
  readonly userId?: unknown
  readonly timestamp?: unknown
}

/** An alert rule's message (CloudMonitor documentation, "Write alerts to MNS"). It has no name: `MetricAlert:<metric>`. */
export function readMetricAlert(alert: MetricAlert): Reading | undefined {
  const metric = asText(alert.metricName).trim()
  if (metric === '' || (alert.ruleId ?? alert.escalation) === undefined) return undefined
  const resources: InstanceHolder = asObjectOrJsonText(alert.resources) ?? {}
  const data: InstanceHolder = asObjectOrJsonText(alert.metricData) ?? {}
  return {
    ...ALARM,
    envelope: 'metric-alert',
    name: `MetricAlert:${metric}`,
    timeMs: parseEventTime(alert.time) ?? parseEventTime(data.timestamp),
    product: namespaceProduct(alert.namespace),
    level: levelName(alert.curLevel),
    status: asText(alert.eventName),
    accountId: asText(alert.userId) || asText(data.userId),
    instanceId: asText(resources.instanceId) || asText(data.instanceId),
    content: alert
  }
}

interface LegacyAlarm {
  readonly message?: unknown
  readonly type?: unknown
}

interface LegacyAlarmMessage {
  readonly metricName?: unknown
  readonly alertName?: unknown
  readonly metricProject?: unknown
  readonly levelDescription?: unknown
  readonly dimensions?: unknown
  readonly time?: unknown
  readonly userId?: unknown
}

/** The older alarm subscription's message (CloudMonitor documentation of 2019): `message` beside `type`. `LegacyAlarm:<metric>`. */
export function readLegacyAlarm(alarm: LegacyAlarm): Reading | undefined {
  const message: LegacyAlarmMessage | undefined = asObjectOrJsonText(alarm.message)
  if (message === undefined || asText(alarm.type) === '') return undefined
  const metric = asText(message.metricName).trim() || asText(message.alertName).trim()
  if (metric === '') return undefined
  return {
    ...ALARM,
    envelope: 'legacy-alarm',
    name: `LegacyAlarm:${metric}`,
    timeMs: parseEventTime(message.time),
    product: namespaceProduct(message.metricProject),
    level: '',
    status: asText(message.levelDescription),
    accountId: asText(message.userId),
    instanceId: dimensionInstanceId(message.dimensions),
    content: message
  }
}

/** What no alarm tells. */
const ALARM = { eventId: '', identity: '', regionId: '', resourceArn: '' } as const

/** `acs_ecs_dashboard`, `acs_ecs` -> `ECS`. Custom metrics have namespaces of their own. */
function namespaceProduct(namespace: unknown): string {
  return /^acs_([a-z0-9]+)/.exec(asText(namespace))?.[1]?.toUpperCase() ?? ''
}

/** The instance among `name=value,name=value` dimensions, whose names are in the account's language. */
function dimensionInstanceId(dimensions: unknown): string {
  for (const dimension of asText(dimensions).split(',')) {
    const equals = dimension.indexOf('=')
    const name = dimension.slice(0, Math.max(equals, 0)).trim()
    if (/(?:实例ID|instance ?id)$/i.test(name)) return dimension.slice(equals + 1).trim()
  }
  return ''
}
