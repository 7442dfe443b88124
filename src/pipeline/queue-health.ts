import type { Fault } from '../cloud/fault.ts'
import { needsOperator } from '../cloud/fault.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import { Notifier } from '../lib/notifier.ts'

/** `probe`: the one receiver that tries a queue in trouble. */
export type Admission = 'free' | 'probe' | 'no'

const TRANSIENT = { baseMs: 1_000, capMs: 30_000 }
const OPERATOR = { baseMs: 2_000, capMs: 60_000 }
/** A service that has shed polls may do so again for this long, ms. */
const SHEDDING_MS = 30_000

/**
 * Keeps the receivers of one queue from asking a queue that is in trouble all at once: after a fault only one of them
 * asks, with a growing wait between its tries; the others go on when it succeeds.
 */
export class QueueHealth {
  readonly #clock: Clock
  readonly #changed = new Notifier()
  #faults = 0
  #nextTryMs = 0
  #probing = false
  #shedMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get healthy(): boolean {
    return this.#faults === 0
  }

  /** A poll was answered empty at once: the service holds no more of them at a time. */
  shed(): void {
    this.#shedMs = this.#clock.elapsed()
  }

  /** Whether a poll was shed of late. */
  get sheds(): boolean {
    return this.#clock.elapsed() - this.#shedMs < SHEDDING_MS
  }

  /** Waits until this receiver may ask; `no` when `signal` aborted first. Whoever may ask calls `report()` afterwards. */
  async admit(signal: AbortSignal): Promise<Admission> {
    while (!signal.aborted) {
      if (this.healthy) return 'free'
      if (this.#probing) {
        await this.#changed.wait(signal)
        continue
      }
      this.#probing = true
      await this.#clock.sleep(Math.max(0, this.#nextTryMs - this.#clock.elapsed()), signal).catch(() => undefined)
      if (!signal.aborted) return 'probe'
      this.#probing = false
      this.#changed.notify()
    }
    return 'no'
  }

  /** Tells how the call went that `admission` allowed. */
  report(admission: Admission, fault: Fault | undefined): void {
    if (admission === 'probe') this.#probing = false
    if (fault === undefined) {
      if (this.#faults > 0) {
        this.#faults = 0
        this.#changed.notify()
      }
      return
    }
    // Polls that were under way when the trouble began tell the same thing once more.
    if (this.#faults > 0 && admission !== 'probe') return
    const waitMs = backoffMs(
      needsOperator(fault) ? OPERATOR : TRANSIENT,
      Math.min(this.#faults, 16),
      this.#clock.random
    )
    this.#faults += 1
    this.#nextTryMs = this.#clock.elapsed() + waitMs
    this.#changed.notify()
  }
}
