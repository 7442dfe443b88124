import type { Clock } from '../lib/clock.ts'
import { type Batch, Batcher, type BatchLimits, type Entry, type FlushReason } from './batcher.ts'

/** Long enough for a burst to share a put, ms. */
const SOON_MS = 50

export interface CollectorOptions {
  readonly clock: Clock
  readonly limits: BatchLimits & { readonly lingerMs: number }
  readonly onBatch: (batch: Batch) => void
}

/** One batcher per topic, and the one timer for their age. */
export class Collector {
  readonly #options: CollectorOptions
  readonly #batchers = new Map<string, Batcher>()
  #cancelLinger: (() => void) | undefined
  #cancelSoon: (() => void) | undefined
  /** Topics of records that somebody waits for. */
  readonly #soon = new Set<string>()

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  add(entry: Entry): void {
    const { clock, limits } = this.#options
    const { topic } = entry.record
    let batcher = this.#batchers.get(topic)
    if (batcher === undefined) {
      batcher = new Batcher(topic, limits)
      this.#batchers.set(topic, batcher)
    }
    this.#pass(batcher.add(entry))
    this.#cancelLinger ??= clock.after(limits.lingerMs, () => this.flush('linger'))
  }

  /** Like `add`, for a record that somebody waits for: its batch is passed on within `SOON_MS`. */
  addSoon(entry: Entry): void {
    this.add(entry)
    this.#soon.add(entry.record.topic)
    this.#cancelSoon ??= this.#options.clock.after(SOON_MS, () => this.#flushSoon())
  }

  /** Passes on everything that has been collected. */
  flush(reason: FlushReason): void {
    this.#cancelSoon?.()
    this.#cancelSoon = undefined
    this.#soon.clear()
    this.#cancelLinger?.()
    this.#cancelLinger = undefined
    for (const batcher of this.#batchers.values()) this.#pass(batcher.flush(reason))
  }

  #flushSoon(): void {
    this.#cancelSoon = undefined
    const topics = [...this.#soon]
    this.#soon.clear()
    for (const topic of topics) this.#pass(this.#batchers.get(topic)?.flush('urgent'))
  }

  #pass(batch: Batch | undefined): void {
    if (batch !== undefined) this.#options.onBatch(batch)
  }
}
