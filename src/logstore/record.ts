import type { AuditEvent, Decoded } from '../events/audit-event.ts'
import { FIELD_NAMES, type FieldValues } from './fields.ts'
import { contentSize, LOG_OVERHEAD_BYTES } from './log-group.ts'
import { storeBody } from './raw-body.ts'
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

const SCHEMA = '1'

/** The service refuses logs older than 7 days or more than 15 minutes ahead of its clock: stay well inside. */
const MAX_PAST_MS = 6 * 24 * 60 * 60 * 1000
const MAX_FUTURE_MS = 10 * 60 * 1000

/** The last instant that a `Date` can tell, either way from the epoch (ECMA-262, Time Values). */
const MAX_DATE_MS = 8.64e15

/**
 * The record of one event. An event that tells no time has neither `event_ms`, `event_time` nor `lag_ms`; its log's own
 * time is when it was received.
 */
export function eventRecord(event: AuditEvent, delivery: DeliveryFacts, nowMs: number): LogRecord {
  const eventMs = usableTime(event.timeMs)
  return auditRecord('event', eventMs ?? delivery.receivedMs, nowMs, {
    event_key: event.eventKey,
    event_id: event.eventId,
    event_name: event.name,
    event_time: eventMs === undefined ? '' : new Date(eventMs).toISOString(),
    event_ms: eventMs,
    product: event.product,
    level: event.level,
    status: event.status,
    region_id: event.regionId,
    account_id: event.accountId,
    resource_arn: event.resourceArn,
    instance_id: event.instanceId,
    state: event.state,
    interruption: event.interruption,
    content: event.content,
    envelope: event.envelope,
    ...deliveryFields(delivery),
    lag_ms: eventMs === undefined ? undefined : delivery.receivedMs - eventMs,
    test: event.test ? 'true' : ''
  })
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
  const fields = ['schema', SCHEMA, 'kind', kind]
  let bytes = LOG_OVERHEAD_BYTES + contentSize('schema', SCHEMA) + contentSize('kind', kind)
  for (const name of FIELD_NAMES) {
    const given = values[name]
    if (given === undefined || name === 'schema' || name === 'kind') continue
    const value = typeof given === 'number' ? decimal(given) : given
    if (value === '') continue
    fields.push(name, value)
    bytes += contentSize(name, value)
  }
  return { topic: kind, timeS: logTimeS(timeMs, nowMs), fields, bytes }
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

/** An integer in plain digits, which is what the service's `long` index reads; '' for what is no number. */
function decimal(value: number): string {
  if (!Number.isFinite(value)) return ''
  return Number.isSafeInteger(value) ? String(value) : BigInt(Math.trunc(value)).toString()
}

/** The same record with everything but ASCII letters escaped, for a logstore that refuses it; undefined when it has that form already. */
export function plainRecord({ topic, timeS, fields }: LogRecord): LogRecord | undefined {
  if (fields.includes('content_encoding')) return undefined
  const plain = fields.map((text, at) => (at % 2 === 0 ? text : escapeText(text)))
  plain.push('content_encoding', 'escaped')
  let bytes = LOG_OVERHEAD_BYTES
  for (let at = 0; at < plain.length; at += 2) bytes += contentSize(plain[at] ?? '', plain[at + 1] ?? '')
  return { topic, timeS, fields: plain, bytes }
}

/** Printable ASCII as it is, each other UTF-16 unit as `\uXXXX`. */
function escapeText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
