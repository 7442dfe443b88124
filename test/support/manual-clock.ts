import { setImmediate as macrotask } from 'node:timers/promises'
import type { Clock } from '../../src/lib/clock.ts'
import { sleepBy } from './sleep-by.ts'

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

/** Lets everything that waits for nothing but promises go on, to its end. */
export async function settle(): Promise<void> {
  await macrotask()
  await macrotask()
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>()
  readonly #startMs: number
  #elapsedMs = 0
  /** What `random()` gives. */
  chance: () => number = () => 0.5

  constructor(startMs = Date.UTC(2026, 10, 22, 12)) {
    this.#startMs = startMs
  }

  readonly now = (): number => this.#startMs + this.#elapsedMs

  readonly elapsed = (): number => this.#elapsedMs

  readonly random = (): number => this.chance()

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { atMs: this.#elapsedMs + Math.max(0, ms), callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  readonly sleep = sleepBy(this.after)

  /** Timers that wait to fire. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets time pass: timers fire in the order of their times, each at its own time, with all that follows from it. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms
    await settle()
    for (let timer = this.#first(endMs); timer !== undefined; timer = this.#first(endMs)) {
      this.#timers.delete(timer)
      this.#elapsedMs = Math.max(this.#elapsedMs, timer.atMs)
      timer.callback()
      await settle()
    }
    this.#elapsedMs = endMs
  }

  #first(endMs: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.atMs <= endMs && (first === undefined || timer.atMs < first.atMs)) first = timer
    }
    return first
  }
}
