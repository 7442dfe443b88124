import type { AuditEvent, Decoded } from '../events/audit-event.ts'
import { FIELD_NAMES, type FieldName, type FieldValues } from './fields.ts'
import { isoTime } from './iso-time.ts'
import { constantContents, type FieldKey, fieldKey } from './log-content.ts'
import { encodeLog, logWriter } from './log-writer.ts'
import { restoreBody, storeBody } from './raw-body.ts'
import type { LogRecord } from './sink.ts'

export type RecordKind = 'event' | 'action' | 'instance' | 'undecodable' | 'health'

/** How a message came to this process. */
export interface DeliveryFacts {
  readonly queue: string
  readonly messageId: string
  /** Receives so far, this one included. */
  readonly dequeueCount: number
  /** When this process received it, epoch ms. */
  readonly receivedMs: number
}

export type Undecodable = Omit<Extract<Decoded, { kind: 'undecodable' }>, 'kind'>

const KEYS = Object.fromEntries(FIELD_NAMES.map((name) => [name, fieldKey(name)])) as Record<FieldName, FieldKey>

/** All but those that a record begins with. */
const OWN_FIELDS = FIELD_NAMES.filter((name) => name !== 'schema' && name !== 'kind').map((name) => ({
  name,
  key: KEYS[name]
}))

/** What every record of a kind begins with. */
const BEGINNINGS: Readonly<Record<RecordKind, Uint8Array>> = {
  event: beginning('event'),
  action: beginning('action'),
  instance: beginning('instance'),
  undecodable: beginning('undecodable'),
  health: beginning('health')
}

/** The service refuses logs older than 7 days or more than 15 minutes ahead of its clock: stay well inside. */
const MAX_PAST_MS = 6 * 24 * 60 * 60 * 1000
const MAX_FUTURE_MS = 10 * 60 * 1000

/** The last instant that a `Date` can tell, either way from the epoch (ECMA-262, Time Values). */
const MAX_DATE_MS = 8.64e15

/**
 * The record of one event. An event that tells no time has neither `event_ms`, `event_time` nor `lag_ms`; its log's own
 * time is when it was received.
 *
 * Field by field, not by a table as the rarer kinds: looking 45 fields up by name took a third of the time.
 *
 * @param delivery with the message's body as it was received, if the record is to keep it
 */
export function eventRecord(
  event: AuditEvent,
  delivery: DeliveryFacts & { readonly body?: string },
  nowMs: number
): LogRecord {
  const eventMs = usableTime(event.timeMs)
  const timeS = logTimeS(eventMs ?? delivery.receivedMs, nowMs)
  const log = logWriter
  log.begin(timeS)
  log.constant(BEGINNINGS.event)
  log.text(KEYS.event_key, event.eventKey)
  log.text(KEYS.event_id, event.eventId)
  log.text(KEYS.event_name, event.name)
  if (eventMs !== undefined) log.text(KEYS.event_time, isoTime(eventMs))
  log.integer(KEYS.event_ms, eventMs)
  log.text(KEYS.product, event.product)
  log.text(KEYS.level, event.level)
  log.text(KEYS.status, event.status)
  log.text(KEYS.region_id, event.regionId)
  log.text(KEYS.account_id, event.accountId)
  log.text(KEYS.resource_arn, event.resourceArn)
  log.text(KEYS.instance_id, event.instanceId)
  log.text(KEYS.state, event.state)
  log.text(KEYS.interruption, event.interruption)
  log.text(KEYS.content, event.content)
  log.text(KEYS.envelope, event.envelope)
  log.text(KEYS.queue, delivery.queue)
  log.text(KEYS.message_id, delivery.messageId)
  log.integer(KEYS.dequeue_count, delivery.dequeueCount)
  log.integer(KEYS.received_ms, delivery.receivedMs)
  if (eventMs !== undefined) log.integer(KEYS.lag_ms, delivery.receivedMs - eventMs)
  if (event.test) log.text(KEYS.test, 'true')
  return log.end({ topic: 'event', timeS, eventMs }, delivery.body)
}

/** The record of a message that could not be understood: its body goes into `content` so that the very text can be had back (`restoreBody`). */
export function undecodableRecord(message: Undecodable, delivery: DeliveryFacts, nowMs: number): LogRecord {
  const body = storeBody(message.raw, message.reason === 'refused-by-logstore')
  return auditRecord('undecodable', delivery.receivedMs, nowMs, {
    event_key: message.eventKey,
    content: body.content,
    content_encoding: body.encoding,
    ...deliveryFields(delivery),
    reason: message.reason,
    detail: message.detail
  })
}

/**
 * A record of any kind: fields in the order of `FIELDS`, absent ones left out.
 *
 * @param timeMs the log's own time; one that the service would refuse becomes `nowMs`
 */
export function auditRecord(kind: RecordKind, timeMs: number, nowMs: number, values: FieldValues): LogRecord {
  const timeS = logTimeS(timeMs, nowMs)
  logWriter.begin(timeS)
  logWriter.constant(BEGINNINGS[kind])
  for (const { name, key } of OWN_FIELDS) {
    const value = values[name]
    if (value === undefined) continue
    if (typeof value === 'number') logWriter.integer(key, value)
    else logWriter.text(key, value)
  }
  return logWriter.end({ topic: kind, timeS })
}

function beginning(kind: RecordKind): Uint8Array {
  return constantContents([
    ['schema', '1'],
    ['kind', kind]
  ])
}

function deliveryFields({ queue, messageId, dequeueCount, receivedMs }: DeliveryFacts): FieldValues {
  return { queue, message_id: messageId, dequeue_count: dequeueCount, received_ms: receivedMs }
}

function usableTime(timeMs: number | undefined): number | undefined {
  return timeMs !== undefined && Math.abs(timeMs) <= MAX_DATE_MS ? Math.trunc(timeMs) : undefined
}

function logTimeS(timeMs: number, nowMs: number): number {
  const accepted = timeMs >= nowMs - MAX_PAST_MS && timeMs <= nowMs + MAX_FUTURE_MS
  return Math.floor((accepted ? timeMs : nowMs) / 1000)
}

/** The body, as it was received, of the message that an event's or an undecodable message's record was made of. */
export function receivedBody({ topic, raw = '', fields }: LogRecord): string {
  if (topic === 'event') return raw
  const encoding = fieldValue(fields, 'content_encoding')
  const isEncoded = encoding === 'base64' || encoding === 'base64-utf16le'
  return restoreBody({ content: fieldValue(fields, 'content'), encoding: isEncoded ? encoding : '' })
}

/** A field of a record; '' when it has none of that name. */
export function fieldValue(fields: readonly string[], name: FieldName): string {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1] ?? ''
  return ''
}

/** The same record with everything but ASCII letters escaped, for a logstore that refuses it; undefined when it has that form already. */
export function plainRecord({ topic, timeS, fields }: LogRecord): LogRecord | undefined {
  if (fields.includes('content_encoding')) return undefined
  const plain = fields.map((text, at) => (at % 2 === 0 ? text : escapeText(text)))
  plain.push('content_encoding', 'escaped')
  return encodeLog(topic, timeS, plain)
}

/** Printable ASCII as it is, each other UTF-16 unit as `\uXXXX`. */
function escapeText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
