import { decodeFollowUp, type FollowUp } from '../actions/follow-up.ts'
import type { Fault } from '../cloud/fault.ts'
import type { AuditEvent } from '../events/audit-event.ts'
import { decode } from '../events/decode.ts'
import { eventRecord, fieldValue, plainRecord, receivedBody, undecodableRecord } from '../logstore/record.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { Delivery } from './delivery.ts'

/** What a message is: an event and its record, an action's timer, or something that can only be kept as it is. */
export type ReadMessage =
  | { readonly kind: 'event'; readonly event: AuditEvent; readonly record: LogRecord }
  | { readonly kind: 'undecodable'; readonly record: LogRecord }
  | { readonly kind: 'follow-up'; readonly followUp: FollowUp }

/**
 * Reads a received message. Total: what can't be understood becomes an undecodable record with its raw body. Either record
 * holds the body, should the logstore refuse it: nobody else needs to keep it.
 */
export function readMessage(delivery: Delivery, body: string, nowMs: number): ReadMessage {
  const followUp = decodeFollowUp(body)
  if (followUp !== undefined) return { kind: 'follow-up', followUp }
  const decoded = decode(body, delivery.message)
  const facts = deliveryFacts(delivery, nowMs, body)
  return decoded.kind === 'event'
    ? { kind: 'event', event: decoded.event, record: eventRecord(decoded.event, facts, nowMs) }
    : { kind: 'undecodable', record: undecodableRecord(decoded, facts, nowMs) }
}

/**
 * The form of last resort for a record that the logstore refuses. For a message's own record: undecodable, its raw body in
 * base64, under the same `event_key`; for any other: the same fields, escaped. It is ASCII only, so that no content can
 * make it refused again.
 *
 * @returns undefined when the refused record has that form already
 */
export function refusedRecord(
  record: LogRecord,
  delivery: Delivery,
  fault: Fault,
  nowMs: number
): LogRecord | undefined {
  if (record.topic !== 'event' && record.topic !== 'undecodable') return plainRecord(record)
  const { fields } = record
  if (fieldValue(fields, 'reason') === 'refused-by-logstore') return undefined
  const eventKey = fieldValue(fields, 'event_key') || delivery.message.messageId
  const refused = { eventKey, reason: 'refused-by-logstore', detail: fault.code, raw: receivedBody(record) } as const
  return undecodableRecord(refused, deliveryFacts(delivery, nowMs), nowMs)
}

function deliveryFacts({ queue, message }: Delivery, receivedMs: number, body = '') {
  return { queue, messageId: message.messageId, dequeueCount: message.dequeueCount, receivedMs, body }
}
