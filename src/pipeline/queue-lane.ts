import PQueue from 'p-queue'
import type { Fault } from '../cloud/fault.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import type { ExtendOutcome, QueueMessage, QueueSource } from '../queue/source.ts'
import type { Totals } from '../telemetry/totals.ts'
import { Acknowledger } from './acknowledger.ts'
import type { Delivery, DeliveryLane } from './delivery.ts'
import { AT_ONCE_MS, changeVisibility, ParkedMessages } from './parked-messages.ts'
import { QueueHealth } from './queue-health.ts'
import { VisibilityKeeper } from './visibility-keeper.ts'

/** Visibility calls in flight per queue: extensions, parking, giving back. */
const PARALLEL_VISIBILITY_CALLS = 16
/** How long a parked message stays invisible, unless it is fetched back before, ms. */
const PARK_MS = 10 * 60_000
/** A failed extension is tried again after this part of the time that is left. */
const RETRIES_LEFT = 3
/** Wait of a message whose output failed, by its number of receives. */
const GIVE_BACK = { baseMs: 2_000, capMs: 15 * 60_000 }

export interface QueueLaneOptions {
  readonly source: QueueSource
  readonly clock: Clock
  readonly totals: Totals
  /** Aborts when no more time may be spent on deletes. */
  readonly abandon: AbortSignal
  /** What to do with a held delivery at half of its visibility timeout; asked again before it is let go. */
  readonly onHalfTime: (delivery: Delivery) => 'extend' | 'park'
  /** Told of every answer to a delete, `undefined` for a good one. */
  readonly onDeleted: (fault: Fault | undefined) => void
  readonly onReleased: (delivery: Delivery) => void
}

/** Everything that is held of one queue: keeps it invisible to others, deletes it, or gives it back. */
export class QueueLane implements DeliveryLane {
  readonly source: QueueSource
  readonly health: QueueHealth
  readonly #options: QueueLaneOptions
  readonly #keeper: VisibilityKeeper
  readonly #acknowledger: Acknowledger
  readonly #parked: ParkedMessages
  readonly #calls = new PQueue({ concurrency: PARALLEL_VISIBILITY_CALLS })
  #returnsAtMs = 0
  #unreturned = 0
  #hurried = false
  /** What a receive really gives: an attribute of the queue, learned from its answers. */
  #visibilityMs: number
  #parking = 0
  readonly #background = new Set<Promise<void>>()

  constructor(options: QueueLaneOptions) {
    const { source, clock, totals, abandon, onDeleted } = options
    this.source = source
    this.#options = options
    this.#visibilityMs = source.visibilityMs
    this.health = new QueueHealth(clock)
    this.#keeper = new VisibilityKeeper({
      clock,
      visibilityMs: source.visibilityMs,
      onDue: (delivery) => this.#halfTime(delivery)
    })
    this.#acknowledger = new Acknowledger({
      source,
      clock,
      totals,
      signal: abandon,
      onAnswer: onDeleted,
      onReleased: (delivery, how) => this.#release(delivery, how === 'acknowledged' ? 'gone' : 'returns')
    })
    this.#parked = new ParkedMessages({
      clock,
      extend: (receiptHandle, visibilityMs) => this.#calls.add(() => source.extend(receiptHandle, visibilityMs))
    })
  }

  /** Deliveries that are not released yet. */
  get size(): number {
    return this.#keeper.size
  }

  /** Deliveries that are not on their way out. */
  get staying(): number {
    return this.#keeper.size - this.#parking
  }

  /** Messages given back with a long visibility timeout. */
  get parked(): number {
    return this.#parked.size
  }

  /** Messages so far that were to be given back and the queue did not take: they come back with their visibility timeout. */
  get unreturned(): number {
    return this.#unreturned + this.#parked.unreturned
  }

  /** When the last message that this process let go of is visible again, on the clock's `elapsed()` scale. */
  get returnsAtMs(): number {
    return Math.max(this.#returnsAtMs, this.#parked.returnsAtMs)
  }

  /** Takes charge of a received message. */
  hold(message: QueueMessage, bytes: number): Delivery {
    const visibilityMs = message.visibilityMs ?? this.#visibilityMs
    this.#visibilityMs = visibilityMs
    const nowMs = this.#options.clock.elapsed()
    const { messageId, receiptHandle, dequeueCount } = message
    const delivery: Delivery = {
      lane: this,
      queue: this.source.name,
      message: { messageId, receiptHandle, dequeueCount },
      bytes,
      state: 'held',
      pending: 1,
      failed: false,
      shipping: false,
      acting: false,
      visibleAtMs: nowMs + visibilityMs,
      returnsByMs: nowMs + visibilityMs,
      extendAtMs: nowMs + visibilityMs / 2,
      place: 0,
      extending: undefined
    }
    this.#keeper.keep(delivery, visibilityMs)
    return delivery
  }

  /** A receive that failed may have been carried out: what it handed out is invisible for a while. */
  receiveFailed(): void {
    this.#returnsAtMs = Math.max(this.#returnsAtMs, this.#options.clock.elapsed() + this.#visibilityMs)
  }

  settle(delivery: Delivery): void {
    delivery.state = 'settled'
    if (!delivery.failed) this.#acknowledger.add(delivery)
    else {
      const waitMs = backoffMs(GIVE_BACK, delivery.message.dequeueCount - 1, this.#options.clock.random)
      this.#giveBack(delivery, this.#hurried ? AT_ONCE_MS : waitMs)
    }
  }

  /** From now on what fails is visible to others at once: this process stops, and that is no reason to wait. */
  hurry(): void {
    this.#hurried = true
  }

  /** Makes everything that is held or parked visible to others at once. Resolves when that and all deletes are done. */
  async giveBackAll(): Promise<void> {
    for (const delivery of this.#keeper.held()) {
      if (delivery.state === 'held') this.#giveBack(delivery, AT_ONCE_MS)
    }
    this.unpark()
    await this.idle()
  }

  /** Makes what is parked visible again: the logstore is back, or this process ends. */
  unpark(): void {
    this.#track(this.#parked.fetchBack())
  }

  /** Resolves when all deletes and visibility calls are done. */
  async idle(): Promise<void> {
    await this.#acknowledger.idle()
    await this.#settled()
  }

  /** Stops watching. What is still held becomes visible to others when its visibility timeout ends. */
  close(): void {
    for (const delivery of this.#keeper.held()) this.#keeper.drop(delivery)
  }

  #track(work: Promise<void>): void {
    this.#background.add(work)
    void work.finally(() => this.#background.delete(work))
  }

  async #settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background)
  }

  #halfTime(delivery: Delivery): void {
    if (delivery.state !== 'held') return
    this.#track(this.#mayPark(delivery) ? this.#park(delivery) : this.#keepInvisible(delivery))
  }

  #mayPark(delivery: Delivery): boolean {
    return this.#options.onHalfTime(delivery) === 'park'
  }

  async #keepInvisible(delivery: Delivery): Promise<void> {
    const outcome = await this.#extend(delivery, this.source.visibilityMs, 'held')
    if (outcome.kind === 'extended') this.#options.totals.extended += 1
  }

  /** Lets go of a delivery that can't be stored now: invisible for long, and fetched back when the logstore is up again. */
  async #park(delivery: Delivery): Promise<void> {
    this.#parking += 1
    const outcome = await this.#extend(delivery, PARK_MS, 'held')
    this.#parking -= 1
    if (outcome.kind === 'failed' || delivery.state !== 'held') return
    if (outcome.kind === 'lost') return this.#release(delivery, 'returns')
    // The logstore may be back by now, and then nothing would fetch it back.
    if (!this.#mayPark(delivery)) return
    this.#options.totals.parked += 1
    this.#parked.add(delivery.message.receiptHandle, delivery.returnsByMs)
    this.#release(delivery, 'parked')
  }

  /**
   * Changes a delivery's visibility timeout, and keeps the new receipt handle.
   *
   * @param wanted `held`: pointless once it is settled, which may happen while the call waits for its turn; counts as lost then
   */
  async #extend(delivery: Delivery, forMs: number, wanted: 'held' | 'always'): Promise<ExtendOutcome> {
    const call = this.#calls.add(async (): Promise<ExtendOutcome> => {
      if (wanted === 'held' && delivery.state !== 'held') return { kind: 'lost' }
      const startedMs = this.#options.clock.elapsed()
      const outcome = await this.source.extend(delivery.message.receiptHandle, forMs)
      this.#onExtended(delivery, outcome, { startedMs, forMs })
      return outcome
    })
    delivery.extending = call.then(() => {
      delivery.extending = undefined
    })
    await delivery.extending
    return call
  }

  /** The queue counts from a moment between the call and its answer. */
  #onExtended(delivery: Delivery, outcome: ExtendOutcome, call: { startedMs: number; forMs: number }): void {
    const endedMs = this.#options.clock.elapsed()
    // A call without an answer may have been carried out all the same. It is tried again, but not at every look.
    if (outcome.kind === 'failed') {
      delivery.extendAtMs = endedMs + Math.max(1_000, (delivery.visibleAtMs - endedMs) / RETRIES_LEFT)
      delivery.returnsByMs = Math.max(delivery.returnsByMs, endedMs + call.forMs)
      return
    }
    delivery.extendAtMs = call.startedMs + this.source.visibilityMs / 2
    if (outcome.kind === 'lost') return
    delivery.message.receiptHandle = outcome.receiptHandle
    delivery.visibleAtMs = call.startedMs + call.forMs
    delivery.returnsByMs = endedMs + call.forMs
  }

  /** Ends a delivery whose message must be processed again. Should the call fail, its visibility timeout does the same later. */
  #giveBack(delivery: Delivery, waitMs: number): void {
    const { clock, totals } = this.#options
    delivery.state = 'settled'
    totals.givenBack += 1
    const giveBack = async (): Promise<void> => {
      if (delivery.extending !== undefined) await delivery.extending
      const outcome = await changeVisibility(clock, () => this.#extend(delivery, waitMs, 'always'))
      if (outcome.kind === 'failed') this.#unreturned += 1
      this.#release(delivery, 'returns')
    }
    this.#track(giveBack())
  }

  /** @param how deleted, visible again sooner or later, or watched over as parked */
  #release(delivery: Delivery, how: 'gone' | 'returns' | 'parked'): void {
    if (delivery.state === 'released') return
    delivery.state = 'released'
    if (how === 'returns') {
      this.#returnsAtMs = Math.max(this.#returnsAtMs, this.#options.clock.elapsed(), delivery.returnsByMs)
    }
    this.#keeper.drop(delivery)
    this.#options.onReleased(delivery)
  }
}
