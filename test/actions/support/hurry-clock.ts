import type { Clock } from '../../../src/lib/clock.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { sleepBy } from '../../support/sleep-by.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
  cancel: () => void
}

/** How often time goes on while it hurries, and the most that one such step counts, real ms. */
const STEP_MS = 4
const MAX_STEP_MS = 8

/**
 * The machine's clock, at a pace that can be changed while timers run: a test hurries through the long waits and goes at
 * the machine's own pace where it measures. While it hurries it takes small steps between the turns of the event loop, so
 * that a slow machine slows it down, and does not look like a slow service.
 */
export class HurryClock implements Clock {
  readonly #timers = new Set<Timer>()
  readonly #startMs = systemClock.now()
  /** What had elapsed at `#sinceAt` of the machine's clock. */
  #before = 0
  #sinceAt = systemClock.elapsed()
  #steps: NodeJS.Timeout | undefined
  readonly random = systemClock.random

  readonly elapsed = (): number =>
    this.#steps === undefined ? this.#before + systemClock.elapsed() - this.#sinceAt : this.#before

  readonly now = (): number => Math.round(this.#startMs + this.elapsed())

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer: Timer = { at: this.elapsed() + Math.max(0, ms), callback, cancel: () => undefined }
    this.#timers.add(timer)
    this.#arm(timer)
    return () => {
      timer.cancel()
      this.#timers.delete(timer)
    }
  }

  readonly sleep = sleepBy(this.after)

  /** From now on `pace` seconds by this clock take one, if the machine keeps up; 1 is the machine's own time. */
  hurry(pace: number): void {
    this.#before = this.elapsed()
    this.#sinceAt = systemClock.elapsed()
    clearInterval(this.#steps)
    this.#steps = pace === 1 ? undefined : setInterval(() => this.#step(pace), STEP_MS)
    for (const timer of this.#timers) this.#arm(timer)
  }

  #step(pace: number): void {
    const at = systemClock.elapsed()
    this.#before += Math.min(MAX_STEP_MS, at - this.#sinceAt) * pace
    this.#sinceAt = at
    const due = [...this.#timers].filter((timer) => timer.at <= this.#before).sort((a, b) => a.at - b.at)
    for (const timer of due) this.#fire(timer)
  }

  #fire(timer: Timer): void {
    if (this.#timers.delete(timer)) timer.callback()
  }

  #arm(timer: Timer): void {
    timer.cancel()
    if (this.#steps !== undefined) return
    timer.cancel = systemClock.after(Math.max(0, timer.at - this.elapsed()), () => this.#fire(timer))
  }
}
