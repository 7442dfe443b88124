import type { Clock } from '../../lib/clock.ts'

/** Longer timers would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** One timer for many due moments: it rings at the earliest that it was told of, maybe for nothing, never too late. */
export class Alarm {
  readonly #clock: Pick<Clock, 'now' | 'after'>
  readonly #ring: () => void
  #setFor = Number.POSITIVE_INFINITY
  #cancel: (() => void) | undefined
  #closed = false

  constructor(clock: Pick<Clock, 'now' | 'after'>, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at `dueAt` (epoch milliseconds, Infinity for never) or before. */
  by(dueAt: number): void {
    if (this.#closed || dueAt >= this.#setFor) return
    this.#cancel?.()
    this.#setFor = dueAt
    // At least 1: timers may fire a little before the wall clock gets there, and must not turn into a hot loop.
    const ms = Math.min(LONGEST_TIMER_MS, Math.max(1, Math.ceil(dueAt - this.#clock.now())))
    this.#cancel = this.#clock.after(ms, () => {
      this.#setFor = Number.POSITIVE_INFINITY
      this.#ring()
    })
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }
}
