import type { Clock } from '../lib/clock.ts'
import { PlacedList } from '../lib/placed-list.ts'
import type { Delivery } from './delivery.ts'

/**
 * Watches what is held of one queue: when half of a delivery's visibility timeout is used up, it must be extended (or
 * given up). Looks at all of them eight times per visibility timeout, while there are any.
 */
export class VisibilityKeeper {
  readonly #held = new PlacedList<Delivery>()
  readonly #clock: Clock
  #visibilityMs: number
  readonly #onDue: (delivery: Delivery) => void
  #cancel: (() => void) | undefined

  /** @param onDue called when a delivery's `extendAtMs` has passed, and again at each look until that is moved on */
  constructor(options: { clock: Clock; visibilityMs: number; onDue: (delivery: Delivery) => void }) {
    this.#clock = options.clock
    this.#visibilityMs = options.visibilityMs
    this.#onDue = options.onDue
  }

  get size(): number {
    return this.#held.size
  }

  /** @param visibilityMs the visibility timeout that it really got, where it is shorter than the one asked for */
  keep(delivery: Delivery, visibilityMs = this.#visibilityMs): void {
    this.#held.add(delivery)
    if (visibilityMs < this.#visibilityMs) {
      this.#visibilityMs = visibilityMs
      this.#cancel?.()
      this.#cancel = undefined
    }
    this.#cancel ??= this.#arm()
  }

  drop(delivery: Delivery): void {
    if (this.#held.delete(delivery) && this.#held.size === 0) {
      this.#cancel?.()
      this.#cancel = undefined
    }
  }

  /** Everything that is held now. */
  held(): Delivery[] {
    return this.#held.all()
  }

  #arm(): () => void {
    return this.#clock.after(this.#visibilityMs / 8, () => {
      this.#cancel = this.#arm()
      const nowMs = this.#clock.elapsed()
      // The most urgent first: calls wait for each other.
      for (const delivery of this.held().sort((one, other) => one.extendAtMs - other.extendAtMs)) {
        if (delivery.extendAtMs > nowMs || delivery.extending !== undefined || !this.#held.has(delivery)) continue
        this.#onDue(delivery)
      }
    })
  }
}
