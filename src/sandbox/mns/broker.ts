import type { Clock } from '../../lib/clock.ts'
import { Alarm } from './alarm.ts'
import type { MnsBehaviour } from './behaviour.ts'
import { type Delivery, deliveryOf } from './delivery.ts'
import type { StoredState } from './journal-entry.ts'
import { type Message, type MessageDraft, newMessage, type StoredMessage, storedOf } from './message.ts'
import type { DeadLetterPolicy, MessageQueue } from './message-queue.ts'
import { PollLine } from './poll-line.ts'
import { type QueueAttributes, sameAttributes } from './queue-attributes.ts'
import { QueueStore } from './queue-store.ts'
import { Refusal } from './refusal.ts'
import { Watch } from './watch.ts'

/** What a receive asks for. */
export interface ReceiveAsk {
  readonly max: number
  /** How long an empty queue holds it; undefined for the queue's own PollingWaitSeconds. */
  readonly waitMs: number | undefined
  /** What it hands out stays visible. */
  readonly duplicate: boolean
  readonly signal: AbortSignal
}

export interface BrokerOptions {
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'after'>
  readonly behaviour: MnsBehaviour
  /** What the journal told. */
  readonly state: StoredState
  /** Where the journal is kept; undefined for queues that live in memory only. */
  readonly journalFile: string | undefined
}

/**
 * The queues and all that happens to them: what clients ask, and what time does. Every method that names a queue throws a
 * Refusal QueueNotExist when there is none of that name.
 *
 * Each method brings its queue to the present first, so what it sees never depends on a timer's punctuality; the alarm is
 * there for those who wait. What it changed is in the journal before it returns.
 */
export class Broker {
  readonly watch = new Watch()
  readonly #clock: Pick<Clock, 'now' | 'elapsed' | 'after'>
  readonly #behaviour: MnsBehaviour
  readonly #store: QueueStore
  readonly #polls = new PollLine()
  readonly #alarm: Alarm
  #closed = false

  constructor({ clock, behaviour, state, journalFile }: BrokerOptions) {
    this.#clock = clock
    this.#behaviour = behaviour
    this.#alarm = new Alarm(clock, () => this.#tick())
    this.#store = new QueueStore({ behaviour, state, journalFile, now: clock.now() })
    this.#tick()
  }

  /** A queue as it is now. */
  queue(name: string): MessageQueue {
    return this.#present(name, this.#clock.now())
  }

  /** Every queue, by name. */
  queues(): MessageQueue[] {
    const names = [...this.#store.all()].map(({ name }) => name)
    return names.sort().map((name) => this.queue(name))
  }

  /** Polls that are held on a queue. */
  waiting(name: string): number {
    return this.#polls.waiting(name)
  }

  createQueue(name: string, attributes: QueueAttributes): 'created' | 'same' | 'different' {
    const known = this.#store.get(name)
    if (known !== undefined) return sameAttributes(known.attributes, attributes) ? 'same' : 'different'
    const now = this.#clock.now()
    this.#settle(this.#store.open(name, attributes, now), now)
    return 'created'
  }

  setAttributes(name: string, attributes: Partial<QueueAttributes>): void {
    const now = this.#clock.now()
    const queue = this.#present(name, now)
    queue.attributes = { ...queue.attributes, ...attributes }
    this.#redefined(queue, now)
  }

  /** Messages in flight move when their visibility next ends. */
  setDeadLetter(name: string, policy: DeadLetterPolicy): void {
    const now = this.#clock.now()
    const queue = this.#present(name, now)
    this.#present(policy.target, now)
    if (policy.target === name) throw new Refusal('InvalidArgument', 'A queue can not be its own dead-letter queue.')
    if (!Number.isInteger(policy.maxReceiveCount) || policy.maxReceiveCount < 1) {
      throw Refusal.range('MaxReceiveCount', 1, Number.MAX_SAFE_INTEGER)
    }
    queue.deadLetter = policy
    this.#redefined(queue, now)
  }

  /** Its messages go with it, its held polls are refused, and it is nobody's dead-letter queue any more. */
  deleteQueue(name: string): void {
    const now = this.#clock.now()
    if (!this.#store.drop(name)) return
    this.#polls.refuse(name, new Refusal('QueueNotExist'))
    for (const other of this.#store.all()) {
      if (other.deadLetter?.target !== name) continue
      other.deadLetter = undefined
      this.#redefined(other, now)
    }
    this.#commit()
  }

  send(name: string, drafts: readonly MessageDraft[]): Delivery[] {
    const now = this.#clock.now()
    const queue = this.#present(name, now)
    const deliveries = drafts.map((draft) => {
      const message = queue.put(newMessage(draft, now, queue.attributes.messageRetentionPeriod), now)
      this.#store.added(queue, message)
      this.watch.sent({ queue: name, id: message.id, body: message.body })
      return deliveryOf(message)
    })
    queue.totals.sent += drafts.length
    this.#settle(queue, now)
    return deliveries
  }

  /** Nothing, when the queue stayed empty for as long as was asked, or the client went away. */
  async receive(name: string, ask: ReceiveAsk): Promise<readonly Delivery[]> {
    const now = this.#clock.now()
    const queue = this.#present(name, now)
    const taken = this.#take(queue, ask, now)
    this.#settle(queue, now)
    const waitMs = ask.waitMs ?? queue.attributes.pollingWaitSeconds * 1000
    if (taken.length > 0 || waitMs === 0 || this.#closed) return taken
    if (this.#polls.size >= this.#behaviour.maxConcurrentPolls) return []
    const signal = this.#behaviour.consumeOnDeadPoll ? undefined : ask.signal
    const held = this.#polls.hold({ queue: name, max: ask.max, duplicate: ask.duplicate }, now + waitMs, signal)
    this.#alarm.by(this.#polls.nextDue)
    this.watch.changed()
    const deliveries = await held
    this.watch.changed()
    return deliveries
  }

  peek(name: string, max: number): Delivery[] {
    return this.queue(name).peek(max).map(deliveryOf)
  }

  /** What became of each handle's message, in order. */
  delete(name: string, handles: readonly string[]): Array<'deleted' | 'stale' | 'bogus'> {
    const now = this.#clock.now()
    const queue = this.#present(name, now)
    const outcomes = handles.map((handle) => {
      const found = queue.find(handle, now)
      if (typeof found === 'string') return found
      this.#delete(queue, found)
      return 'deleted'
    })
    this.#settle(queue, now)
    return outcomes
  }

  /** The message under its new handle, invisible for `ms` from now. */
  changeVisibility(name: string, handle: string, ms: number): Delivery | 'stale' | 'bogus' {
    const now = this.#clock.now()
    const queue = this.#present(name, now)
    const found = queue.find(handle, now)
    if (typeof found === 'string') return found
    found.version += 1
    if (found.state === 'visible') found.nextVisibleAt = now + ms
    else queue.hide(found, now + ms)
    this.#store.changed(queue, found)
    this.#settle(queue, now)
    return deliveryOf(found)
  }

  /** Ends the held polls and waiters, and stops time. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#alarm.close()
    this.#polls.close()
    this.watch.close()
    this.#store.close()
  }

  #redefined(queue: MessageQueue, now: number): void {
    queue.modifiedAt = now
    this.#store.redefined(queue)
    this.#settle(queue, now)
  }

  #take(queue: MessageQueue, ask: Pick<ReceiveAsk, 'max' | 'duplicate'>, now: number): Delivery[] {
    return queue.take(ask.max, now).map((message) => {
      this.#store.changed(queue, message)
      if (ask.duplicate) queue.show(message)
      return deliveryOf(message)
    })
  }

  #delete(queue: MessageQueue, message: Message): void {
    // A visible message with a live handle is a delivery played twice: the first delete must leave the second delivery.
    if (message.state === 'visible') {
      message.version += 1
      this.#store.changed(queue, message)
      return
    }
    queue.remove(message)
    this.#store.removed(queue, message)
    this.watch.deleted({ queue: queue.name, id: message.id, body: message.body })
  }

  /** The queue of that name, brought to the present. */
  #present(name: string, now: number): MessageQueue {
    const queue = this.#store.get(name)
    if (queue === undefined) throw new Refusal('QueueNotExist')
    this.#advance(queue, now)
    this.#store.commit()
    return queue
  }

  #advance(queue: MessageQueue, now: number): void {
    for (const dead of queue.advance(now)) this.#bury(queue, dead, now)
    this.#serve(queue, now)
  }

  /** Moves a dead letter: a new life in the target queue, but for its id, its time of sending and its retention. */
  #bury(source: MessageQueue, dead: StoredMessage, now: number): void {
    const target = this.#store.get(source.deadLetter?.target ?? '')
    if (target === undefined) throw new Error(`Cannot move a dead letter of ${source.name}: its target queue is gone`)
    const moved = { ...storedOf(dead), dequeueCount: 0, firstDequeuedAt: 0, nextVisibleAt: now }
    target.put(moved, now)
    this.#store.added(target, moved)
    this.#store.removed(source, dead)
    this.#serve(target, now)
  }

  /** Gives what is visible to those who wait for it. */
  #serve(queue: MessageQueue, now: number): void {
    while (queue.counts.visible > 0) {
      const poll = this.#polls.shift(queue.name)
      if (poll === undefined) break
      poll.resolve(this.#take(queue, poll, now))
    }
    this.#alarm.by(queue.nextDue)
  }

  #settle(queue: MessageQueue, now: number): void {
    this.#serve(queue, now)
    this.#commit()
  }

  #commit(): void {
    this.#store.commit()
    this.watch.changed()
  }

  #tick(): void {
    const now = this.#clock.now()
    for (const queue of this.#store.all()) this.#advance(queue, now)
    this.#polls.advance(now)
    this.#alarm.by(this.#polls.nextDue)
    this.#commit()
  }
}
