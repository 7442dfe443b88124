import { onAbort } from '../lib/on-abort.ts'

/** What a holder may keep in memory. */
export interface Credit {
  readonly messages: number
  readonly bytes: number
}

interface Waiter {
  readonly credit: Credit
  readonly grant: () => void
}

/**
 * The bound on what is in flight, in messages and bytes: a receiver takes credits before it asks the queue, and gives
 * them back when a message has been settled. Waiters are served in order, urgent ones first; a large request is never
 * overtaken by smaller ones behind it. A part may be kept for urgent ones, so that they never wait for the others' work.
 */
export class Credits {
  readonly #limit: Credit
  readonly #reserved: Credit
  readonly #urgent: Waiter[] = []
  readonly #waiting: Waiter[] = []
  #messages = 0
  #bytes = 0
  /** Called when a receiver has to wait: what can be finished should be. */
  onStarved: () => void = () => undefined

  /** @param reserved the part of the limit that only urgent requests may use */
  constructor(limit: Credit, reserved: Credit = { messages: 0, bytes: 0 }) {
    this.#limit = limit
    this.#reserved = reserved
  }

  get inUse(): Credit {
    return { messages: this.#messages, bytes: this.#bytes }
  }

  /** Receivers that wait. */
  get waiting(): number {
    return this.#urgent.length + this.#waiting.length
  }

  /** True while somebody waits. */
  get starved(): boolean {
    return this.waiting > 0
  }

  /**
   * Waits for the credit.
   *
   * @param credit not more than the whole limit, or it would wait for ever
   * @returns false when `signal` aborted first; nothing is taken then
   */
  async take(credit: Credit, options: { urgent: boolean; signal: AbortSignal }): Promise<boolean> {
    const { urgent, signal } = options
    if (signal.aborted) return false
    const ahead = urgent ? this.#urgent.length : this.#urgent.length + this.#waiting.length
    if (ahead === 0 && this.#fits(credit, urgent)) {
      this.#add(credit)
      return true
    }
    const line = urgent ? this.#urgent : this.#waiting
    const granted = new Promise<boolean>((resolve) => {
      const leave = (): void => {
        const at = line.indexOf(waiter)
        if (at >= 0) line.splice(at, 1)
        resolve(false)
        this.#serve()
      }
      const stay = onAbort(signal, leave)
      const waiter: Waiter = {
        credit,
        grant: () => {
          stay()
          resolve(true)
        }
      }
      line.push(waiter)
    })
    this.onStarved()
    return granted
  }

  give(credit: Credit): void {
    this.#messages -= credit.messages
    this.#bytes -= credit.bytes
    this.#serve()
  }

  #serve(): void {
    if (this.#urgent.length > 0) this.#serveLine(this.#urgent, true)
    // While an urgent one waits for more, nobody overtakes it.
    if (this.#urgent.length === 0 && this.#waiting.length > 0) this.#serveLine(this.#waiting, false)
  }

  #serveLine(line: Waiter[], urgent: boolean): void {
    for (let first = line[0]; first !== undefined && this.#fits(first.credit, urgent); first = line[0]) {
      line.shift()
      this.#add(first.credit)
      first.grant()
    }
  }

  #fits(credit: Credit, urgent: boolean): boolean {
    const { messages, bytes } = urgent ? { messages: 0, bytes: 0 } : this.#reserved
    return (
      this.#messages + credit.messages <= this.#limit.messages - messages &&
      this.#bytes + credit.bytes <= this.#limit.bytes - bytes
    )
  }

  #add(credit: Credit): void {
    this.#messages += credit.messages
    this.#bytes += credit.bytes
  }
}
