import PQueue from 'p-queue'
import type { Fault } from '../cloud/fault.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import { QUEUE_BATCH, type QueueSource } from '../queue/source.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { Delivery } from './delivery.ts'

/** Delete calls in flight per queue. */
const PARALLEL_DELETES = 8
/** How long a delivery waits for others to fill its batch of 16, ms. */
const LINGER_MS = 50
const RETRY = { baseMs: 100, capMs: 5_000 }

export interface AcknowledgerOptions {
  readonly source: QueueSource
  readonly clock: Clock
  readonly totals: Totals
  /** Aborts when no more time may be spent: what is not deleted by then will be delivered again. */
  readonly signal: AbortSignal
  /** Told of every answer to a delete, `undefined` for a good one. */
  readonly onAnswer: (fault: Fault | undefined) => void
  readonly onReleased: (delivery: Delivery, how: 'acknowledged' | 'unconfirmed') => void
}

/** Deletes settled deliveries, 16 in a call, and tries again until their visibility timeout has passed. */
export class Acknowledger {
  readonly #options: AcknowledgerOptions
  readonly #calls = new PQueue({ concurrency: PARALLEL_DELETES })
  #waiting: Delivery[] = []
  #cancelLinger: (() => void) | undefined

  constructor(options: AcknowledgerOptions) {
    this.#options = options
  }

  add(delivery: Delivery): void {
    this.#waiting.push(delivery)
    if (this.#waiting.length >= QUEUE_BATCH) this.#flush()
    else this.#cancelLinger ??= this.#options.clock.after(LINGER_MS, () => this.#flush())
  }

  /** Resolves when everything that was added has been deleted or given up. */
  async idle(): Promise<void> {
    if (this.#waiting.length > 0) this.#flush()
    await this.#calls.onIdle()
  }

  #flush(): void {
    this.#cancelLinger?.()
    this.#cancelLinger = undefined
    const batch = this.#waiting
    this.#waiting = []
    void this.#calls.add(() => this.#delete(batch))
  }

  async #delete(batch: readonly Delivery[]): Promise<void> {
    const { source, clock, totals, signal, onAnswer } = this.#options
    for (const { extending } of batch) if (extending !== undefined) await extending
    let left = batch
    for (let attempt = 0; left.length > 0; attempt++) {
      totals.deletes += 1
      const outcome = await source.acknowledge(left.map((delivery) => delivery.message.receiptHandle))
      onAnswer(outcome.kind === 'failed' ? outcome.fault : undefined)
      if (outcome.kind === 'acknowledged') {
        left = this.#release(left, outcome.lost, outcome.retry)
        if (left.length === 0) return
      }
      const waitMs = backoffMs(RETRY, attempt, clock.random)
      left = this.#giveUp(left, clock.elapsed() + waitMs)
      if (left.length > 0) await clock.sleep(waitMs, signal).catch(() => undefined)
    }
  }

  /** @returns those that are still to be deleted */
  #release(batch: readonly Delivery[], lost: ReadonlySet<string>, retry: ReadonlySet<string>): Delivery[] {
    const left: Delivery[] = []
    for (const delivery of batch) {
      const handle = delivery.message.receiptHandle
      if (retry.has(handle)) left.push(delivery)
      else this.#end(delivery, lost.has(handle) ? 'unconfirmed' : 'acknowledged')
    }
    return left
  }

  /** Drops those whose handle will have expired by then: they are delivered again, and stored once more. */
  #giveUp(batch: readonly Delivery[], byMs: number): Delivery[] {
    const stopped = this.#options.signal.aborted
    return batch.filter((delivery) => {
      if (!stopped && delivery.visibleAtMs > byMs) return true
      this.#end(delivery, 'unconfirmed')
      return false
    })
  }

  #end(delivery: Delivery, how: 'acknowledged' | 'unconfirmed'): void {
    this.#options.totals[how] += 1
    this.#options.onReleased(delivery, how)
  }
}
