import type { Fault } from '../cloud/fault.ts'

/**
 * One log, ready for the wire. `fields` alternates key and value: k0, v0, k1, v1, ... All values are strings, keys are
 * unique, empty values are left out.
 */
export interface LogRecord {
  /** The log's topic: the record's `kind`. */
  readonly topic: string
  /** The log's own time, epoch seconds: the event's time, clamped to what the service accepts. */
  readonly timeS: number
  readonly fields: readonly string[]
  /** When the event happened, epoch ms, as its field tells; undefined for a record of no event, or of one without a time. */
  readonly eventMs?: number | undefined
  /** Of an event's record, the message's body as it was received: what is stored when the logstore refuses the record as it is. */
  readonly raw?: string | undefined
  /** Its size inside an encoded LogGroup, bytes. */
  readonly bytes: number
}

export type PutOutcome =
  | { readonly kind: 'stored' }
  /** The dependency's fault: the same put may succeed later. */
  | { readonly kind: 'retry'; readonly fault: Fault }
  /** More than the service takes in one put: split it. */
  | { readonly kind: 'too-large'; readonly fault: Fault }
  /** Some record in it is refused for ever, and nothing of the put was stored: isolate it by halving. */
  | { readonly kind: 'refused'; readonly fault: Fault }

/** Where records are kept. One put is all or nothing. No method throws for what the service does. */
export interface LogSink {
  readonly name: string
  /** Where it is, for messages to people. */
  readonly endpoint: string
  /** Stores records of one topic. One that was stored cannot be read afterwards: its memory may hold another by then. */
  put(topic: string, records: readonly LogRecord[]): Promise<PutOutcome>
  close(): Promise<void>
}
