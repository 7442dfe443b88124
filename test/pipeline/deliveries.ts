import type { LogRecord } from '../../src/logstore/sink.ts'
import type { Entry } from '../../src/pipeline/batcher.ts'
import type { Delivery, DeliveryLane } from '../../src/pipeline/delivery.ts'

const NOWHERE: DeliveryLane = { settle: () => undefined }

/** A delivery that nothing keeps, for the parts that look at one only. */
export function delivery(name: string, changes: Partial<Delivery> = {}): Delivery {
  return {
    lane: NOWHERE,
    queue: 'test-queue',
    message: { messageId: name, receiptHandle: `handle-${name}`, dequeueCount: 1 },
    bytes: name.length,
    state: 'held',
    pending: 1,
    failed: false,
    shipping: false,
    acting: false,
    visibleAtMs: 60_000,
    returnsByMs: 60_000,
    extendAtMs: 30_000,
    place: 0,
    extending: undefined,
    ...changes
  }
}

export function record(name: string, changes: Partial<LogRecord> = {}): LogRecord {
  return { topic: 'event', timeS: 0, fields: ['event_key', name], bytes: 100, ...changes }
}

export function entry(name: string, changes: Partial<LogRecord> = {}, lane?: DeliveryLane): Entry {
  return { record: record(name, changes), delivery: delivery(name, lane === undefined ? {} : { lane }) }
}

/** The names that entries were made with. */
export function namesOf(entries: readonly Entry[]): string[] {
  return entries.map(({ delivery: { message } }) => message.messageId)
}
