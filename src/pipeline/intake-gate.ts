import type { Breaker } from '../lib/breaker.ts'
import type { Clock } from '../lib/clock.ts'
import { Notifier } from '../lib/notifier.ts'

/**
 * Triage: receiving a little while the logstore is down, so that urgent actions still run. Bounded, because MNS throttles
 * a consumer that receives without deleting (5,000 messages or 30 minutes: vendor page on flow limiting).
 */
export interface TriageOptions {
  /** False when no action is switched on: then there is nothing to do for a message, and it rests better on the queue. */
  readonly enabled: boolean
  /** Least time between two receives, ms. */
  readonly intervalMs: number
  /** Messages received in one outage, at the most; urgent queues have as many of their own. */
  readonly maxMessages: number
}

export const TRIAGE_DEFAULTS = { intervalMs: 1_000, maxMessages: 2_000 } as const

/**
 * Says when a receiver may ask the queue, by the state of the logstore's breaker:
 *
 * | breaker   | receivers                                                            |
 * |-----------|----------------------------------------------------------------------|
 * | closed    | go on                                                                |
 * | half-open | ask only while nothing is held: one small batch is enough as a probe |
 * | open      | triage, or wait; an urgent queue goes on                             |
 */
export class IntakeGate {
  readonly #breaker: Breaker
  readonly #clock: Clock
  readonly #triage: TriageOptions
  readonly #held: () => number
  readonly #changed = new Notifier()
  #nextTriageMs = 0
  #triaged = 0
  #urgent = 0

  /** @param options.held messages held in this process now */
  constructor(options: { breaker: Breaker; clock: Clock; triage: TriageOptions; held: () => number }) {
    this.#breaker = options.breaker
    this.#clock = options.clock
    this.#triage = options.triage
    this.#held = options.held
    this.#breaker.onChange((state) => {
      if (state === 'closed') {
        this.#triaged = 0
        this.#urgent = 0
      }
      this.#changed.notify()
    })
  }

  /** Whether a receive may start now, but for the interval of triage. */
  admits(urgent: boolean): boolean {
    const { state } = this.#breaker
    const { enabled, maxMessages } = this.#triage
    if (state === 'closed') return true
    if (urgent && enabled) return this.#urgent < maxMessages
    if (state === 'half-open') return this.#held() === 0
    return enabled && this.#triaged < maxMessages
  }

  /** Waits until a receive may start; false when `signal` aborted first. */
  async pass(urgent: boolean, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (!this.admits(urgent)) {
        await this.#changed.wait(signal)
        continue
      }
      if (urgent || this.#breaker.state !== 'open') return true
      const now = this.#clock.elapsed()
      if (now >= this.#nextTriageMs) {
        this.#nextTriageMs = now + this.#triage.intervalMs
        return true
      }
      await this.#clock.sleep(this.#nextTriageMs - now, signal).catch(() => undefined)
    }
    return false
  }

  /** Counts what was received; bounds triage. */
  received(messages: number, urgent: boolean): void {
    if (this.#breaker.state !== 'open') return
    if (urgent) this.#urgent += messages
    else this.#triaged += messages
  }

  /** Something was released: half-open receivers look again. */
  released(): void {
    if (this.#breaker.state === 'half-open') this.#changed.notify()
  }
}
