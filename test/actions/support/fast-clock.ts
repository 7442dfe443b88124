import type { Clock } from '../../../src/lib/clock.ts'
import { systemClock } from '../../../src/lib/clock.ts'

/** The machine's clock, faster: what takes `pace` seconds by this clock takes one. For real sockets and long waits at once. */
export class FastClock implements Clock {
  readonly #pace: number
  readonly #startMs = systemClock.now()
  readonly #startedAt = systemClock.elapsed()
  readonly random = systemClock.random

  constructor(pace: number) {
    this.#pace = pace
  }

  readonly elapsed = (): number => (systemClock.elapsed() - this.#startedAt) * this.#pace

  readonly now = (): number => Math.round(this.#startMs + this.elapsed())

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => systemClock.sleep(ms / this.#pace, signal)

  readonly after = (ms: number, callback: () => void): (() => void) => systemClock.after(ms / this.#pace, callback)
}
