import type { Clock } from '../../lib/clock.ts'

/** Longer timers would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Less is no reason for a new timer: the two clocks tell the same moment with a difference, ms. */
const EARLIER_MS = 2

/**
 * One timer for many due moments: it rings at the earliest that it was told of, maybe for nothing, never too late. Moments are
 * compared by the time that is left: when the wall clock jumps, a timer that was set before says nothing of what is due first.
 */
export class Alarm {
  readonly #clock: Pick<Clock, 'now' | 'elapsed' | 'after'>
  readonly #ring: () => void
  /** On the clock's `elapsed()` scale. */
  #ringsAt = Number.POSITIVE_INFINITY
  #cancel: (() => void) | undefined
  #closed = false

  constructor(clock: Pick<Clock, 'now' | 'elapsed' | 'after'>, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at `dueAt` (epoch milliseconds, Infinity for never) or before. */
  by(dueAt: number): void {
    if (this.#closed || dueAt === Number.POSITIVE_INFINITY) return
    // At least 1: timers may fire a little before the wall clock gets there, and must not turn into a hot loop.
    const ms = Math.min(LONGEST_TIMER_MS, Math.max(1, Math.ceil(dueAt - this.#clock.now())))
    const ringsAt = this.#clock.elapsed() + ms
    if (ringsAt >= this.#ringsAt - EARLIER_MS) return
    this.#cancel?.()
    this.#ringsAt = ringsAt
    this.#cancel = this.#clock.after(ms, () => {
      this.#ringsAt = Number.POSITIVE_INFINITY
      this.#ring()
    })
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }
}
