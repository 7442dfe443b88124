import { DueHeap } from './due-heap.ts'
import { LinkedList } from './linked-list.ts'
import { type Message, type MessageState, type StoredMessage, toMessage } from './message.ts'
import type { QueueAttributes } from './queue-attributes.ts'
import { parseHandle } from './receipt-handle.ts'

/** After this many receives without a delete a message moves to the target queue. */
export interface DeadLetterPolicy {
  readonly target: string
  readonly maxReceiveCount: number
}

export interface MessageQueueOptions {
  readonly name: string
  readonly attributes: QueueAttributes
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** Parts that the messages are spread over; a take reads one. */
  readonly slices: number
  readonly acceptSupersededHandles: boolean
}

/**
 * One queue's messages. Pure: no timers, no input or output; time is passed in, and `advance` must have been called with it
 * before anything else is asked.
 *
 *     put, delay 0 ─────────────► visible ── take ──► invisible ── remove ──► gone
 *     put, delay > 0 ─► delayed ────►▲ ◄── nextVisibleAt ──┘
 *
 * A message whose retention ends is gone from any state. One whose visibility ends for the `maxReceiveCount`th time is gone
 * from here too: `advance` hands it to the caller for the dead-letter queue.
 */
export class MessageQueue {
  readonly name: string
  readonly createdAt: number
  modifiedAt: number
  attributes: QueueAttributes
  deadLetter: DeadLetterPolicy | undefined
  /** Messages sent and deleted since the start; dead letters that came in are not sends. */
  readonly totals = { sent: 0, deleted: 0 }
  readonly #acceptSupersededHandles: boolean
  readonly #messages = new Map<string, Message>()
  readonly #timed = new DueHeap<Message>()
  readonly #visible: ReadonlyArray<LinkedList<Message>>
  readonly #counts: Record<MessageState, number> = { visible: 0, invisible: 0, delayed: 0 }
  #sliceToFill = 0
  #sliceToRead = 0

  constructor(options: MessageQueueOptions) {
    this.name = options.name
    this.attributes = options.attributes
    this.createdAt = options.createdAt
    this.modifiedAt = options.createdAt
    this.#acceptSupersededHandles = options.acceptSupersededHandles
    this.#visible = Array.from({ length: options.slices }, () => new LinkedList<Message>())
  }

  get counts(): Readonly<Record<MessageState, number>> {
    return this.#counts
  }

  /** When `advance` next has something to do; Infinity for never. */
  get nextDue(): number {
    return this.#timed.nextDue
  }

  /** Every message, oldest first. */
  messages(): IterableIterator<Message> {
    return this.#messages.values()
  }

  /** Takes a message in, new, restored or from a queue whose dead letter it is. One of the same id gives way. */
  put(stored: StoredMessage, now: number): Message {
    const known = this.#messages.get(stored.id)
    if (known !== undefined) this.#forget(known)
    const hidden: MessageState = stored.dequeueCount > 0 ? 'invisible' : 'delayed'
    const state = stored.nextVisibleAt > now || this.#isDead(stored) ? hidden : 'visible'
    const slice = this.#sliceToFill
    this.#sliceToFill = (slice + 1) % this.#visible.length
    const message = toMessage(stored, state, slice)
    this.#messages.set(message.id, message)
    this.#enter(message, state)
    return message
  }

  /** Does what time does: shows, expires. Returns the dead letters, which are no longer in this queue. */
  advance(now: number): Message[] {
    const dead: Message[] = []
    for (let message = this.#timed.first; message !== undefined && message.dueAt <= now; message = this.#timed.first) {
      if (message.expiresAt <= now) {
        this.#forget(message)
      } else if (this.#isDead(message)) {
        this.#forget(message)
        dead.push(message)
      } else {
        this.show(message)
      }
    }
    return dead
  }

  /** Receives up to `max` messages of one slice: each becomes invisible under a new handle. */
  take(max: number, now: number): Message[] {
    const taken: Message[] = []
    const slice = this.#nextSlice()
    this.#sliceToRead = (this.#sliceToRead + 1) % this.#visible.length
    for (let message = slice?.first; message !== undefined && taken.length < max; message = slice?.first) {
      message.version += 1
      message.receivedVersion = message.version
      message.dequeueCount += 1
      message.firstDequeuedAt ||= now
      this.hide(message, now + this.attributes.visibilityTimeout * 1000)
      taken.push(message)
    }
    return taken
  }

  /** The messages that a take would bring, untouched. */
  peek(max: number): Message[] {
    const seen: Message[] = []
    for (let message = this.#nextSlice()?.first; message !== undefined && seen.length < max; message = message.next) {
      seen.push(message)
    }
    return seen
  }

  /** The message that a handle is good for; `stale` for a handle that was good once, `bogus` for what was never a handle. */
  find(handle: string, now: number): Message | 'stale' | 'bogus' {
    const parsed = parseHandle(handle)
    if (parsed === undefined) return 'bogus'
    const message = this.#messages.get(parsed.id)
    if (message === undefined || message.nextVisibleAt <= now) return 'stale'
    if (parsed.version === message.version) return message
    const superseded = parsed.version >= message.receivedVersion && parsed.version < message.version
    return superseded && this.#acceptSupersededHandles ? message : 'stale'
  }

  /** Hides a message until a time, counted anew. */
  hide(message: Message, until: number): void {
    message.nextVisibleAt = until
    this.#enter(message, message.dequeueCount > 0 ? 'invisible' : 'delayed')
  }

  /** Shows a message at once. Its handle lives on if its time has not come: then there are two deliveries of one message. */
  show(message: Message): void {
    this.#enter(message, 'visible')
  }

  /** Deletes a message for its consumer. */
  remove(message: Message): void {
    this.#forget(message)
    this.totals.deleted += 1
  }

  #enter(message: Message, state: MessageState): void {
    if (message.heapIndex >= 0) this.#leave(message)
    message.state = state
    this.#counts[state] += 1
    if (state === 'visible') this.#visible[message.slice]?.append(message)
    const due = state === 'visible' ? message.expiresAt : Math.min(message.nextVisibleAt, message.expiresAt)
    this.#timed.set(message, due)
  }

  #leave(message: Message): void {
    this.#counts[message.state] -= 1
    if (message.state === 'visible') this.#visible[message.slice]?.remove(message)
  }

  #forget(message: Message): void {
    this.#leave(message)
    this.#timed.remove(message)
    this.#messages.delete(message.id)
  }

  #isDead(message: StoredMessage): boolean {
    return this.deadLetter !== undefined && message.dequeueCount >= this.deadLetter.maxReceiveCount
  }

  /** The next slice that holds something, in turn. */
  #nextSlice(): LinkedList<Message> | undefined {
    for (let step = 0; step < this.#visible.length; step += 1) {
      const index = (this.#sliceToRead + step) % this.#visible.length
      const slice = this.#visible[index]
      if (slice?.first === undefined) continue
      this.#sliceToRead = index
      return slice
    }
    return undefined
  }
}
