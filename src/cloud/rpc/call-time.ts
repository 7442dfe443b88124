import type { Clock } from '../../lib/clock.ts'
import type { CallLimits } from '../api-outcome.ts'
import type { Fault } from '../fault.ts'

/** The longest timer of Node.js. */
const MAX_TIMER_MS = 2_147_483_647

/** The time that one call has, with all its tries: it ends with the deadline, the caller's signal, or `end()`. */
export class CallTime {
  readonly #clock: Clock
  readonly #limits: CallLimits
  readonly #startedMs: number
  readonly #over = new AbortController()
  readonly #cancelTimer: () => void
  #givenUp = false

  constructor(clock: Clock, limits: CallLimits) {
    this.#clock = clock
    this.#limits = limits
    this.#startedMs = clock.elapsed()
    this.#cancelTimer = clock.after(Math.min(Math.max(0, this.leftMs), MAX_TIMER_MS), () => this.#over.abort())
    if (limits.signal.aborted) this.end()
    else limits.signal.addEventListener('abort', this.end, { once: true })
    if (this.leftMs <= 0) this.#over.abort()
  }

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  get leftMs(): number {
    return this.#limits.deadlineMs - this.#clock.elapsed()
  }

  get spentMs(): number {
    return this.#clock.elapsed() - this.#startedMs
  }

  /** True when it was ended by hand, and not by its deadline. */
  get givenUp(): boolean {
    return this.#givenUp
  }

  /** Waits. False when the time does not suffice, at once, or when it ends meanwhile. */
  async wait(ms: number): Promise<boolean> {
    if (this.signal.aborted || ms >= this.leftMs) return false
    await this.#clock.sleep(ms, this.signal).catch(() => undefined)
    return !this.signal.aborted
  }

  /** Why there is no answer when the time is over. */
  fault(action: string): Fault {
    return this.#givenUp
      ? { class: 'aborted', code: 'Aborted', status: 0, message: `${action}: given up by this process`, requestId: '' }
      : { class: 'unavailable', code: 'NoTimeLeft', status: 0, message: `${action}: its time is over`, requestId: '' }
  }

  /** Gives the call up. */
  readonly end = (): void => {
    if (!this.signal.aborted) this.#givenUp = true
    this.#over.abort()
  }

  /** Lets go of timer and signal: to be called when the call has ended. */
  clear(): void {
    this.#cancelTimer()
    this.#limits.signal.removeEventListener('abort', this.end)
  }
}
