import type { Clock } from '../../src/lib/clock.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { sleepBy } from './sleep-by.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** How often time goes on, real ms. */
const STEP_MS = 4
/** The most that one step counts, real ms; and at the machine's own pace. */
const MAX_STEP_MS = 8
const MAX_OWN_STEP_MS = 40

/**
 * The machine's clock, at a pace that can be changed while timers run: a test hurries through the long waits and goes at
 * the machine's own pace where it measures. It takes small steps between the turns of the event loop, so that a slow
 * machine, or one that does something else for a while, slows it down and does not look like a slow service: what the
 * clock measures is how long was waited, and work only as far as it leaves the event loop free. Only for what runs in the
 * test's own process.
 */
export class HurryClock implements Clock {
  readonly #timers = new Set<Timer>()
  readonly #startMs = systemClock.now()
  #elapsedMs = 0
  #steppedAt = systemClock.elapsed()
  #steps: NodeJS.Timeout | undefined
  readonly random = systemClock.random

  constructor(pace = 1) {
    this.hurry(pace)
  }

  readonly elapsed = (): number => this.#elapsedMs

  readonly now = (): number => Math.round(this.#startMs + this.#elapsedMs)

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer: Timer = { at: this.#elapsedMs + Math.max(0, ms), callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  readonly sleep = sleepBy(this.after)

  /** From now on `pace` seconds by this clock take one, if the machine keeps up; 1 is the machine's own pace. */
  hurry(pace: number): void {
    const mostMs = Math.max(MAX_STEP_MS, MAX_OWN_STEP_MS / pace)
    clearInterval(this.#steps)
    this.#steppedAt = systemClock.elapsed()
    // A clock that nobody waits for any more keeps no process alive.
    this.#steps = setInterval(() => this.#step(pace, mostMs), STEP_MS).unref()
  }

  #step(pace: number, mostMs: number): void {
    const at = systemClock.elapsed()
    this.#elapsedMs += Math.min(mostMs, at - this.#steppedAt) * pace
    this.#steppedAt = at
    const due: Timer[] = []
    for (const timer of this.#timers) if (timer.at <= this.#elapsedMs) due.push(timer)
    for (const timer of due.sort((a, b) => a.at - b.at)) if (this.#timers.delete(timer)) timer.callback()
  }
}
