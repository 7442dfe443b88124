import type { Clock } from '../../src/lib/clock.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A clock that stands still until a test moves it; timers fire in the order of their times, each at its own time. */
export class ManualClock implements Pick<Clock, 'now' | 'elapsed' | 'after'> {
  readonly #timers = new Set<Timer>()
  #now: number

  constructor(start: number = Date.UTC(2026, 10, 22, 12)) {
    this.#now = start
  }

  readonly now = (): number => this.#now

  readonly elapsed = (): number => this.#now

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + ms, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Timers that wait to fire. */
  get pending(): number {
    return this.#timers.size
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (let timer = this.#first(end); timer !== undefined; timer = this.#first(end)) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.at)
      timer.callback()
    }
    this.#now = end
  }

  #first(end: number): Timer | undefined {
    const [first] = [...this.#timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)
    return first
  }
}
