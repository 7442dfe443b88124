import PQueue from 'p-queue'
import { backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import type { ExtendOutcome, QueueMessage, QueueSource } from '../queue/source.ts'
import type { Totals } from '../telemetry/totals.ts'
import { Acknowledger } from './acknowledger.ts'
import type { Delivery, DeliveryLane } from './delivery.ts'
import { QueueHealth } from './queue-health.ts'
import { VisibilityKeeper } from './visibility-keeper.ts'

/** Visibility calls in flight per queue: extensions, parking, giving back. */
const PARALLEL_VISIBILITY_CALLS = 16
/** How long a parked message stays invisible, unless it is fetched back before, ms. */
const PARK_MS = 10 * 60_000
/** "At once": MNS takes no less than a second. */
export const AT_ONCE_MS = 1_000
/** Wait of a message whose output failed, by its number of receives. */
const GIVE_BACK = { baseMs: 2_000, capMs: 15 * 60_000 }
const GIVE_BACK_TRIES = 3

export interface QueueLaneOptions {
  readonly source: QueueSource
  readonly clock: Clock
  readonly totals: Totals
  /** Aborts when no more time may be spent on deletes. */
  readonly abandon: AbortSignal
  /** What to do with a held delivery at half of its visibility timeout. */
  readonly onHalfTime: (delivery: Delivery) => 'extend' | 'park'
  readonly onReleased: (delivery: Delivery) => void
}

/** Everything that is held of one queue: keeps it invisible to others, deletes it, or gives it back. */
export class QueueLane implements DeliveryLane {
  readonly source: QueueSource
  readonly health: QueueHealth
  readonly #options: QueueLaneOptions
  readonly #keeper: VisibilityKeeper
  readonly #acknowledger: Acknowledger
  readonly #calls = new PQueue({ concurrency: PARALLEL_VISIBILITY_CALLS })
  /** Receipt handles of parked messages, and until when they hold. */
  #parked: Array<{ receiptHandle: string; untilMs: number }> = []
  #returnsAtMs = 0
  /** What a receive really gives: an attribute of the queue, learned from its answers. */
  #visibilityMs: number
  #parking = 0
  readonly #background = new Set<Promise<void>>()

  constructor(options: QueueLaneOptions) {
    const { source, clock, totals, abandon } = options
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
      onReleased: (delivery) => this.#release(delivery)
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
    return this.#parked.length
  }

  /** When the last message that this process gave back becomes visible again, on the clock's `elapsed()` scale. */
  get returnsAtMs(): number {
    return this.#parked.reduce((latest, { untilMs }) => Math.max(latest, untilMs), this.#returnsAtMs)
  }

  /** Takes charge of a received message. */
  hold(message: QueueMessage, bytes: number): Delivery {
    const visibilityMs = message.visibilityMs ?? this.#visibilityMs
    this.#visibilityMs = visibilityMs
    const delivery: Delivery = {
      lane: this,
      queue: this.source.name,
      message,
      bytes,
      state: 'held',
      pending: 1,
      failed: false,
      shipping: false,
      visibleAtMs: this.#options.clock.elapsed() + visibilityMs,
      extending: undefined
    }
    this.#keeper.keep(delivery, visibilityMs)
    return delivery
  }

  settle(delivery: Delivery): void {
    delivery.state = 'settled'
    if (!delivery.failed) this.#acknowledger.add(delivery)
    else {
      const waitMs = backoffMs(GIVE_BACK, delivery.message.dequeueCount - 1, this.#options.clock.random)
      this.#giveBack(delivery, waitMs)
    }
  }

  /** Makes everything that is held or parked visible to others at once. Resolves when the queue has been told. */
  async giveBackAll(): Promise<void> {
    for (const delivery of this.#keeper.held()) {
      if (delivery.state === 'held') this.#giveBack(delivery, AT_ONCE_MS)
    }
    this.unpark()
    await this.#settled()
  }

  /** Makes what is parked visible again: the logstore is back, or this process ends. */
  unpark(): void {
    const parked = this.#parked
    this.#parked = []
    for (const { receiptHandle } of parked) {
      this.#track(
        this.#calls.add(async () => {
          await this.#options.source.extend(receiptHandle, AT_ONCE_MS)
          this.#returnsAtMs = Math.max(this.#returnsAtMs, this.#options.clock.elapsed() + AT_ONCE_MS)
        })
      )
    }
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
    const park = this.#options.onHalfTime(delivery) === 'park'
    this.#track(park ? this.#park(delivery) : this.#keepInvisible(delivery))
  }

  async #keepInvisible(delivery: Delivery): Promise<void> {
    const outcome = await this.#extend(delivery, this.source.visibilityMs)
    if (outcome?.kind === 'extended') this.#options.totals.extended += 1
  }

  /** Lets go of a delivery that can't be stored now: invisible for long, and fetched back when the logstore is up again. */
  async #park(delivery: Delivery): Promise<void> {
    this.#parking += 1
    const outcome = await this.#extend(delivery, PARK_MS)
    this.#parking -= 1
    if (outcome === undefined || outcome.kind === 'failed' || delivery.state !== 'held') return
    if (outcome.kind === 'extended') {
      this.#options.totals.parked += 1
      this.#parked.push({ receiptHandle: outcome.receiptHandle, untilMs: delivery.visibleAtMs })
    }
    this.#release(delivery)
  }

  /** Changes a delivery's visibility timeout and keeps the new receipt handle; nothing if it has been released meanwhile. */
  async #extend(delivery: Delivery, forMs: number): Promise<ExtendOutcome | undefined> {
    const { clock, source } = this.#options
    let outcome: ExtendOutcome | undefined
    const call = async (): Promise<void> => {
      if (delivery.state === 'released') return
      outcome = await source.extend(delivery.message.receiptHandle, forMs)
      if (outcome.kind !== 'extended') return
      delivery.message.receiptHandle = outcome.receiptHandle
      delivery.visibleAtMs = clock.elapsed() + forMs
    }
    delivery.extending = this.#calls.add(call).then(() => {
      delivery.extending = undefined
    })
    await delivery.extending
    return outcome
  }

  /** Ends a delivery whose message must be processed again. Should the call fail, its visibility timeout does the same later. */
  #giveBack(delivery: Delivery, waitMs: number): void {
    const { clock, totals } = this.#options
    delivery.state = 'settled'
    totals.givenBack += 1
    const giveBack = async (): Promise<void> => {
      if (delivery.extending !== undefined) await delivery.extending
      for (let attempt = 0; attempt < GIVE_BACK_TRIES; attempt++) {
        const outcome = await this.#extend(delivery, waitMs)
        if (outcome?.kind !== 'failed') break
      }
      this.#returnsAtMs = Math.max(this.#returnsAtMs, clock.elapsed(), delivery.visibleAtMs)
      this.#release(delivery)
    }
    this.#track(giveBack())
  }

  #release(delivery: Delivery): void {
    if (delivery.state === 'released') return
    delivery.state = 'released'
    this.#keeper.drop(delivery)
    this.#options.onReleased(delivery)
  }
}
