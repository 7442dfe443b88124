/** Wakes everybody who waits for "something changed"; they look for themselves what. */
export class Notifier {
  readonly #waiting = new Set<() => void>()

  /** Resolves at the next `notify()`, or when `signal` aborts. Never rejects: look at the signal afterwards. */
  wait(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }

  notify(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
