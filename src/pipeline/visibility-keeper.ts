import type { Clock } from '../lib/clock.ts'
import type { Delivery } from './delivery.ts'

/**
 * Watches what is held of one queue: when half of a delivery's visibility timeout is used up, it must be extended (or
 * given up). Looks at all of them eight times per visibility timeout, while there are any.
 */
export class VisibilityKeeper {
  /**
   * In no order; each delivery knows its place. No `Set`: what one outgrows refers to all that was in it, and takes it to the old
   * generation, and with it all deliveries.
   */
  readonly #held: Delivery[] = []
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
    return this.#held.length
  }

  /** @param visibilityMs the visibility timeout that it really got, where it is shorter than the one asked for */
  keep(delivery: Delivery, visibilityMs = this.#visibilityMs): void {
    if (!this.#keeps(delivery)) delivery.place = this.#held.push(delivery) - 1
    if (visibilityMs < this.#visibilityMs) {
      this.#visibilityMs = visibilityMs
      this.#cancel?.()
      this.#cancel = undefined
    }
    this.#cancel ??= this.#arm()
  }

  drop(delivery: Delivery): void {
    if (!this.#keeps(delivery)) return
    const last = this.#held.pop()
    if (last !== undefined && last !== delivery) {
      this.#held[delivery.place] = last
      last.place = delivery.place
    }
    if (this.#held.length === 0) {
      this.#cancel?.()
      this.#cancel = undefined
    }
  }

  /** Everything that is held now. */
  held(): Delivery[] {
    return [...this.#held]
  }

  #keeps(delivery: Delivery): boolean {
    return this.#held[delivery.place] === delivery
  }

  #arm(): () => void {
    return this.#clock.after(this.#visibilityMs / 8, () => {
      this.#cancel = this.#arm()
      const nowMs = this.#clock.elapsed()
      // The most urgent first: calls wait for each other.
      for (const delivery of this.held().sort((one, other) => one.extendAtMs - other.extendAtMs)) {
        if (delivery.extendAtMs > nowMs || delivery.extending !== undefined || !this.#keeps(delivery)) continue
        this.#onDue(delivery)
      }
    })
  }
}
