import type { Fault } from '../cloud/fault.ts'

/** One message as a queue handed it out. */
export interface QueueMessage {
  /** Stable over redeliveries. */
  readonly messageId: string
  /** The body's text as it was on the wire: not yet base64-decoded. */
  readonly body: string
  /** What this receive may delete or extend the message with. Replaced by each extension; never logged. */
  receiptHandle: string
  /** Receives so far, this one included. */
  readonly dequeueCount: number
  /** When the producer sent it, epoch ms. */
  readonly enqueuedMs: number
  /** How long this delivery stays invisible, ms; undefined where the answer does not tell (it does on a first receive). */
  readonly visibilityMs: number | undefined
}

export type ReceiveOutcome =
  | ({ readonly kind: 'messages'; readonly messages: QueueMessage[] } & Repeated)
  /** Nothing there. `held`: the service kept the poll to its end; false when it answered early, which it does to shed load. */
  | ({ readonly kind: 'empty'; readonly held: boolean } & Repeated)
  | { readonly kind: 'failed'; readonly fault: Fault }

/** Of an answer to a call that may be made twice. */
export interface Repeated {
  /** It was made twice, the first time without an answer: it may have been carried out, and messages handed out that nobody received. */
  readonly repeated?: boolean | undefined
}

export type AcknowledgeOutcome =
  /** `lost`: handles that are no longer ours (expired or superseded): those messages will be delivered again. `retry`: not deleted, try again. */
  | { readonly kind: 'acknowledged'; readonly lost: ReadonlySet<string>; readonly retry: ReadonlySet<string> }
  /** Nothing is known to be deleted; the same handles may be tried again. */
  | { readonly kind: 'failed'; readonly fault: Fault }

export type ExtendOutcome =
  | { readonly kind: 'extended'; readonly receiptHandle: string }
  /** The handle is no longer ours: the message will be, or has been, delivered again. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly fault: Fault }

export type SendOutcome =
  | { readonly kind: 'sent'; readonly messageId: string }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** The most messages one receive, acknowledge or batch send may carry: a limit of MNS. */
export const QUEUE_BATCH = 16

/** The largest message body that MNS takes, in bytes. */
export const MAX_MESSAGE_BYTES = 65_536

/** A queue of at-least-once deliveries. No method throws for what the service does; a bug may throw. */
export interface QueueSource {
  readonly name: string
  /** Where it is, for messages to people. */
  readonly endpoint: string
  /** Its messages go first. */
  readonly urgent: boolean
  /** Long-poll loops that the pipeline runs on it. */
  readonly receivers: number
  /** How long a delivery stays invisible to others unless extended, ms. */
  readonly visibilityMs: number
  /** Long-polls for 1 to 16 messages. Ends at once with an `aborted` fault when `signal` aborts. */
  receive(maxMessages: number, signal: AbortSignal): Promise<ReceiveOutcome>
  /** Deletes up to 16 deliveries in one call. */
  acknowledge(receiptHandles: readonly string[]): Promise<AcknowledgeOutcome>
  /** Makes the delivery visible again `visibilityMs` from now (1 s to 12 h; not added to what is left). */
  extend(receiptHandle: string, visibilityMs: number): Promise<ExtendOutcome>
  /** Sends one body, as it is, to be received `delayMs` from now (0 to 7 days). */
  send(body: string, delayMs: number): Promise<SendOutcome>
  /** Closes the connections. Idempotent. */
  close(): Promise<void>
}
