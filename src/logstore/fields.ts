/** How the index holds a field: `text` and `json` as strings, `long` as a number that can be compared and summed. */
export type FieldType = 'text' | 'long' | 'json'

export interface Field {
  readonly type: FieldType
  /** Text that people search word by word. False for ids and codes: the whole value is one term, so that a search is exact. */
  readonly words: boolean
  readonly description: string
}

/**
 * Every field of every record, in the order in which records carry them: the single source of the index configuration,
 * of the documentation and of what queries may name. On the wire all values are strings; `long` only tells the index.
 */
export const FIELDS = {
  schema: term('version of this table, "1"'),
  kind: term('event, action, instance, undecodable or health; the log topic too'),
  event_key: term('stable over redeliveries of the same event: de-duplicate by it'),
  event_id: term('id that the producer gave the event'),
  event_name: term('what happened: Instance:StateChange'),
  event_time: term('when it happened, ISO 8601, UTC, with milliseconds; absent when the message tells no time'),
  event_ms: long('when it happened, epoch ms; absent when the message tells no time'),
  product: term('ECS'),
  level: term('INFO, WARN or CRITICAL'),
  status: term('Normal, Executing, Executed, ... as the producer says'),
  region_id: term('cn-hangzhou'),
  account_id: term('account that owns the instance'),
  resource_arn: term('acs:ecs:... of the instance'),
  instance_id: term('i-...'),
  state: term('state that the instance changed to, as sent'),
  interruption: term("action of a preemptible instance's interruption notice"),
  content: words("the event's own content, JSON; of an undecodable message its body"),
  content_encoding: term(
    'base64 (of UTF-8) or base64-utf16le when an undecodable body is no plain text; escaped for a record refused as it was'
  ),
  envelope: term('shape in which the event came'),
  queue: term('queue that delivered it'),
  message_id: term('id of the delivered message'),
  dequeue_count: long('times the message had been received'),
  received_ms: long('when this process received it, epoch ms'),
  lag_ms: long('received_ms - event_ms; negative when clocks differ'),
  test: term('"true" for a debug event: recorded, never acted upon'),
  action: term("restart, drain, replace, or the name of a user's own action"),
  step: term('step of the action: intent-1, start-1, recovered; (caused_by, action, step) is one happening'),
  decision: term('intent, done, skipped, failed, gave_up or would_do'),
  reason: words('why an action was decided so, or why a message could not be decoded'),
  detail: words('one sentence more than the reason'),
  attempt: long('try number of the action, from 1'),
  duration_ms: long('how long the action took, ms'),
  deadline_margin_ms: long('time left when the action ended; negative when it came too late'),
  lost_ms: long('time without the capacity that an interruption took away, ms'),
  target: term('what was acted on: server group, new instance id'),
  caused_by: term('event_key of the event that called for the action'),
  instance_name: words('name of the instance while it existed'),
  instance_type: term('ecs.g7.large'),
  zone_id: term('cn-hangzhou-h'),
  vpc_id: term('vpc-...'),
  private_ip: term('private address'),
  public_ip: term('public address'),
  spot_strategy: term('NoSpot, SpotAsPriceGo or SpotWithPriceLimit'),
  charge_type: term('PostPaid or PrePaid'),
  tags: json('tags of the instance, JSON object'),
  created_ms: long('when the instance was created, epoch ms'),
  image_id: term('image that it ran'),
  resource_group_id: term('rg-...')
} as const satisfies Record<string, Field>

export type FieldName = keyof typeof FIELDS

/** All field names, in the order of `FIELDS`. */
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[]

/** Values of one record by field name: numbers for `long`, text for the rest; '' and undefined mean absent. */
export type FieldValues = {
  readonly [Name in FieldName]?: ((typeof FIELDS)[Name]['type'] extends 'long' ? number : string) | undefined
}

function term(description: string) {
  return { type: 'text', words: false, description } as const
}

function words(description: string) {
  return { type: 'text', words: true, description } as const
}

function long(description: string) {
  return { type: 'long', words: false, description } as const
}

function json(description: string) {
  return { type: 'json', words: true, description } as const
}
