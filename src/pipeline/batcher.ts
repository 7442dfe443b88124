import type { LogRecord } from '../logstore/sink.ts'
import type { Delivery } from './delivery.ts'

/** A record on its way to the logstore, and the delivery that waits for it. */
export interface Entry {
  readonly record: LogRecord
  readonly delivery: Delivery
  /** Told once whether it was stored, by whoever wants to know. */
  readonly onEnd?: ((stored: boolean) => void) | undefined
}

/** Why a batch was closed: full by size or count, old enough, urgent, wanted because receivers wait for credits, or the end. */
export type FlushReason = 'bytes' | 'count' | 'linger' | 'urgent' | 'credits' | 'drain'

export interface Batch {
  /** All its records have this topic: a put carries one. */
  readonly topic: string
  readonly entries: readonly Entry[]
  readonly bytes: number
  readonly reason: FlushReason
}

export interface BatchLimits {
  /** Encoded size at which a batch is closed, bytes; a larger single record makes a batch of its own. */
  readonly maxBytes: number
  readonly maxCount: number
}

/** Collects the records of one topic. A dumb accumulator: it says when a batch is full, and never waits or sends. */
export class Batcher {
  readonly topic: string
  readonly #limits: BatchLimits
  #entries: Entry[] = []
  #bytes = 0

  constructor(topic: string, limits: BatchLimits) {
    this.topic = topic
    this.#limits = limits
  }

  get size(): number {
    return this.#entries.length
  }

  /** @returns the batch that this record closed, if it did; a record that does not fit any more starts the next one */
  add(entry: Entry): Batch | undefined {
    const fits = this.#bytes + entry.record.bytes <= this.#limits.maxBytes
    const closed = fits || this.#entries.length === 0 ? undefined : this.#close('bytes')
    this.#entries.push(entry)
    this.#bytes += entry.record.bytes
    if (closed !== undefined) return closed
    if (this.#entries.length >= this.#limits.maxCount) return this.#close('count')
    if (this.#bytes >= this.#limits.maxBytes) return this.#close('bytes')
    return undefined
  }

  /** @returns what has been collected, or nothing */
  flush(reason: FlushReason): Batch | undefined {
    return this.#entries.length === 0 ? undefined : this.#close(reason)
  }

  #close(reason: FlushReason): Batch {
    const batch: Batch = { topic: this.topic, entries: this.#entries, bytes: this.#bytes, reason }
    this.#entries = []
    this.#bytes = 0
    return batch
  }
}
