import type { FieldName } from '../logstore/fields.ts'

/** The id of an instance as a query may hold it: nothing that could end a quoted text. */
export const INSTANCE_ID = /^i-[a-z0-9]{1,60}$/

/** One row of an instance's records, as the logstore answers it; absent texts are ''. */
export type RecordRow = Readonly<
  Record<(typeof TEXTS)[number] | (typeof NUMBERS)[number] | 'at_ms' | 'event_key', string>
>

/** The most happenings of one instance that are shown. */
export const MAX_RECORDS = 5_000

const TEXTS = [
  ...(['kind', 'event_name', 'level', 'status', 'region_id', 'account_id', 'instance_id', 'state'] as const),
  ...(['interruption', 'content', 'action', 'step', 'decision', 'reason', 'detail', 'target', 'caused_by'] as const)
] as const satisfies readonly FieldName[]

const NUMBERS = [
  ...(['attempt', 'duration_ms', 'deadline_margin_ms', 'lost_ms', 'lag_ms'] as const)
] as const satisfies readonly FieldName[]

/** What snapshots tell of an instance. */
export const FACTS = [
  ...([
    'instance_name',
    'instance_type',
    'zone_id',
    'charge_type',
    'spot_strategy',
    'private_ip',
    'public_ip'
  ] as const),
  ...(['vpc_id', 'image_id', 'resource_group_id', 'tags', 'created_ms'] as const)
] as const satisfies readonly FieldName[]

/**
 * Everything that concerns an instance, each happening once: redeliveries have the same `event_key`, and the same values
 * but for how they came. Records of other instances' replacements that name it as what was bought are among them.
 *
 * @param instanceId fits `INSTANCE_ID`
 */
export function recordsQuery(instanceId: string): string {
  const columns = [...TEXTS, ...NUMBERS].map((name) => `max(${name}) as ${name}`)
  return [
    `(instance_id: "${instanceId}" or target: "${instanceId}") and (kind: event or kind: action) and not test: true |`,
    `select event_key, min(event_ms) as at_ms, ${columns.join(', ')}`,
    `from log where instance_id = '${instanceId}' or (kind = 'action' and target = '${instanceId}')`,
    `group by event_key order by at_ms, event_key limit ${MAX_RECORDS}`
  ].join(' ')
}

/** The latest snapshot of an instance: taken while it lived. */
export function factsQuery(instanceId: string): string {
  // What a snapshot did not tell does not hide what an earlier one told.
  const told = (name: string): string => `max_by(${name}, case when ${name} <> '' then event_ms end) as ${name}`
  const columns = FACTS.map((name) => (name === 'created_ms' ? 'max(created_ms) as created_ms' : told(name)))
  return [
    `kind: instance and instance_id: "${instanceId}" |`,
    `select max(region_id) as region_id, max(account_id) as account_id, ${columns.join(', ')}`,
    `from log where instance_id = '${instanceId}' limit 1`
  ].join(' ')
}

/** What people type to find an instance: a part of its id or name, or of one of its addresses. */
export const SEARCH_TEXT = /^[A-Za-z0-9._-]{2,64}$/
const MAX_FOUND = 12

/**
 * Instances that a text may mean, the latest first.
 *
 * @param text fits `SEARCH_TEXT`
 */
export function searchQuery(text: string): string {
  const fields = ['instance_id', 'instance_name', 'private_ip', 'public_ip'] as const satisfies readonly FieldName[]
  const holds = fields.map((field) => `strpos(lower(${field}), '${text.toLowerCase()}') > 0`)
  const stateMs = "case when kind = 'event' and state <> '' then event_ms end"
  return [
    '(kind: event or kind: instance) and not test: true |',
    `select instance_id, max(region_id) as region_id, max_by(state, ${stateMs}) as state, max(event_ms) as last_ms`,
    `from log where instance_id <> '' group by instance_id having max(case when ${holds.join(' or ')} then 1 else 0 end) = 1`,
    `order by last_ms desc, instance_id limit ${MAX_FOUND}`
  ].join(' ')
}
