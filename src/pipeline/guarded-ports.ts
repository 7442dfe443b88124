import type { Fault } from '../cloud/fault.ts'
import type { LogRecord, LogSink, PutOutcome } from '../logstore/sink.ts'
import type { AcknowledgeOutcome, ExtendOutcome, QueueSource, ReceiveOutcome, SendOutcome } from '../queue/source.ts'

/** Told of what a port threw: always a bug, never what a service did. */
export type OnBug = (work: string, thrown: unknown) => void

/** A source whose bugs are outcomes too: a call that throws is told and counts as failed, so that it is tried again. */
export function guardedSource(source: QueueSource, onBug: OnBug): QueueSource {
  return new GuardedSource(source, onBug)
}

/**
 * A sink whose bugs are outcomes too: a put that throws is told and counts as refused, so that the record which it
 * cannot take is found by halving, and all others are stored.
 */
export function guardedSink(sink: LogSink, onBug: OnBug): LogSink {
  return new GuardedSink(sink, onBug)
}

const FAULT = {
  code: 'InternalError',
  status: 0,
  message: 'this program failed, as the log tells in a line of its own: please report it',
  requestId: ''
} as const
const FAILED: { readonly kind: 'failed'; readonly fault: Fault } = {
  kind: 'failed',
  fault: { class: 'unavailable', ...FAULT }
}
const REFUSED: PutOutcome = { kind: 'refused', fault: { class: 'rejected', ...FAULT } }

class GuardedSource implements QueueSource {
  readonly name: string
  readonly endpoint: string
  readonly urgent: boolean
  readonly receivers: number
  readonly visibilityMs: number
  readonly #source: QueueSource
  readonly #onBug: OnBug

  constructor(source: QueueSource, onBug: OnBug) {
    this.name = source.name
    this.endpoint = source.endpoint
    this.urgent = source.urgent
    this.receivers = source.receivers
    this.visibilityMs = source.visibilityMs
    this.#source = source
    this.#onBug = onBug
  }

  receive(maxMessages: number, signal: AbortSignal): Promise<ReceiveOutcome> {
    return this.#guard('receive', () => this.#source.receive(maxMessages, signal))
  }

  acknowledge(receiptHandles: readonly string[]): Promise<AcknowledgeOutcome> {
    return this.#guard('acknowledge', () => this.#source.acknowledge(receiptHandles))
  }

  extend(receiptHandle: string, visibilityMs: number): Promise<ExtendOutcome> {
    return this.#guard('extend', () => this.#source.extend(receiptHandle, visibilityMs))
  }

  send(body: string, delayMs: number): Promise<SendOutcome> {
    return this.#guard('send', () => this.#source.send(body, delayMs))
  }

  close(): Promise<void> {
    return this.#source.close()
  }

  #guard<Outcome>(work: string, call: () => Promise<Outcome>): Promise<Outcome | typeof FAILED> {
    return guard(call, FAILED, (thrown) => this.#onBug(`${work} of queue ${this.name}`, thrown))
  }
}

class GuardedSink implements LogSink {
  readonly name: string
  readonly endpoint: string
  readonly #sink: LogSink
  readonly #onBug: OnBug

  constructor(sink: LogSink, onBug: OnBug) {
    this.name = sink.name
    this.endpoint = sink.endpoint
    this.#sink = sink
    this.#onBug = onBug
  }

  put(topic: string, records: readonly LogRecord[]): Promise<PutOutcome> {
    return guard(
      () => this.#sink.put(topic, records),
      REFUSED,
      (thrown) => this.#onBug(`put to logstore ${this.name}`, thrown)
    )
  }

  close(): Promise<void> {
    return this.#sink.close()
  }
}

async function guard<Outcome, Instead>(
  call: () => Promise<Outcome>,
  instead: Instead,
  onBug: (thrown: unknown) => void
): Promise<Outcome | Instead> {
  try {
    return await call()
  } catch (thrown) {
    onBug(thrown)
    return instead
  }
}
