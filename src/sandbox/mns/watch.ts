/** A message that was sent, or that a consumer has deleted. */
export interface Happening {
  readonly queue: string
  readonly id: string
  readonly body: string
}

interface Waiter {
  /** Looks again; true when it needs to look no more. */
  look(): boolean
  fail(reason: Error): void
}

/** Who wants to know what happens to the queues: listeners for sends and deletions, and waiters for a condition. */
export class Watch {
  readonly #listeners = new Set<(deletion: Happening) => void>()
  readonly #sendListeners = new Set<(sent: Happening) => void>()
  readonly #waiters = new Set<Waiter>()
  #untold: Happening[] = []

  /** Calls `listener` for every deletion, until the returned function is called. */
  onDelete(listener: (deletion: Happening) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls `listener` for every message that was accepted, before anybody can receive it, until the returned function is called. */
  onSend(listener: (sent: Happening) => void): () => void {
    this.#sendListeners.add(listener)
    return () => this.#sendListeners.delete(listener)
  }

  sent(message: Happening): void {
    for (const listener of this.#sendListeners) listener(message)
  }

  /** Notes a deletion for the listeners, who are told with the next change. */
  deleted(deletion: Happening): void {
    if (this.#listeners.size > 0) this.#untold.push(deletion)
  }

  /**
   * Resolves as soon as `predicate` holds; it is asked at once and after every change. The timeout runs in real time, also
   * where a test drives the service's clock.
   *
   * @throws Error after `timeoutMs`, at the close of the service, and whatever the predicate throws
   */
  waitFor(predicate: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): true => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
        act()
        return true
      }
      const waiter: Waiter = {
        look: () => {
          try {
            return predicate() && settle(resolve)
          } catch (fault) {
            return settle(() => reject(fault))
          }
        },
        fail: (reason) => settle(() => reject(reason))
      }
      const timer = setTimeout(() => {
        waiter.fail(new Error(`Cannot see what was waited for: it did not happen within ${timeoutMs} ms`))
      }, timeoutMs)
      this.#waiters.add(waiter)
      waiter.look()
    })
  }

  /** Something changed, and is done: listeners hear of deletions, waiters look again. */
  changed(): void {
    const untold = this.#untold
    this.#untold = []
    for (const deletion of untold) {
      for (const listener of this.#listeners) listener(deletion)
    }
    for (const waiter of this.#waiters) waiter.look()
  }

  close(): void {
    for (const waiter of this.#waiters) {
      waiter.fail(new Error('Cannot see what was waited for: the service was closed'))
    }
  }
}
