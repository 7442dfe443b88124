import type { Fault } from '../cloud/fault.ts'
import { decode } from '../events/decode.ts'
import { type DeliveryFacts, eventRecord, undecodableRecord } from '../logstore/record.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { Delivery } from './delivery.ts'

/** The record of a received message. Total: what can't be understood becomes an undecodable record with its raw body. */
export function messageRecord(delivery: Delivery, nowMs: number): LogRecord {
  const { body, messageId } = delivery.message
  const decoded = decode(body, { messageId })
  return decoded.kind === 'event'
    ? eventRecord(decoded.event, deliveryFacts(delivery, nowMs), nowMs)
    : undecodableRecord(decoded, deliveryFacts(delivery, nowMs), nowMs)
}

/**
 * The form of last resort for a record that the logstore refuses: undecodable, its raw body in base64, under the same
 * `event_key`. It is ASCII only, so that no content of the message can make it refused again.
 *
 * @returns undefined when the refused record has that form already
 */
export function refusedRecord(
  record: LogRecord,
  delivery: Delivery,
  fault: Fault,
  nowMs: number
): LogRecord | undefined {
  if (fieldOf(record, 'reason') === 'refused-by-logstore') return undefined
  const { body, messageId } = delivery.message
  const eventKey = fieldOf(record, 'event_key') ?? messageId
  const refused = { eventKey, reason: 'refused-by-logstore', detail: fault.code, raw: body } as const
  return undecodableRecord(refused, deliveryFacts(delivery, nowMs), nowMs)
}

function deliveryFacts({ queue, message }: Delivery, receivedMs: number): DeliveryFacts {
  return { queue, messageId: message.messageId, dequeueCount: message.dequeueCount, receivedMs }
}

function fieldOf({ fields }: LogRecord, name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1]
  return undefined
}
