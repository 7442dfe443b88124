import type { Fault } from '../../src/cloud/fault.ts'
import type {
  AcknowledgeOutcome,
  ExtendOutcome,
  QueueMessage,
  QueueSource,
  ReceiveOutcome,
  SendOutcome
} from '../../src/queue/source.ts'
import type { ManualClock } from '../support/manual-clock.ts'

export const UNAVAILABLE: Fault = {
  class: 'unavailable',
  code: 'InternalError',
  status: 500,
  message: 'MNS has a fault of its own',
  requestId: ''
}

/** What becomes of a call: carried out or not, answered or not. */
export type Fate = 'answered' | 'lost-request' | 'lost-answer'

interface Stored {
  readonly id: string
  visibleAtMs: number
  dequeueCount: number
  handle: string
}

/**
 * A queue in its plainest form, behind the port: one array, and the strictest reading of the protocol, in which a handle is
 * dead as soon as a newer one was given out.
 */
export class NaiveQueue implements QueueSource {
  readonly name = 'test-queue'
  readonly endpoint = 'http://test'
  readonly urgent: boolean
  readonly receivers = 1
  readonly visibilityMs: number
  /** What a receive really gives. */
  grantMs: number
  readonly clock: ManualClock
  messages: Stored[] = []
  /** Names of the messages that were deleted, in the order of their deletes. */
  readonly deleted: string[] = []
  /** Calls with a handle that a newer one had replaced while the message was still invisible. */
  readonly stale: string[] = []
  /** Every call: its name, and what it was called with. */
  readonly calls: Array<{ readonly call: 'receive' | 'acknowledge' | 'extend'; readonly size: number; atMs: number }> =
    []
  /** Asked at each call. */
  fate: () => Fate = () => 'answered'
  /** How long each call takes, ms; it is carried out half-way. */
  latencyMs: () => number = () => 0
  #handles = 0

  constructor(clock: ManualClock, options: { visibilityMs?: number; urgent?: boolean } = {}) {
    this.clock = clock
    this.visibilityMs = options.visibilityMs ?? 60_000
    this.grantMs = this.visibilityMs
    this.urgent = options.urgent ?? false
  }

  add(...names: readonly string[]): void {
    for (const id of names) this.messages.push({ id, visibleAtMs: 0, dequeueCount: 0, handle: '' })
  }

  get visible(): string[] {
    return this.messages.filter(({ visibleAtMs }) => visibleAtMs <= this.clock.elapsed()).map(({ id }) => id)
  }

  /** Hands out what is visible now, without a wait. */
  take(max: number): QueueMessage[] {
    const nowMs = this.clock.elapsed()
    const taken = this.messages.filter(({ visibleAtMs }) => visibleAtMs <= nowMs).slice(0, max)
    return taken.map((message) => {
      message.dequeueCount += 1
      message.visibleAtMs = nowMs + this.grantMs
      message.handle = this.#newHandle(message)
      return {
        messageId: message.id,
        body: message.id,
        receiptHandle: message.handle,
        dequeueCount: message.dequeueCount,
        enqueuedMs: 0,
        visibilityMs: this.grantMs
      }
    })
  }

  async receive(max: number): Promise<ReceiveOutcome> {
    const messages = await this.#call('receive', max, () => this.take(max))
    if (messages === undefined) return { kind: 'failed', fault: UNAVAILABLE }
    return messages.length === 0 ? { kind: 'empty', held: true } : { kind: 'messages', messages }
  }

  async acknowledge(handles: readonly string[]): Promise<AcknowledgeOutcome> {
    const lost = await this.#call('acknowledge', handles.length, () =>
      handles.filter((handle) => !this.#delete(handle))
    )
    if (lost === undefined) return { kind: 'failed', fault: UNAVAILABLE }
    return { kind: 'acknowledged', lost: new Set(lost), retry: new Set() }
  }

  async extend(handle: string, visibilityMs: number): Promise<ExtendOutcome> {
    const renewed = await this.#call('extend', 1, () => {
      const message = this.#live(handle)
      if (message === undefined) return 'lost'
      message.visibleAtMs = this.clock.elapsed() + visibilityMs
      message.handle = this.#newHandle(message)
      return message.handle
    })
    if (renewed === undefined) return { kind: 'failed', fault: UNAVAILABLE }
    return renewed === 'lost' ? { kind: 'lost' } : { kind: 'extended', receiptHandle: renewed }
  }

  async send(): Promise<SendOutcome> {
    throw new Error('not used here')
  }

  async close(): Promise<void> {}

  async #call<Result>(
    call: 'receive' | 'acknowledge' | 'extend',
    size: number,
    carryOut: () => Result
  ): Promise<Result | undefined> {
    this.calls.push({ call, size, atMs: this.clock.elapsed() })
    const fate = this.fate()
    const latencyMs = this.latencyMs()
    if (latencyMs > 0) await this.clock.sleep(latencyMs / 2)
    const result = fate === 'lost-request' ? undefined : carryOut()
    if (latencyMs > 0) await this.clock.sleep(latencyMs / 2)
    return fate === 'answered' ? result : undefined
  }

  #delete(handle: string): boolean {
    const message = this.#live(handle)
    if (message === undefined) return false
    this.messages = this.messages.filter((other) => other !== message)
    this.deleted.push(message.id)
    return true
  }

  #live(handle: string): Stored | undefined {
    const nowMs = this.clock.elapsed()
    const [id, receive] = handle.split('\n')
    const message = this.messages.find((stored) => stored.id === id && stored.visibleAtMs > nowMs)
    if (message === undefined || message.handle === handle) return message
    if (receive === String(message.dequeueCount)) this.stale.push(handle)
    return undefined
  }

  #newHandle({ id, dequeueCount }: Stored): string {
    this.#handles += 1
    return `${id}\n${dequeueCount}\n${this.#handles}`
  }
}
