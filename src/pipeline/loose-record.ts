import type { LogRecord } from '../logstore/sink.ts'
import type { Entry } from './batcher.ts'

/** A record that no message waits for, as the pipeline ships all records: nothing is deleted when it is stored, or given back when not. */
export function looseEntry(record: LogRecord, onEnd: (stored: boolean) => void): Entry {
  const message = { messageId: '', receiptHandle: '', dequeueCount: 0 }
  const delivery = {
    lane: { settle: () => undefined },
    queue: '',
    message,
    bytes: 0,
    state: 'held' as const,
    pending: 1,
    failed: false,
    shipping: false,
    acting: false,
    visibleAtMs: 0,
    returnsByMs: 0,
    extendAtMs: 0,
    place: 0,
    extending: undefined
  }
  return { record, delivery, onEnd }
}
