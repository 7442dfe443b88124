import type { ActionDesk, DeskMessage, Outlet } from '../actions/desk.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { QueueSource } from '../queue/source.ts'
import type { Collector } from './collector.ts'
import { type Delivery, settleOutput } from './delivery.ts'
import type { ReadMessage } from './message-record.ts'

const SEND_TRIES = 4
const SEND_RETRY = { baseMs: 200, capMs: 2_000 }

/**
 * Where a delivery meets the actions. Each run is an output of its delivery, and so is each record that it writes: the
 * message is deleted when all of them have ended well.
 */
export class ActionStation {
  readonly #desk: ActionDesk
  readonly #collector: Collector
  readonly #clock: Clock

  constructor(options: { desk: ActionDesk; collector: Collector; clock: Clock }) {
    this.#desk = options.desk
    this.#collector = options.collector
    this.#clock = options.clock
  }

  /** Starts what a message calls for. Must be called while the delivery still waits for an output of its own. */
  offer(delivery: Delivery, source: QueueSource, read: Exclude<ReadMessage, { kind: 'undecodable' }>): void {
    const { messageId, dequeueCount } = delivery.message
    const { queue } = delivery
    const receivedMs = this.#clock.now()
    const message: DeskMessage =
      read.kind === 'event'
        ? { queue, messageId, dequeueCount, receivedMs, kind: 'event', event: read.event }
        : { queue, messageId, dequeueCount, receivedMs, kind: 'follow-up', followUp: read.followUp }
    const run = this.#desk.take(message, new DeliveryOutlet(delivery, source, this))
    if (run === undefined) return
    delivery.pending += 1
    delivery.acting = true
    void run.then((end) => settleOutput(delivery, end === 'settled'))
  }

  /** A record of the delivery's own action; another output of it. */
  record(delivery: Delivery, record: LogRecord): Promise<boolean> {
    return new Promise((resolve) => {
      delivery.pending += 1
      this.#collector.addSoon({ record, delivery, onEnd: resolve })
    })
  }

  async send(source: QueueSource, body: string, delayMs: number): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const { kind } = await source.send(body, delayMs)
      if (kind === 'sent') return true
      if (attempt + 1 >= SEND_TRIES) return false
      await this.#clock.sleep(backoffMs(SEND_RETRY, attempt, this.#clock.random))
    }
  }
}

/** What a delivery's actions write to. One is made for every event, though few are used: hence no closures. */
class DeliveryOutlet implements Outlet {
  readonly #delivery: Delivery
  readonly #source: QueueSource
  readonly #station: ActionStation

  constructor(delivery: Delivery, source: QueueSource, station: ActionStation) {
    this.#delivery = delivery
    this.#source = source
    this.#station = station
  }

  record(record: LogRecord): Promise<boolean> {
    return this.#station.record(this.#delivery, record)
  }

  send(body: string, delayMs: number): Promise<boolean> {
    return this.#station.send(this.#source, body, delayMs)
  }
}
