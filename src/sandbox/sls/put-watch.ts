import type { StoredLog } from './stored-log.ts'

/** One put that was committed. */
export interface StoredPut {
  readonly project: string
  readonly logstore: string
  readonly logs: readonly StoredLog[]
  /** Aborts when its client goes away before it has the whole answer. */
  readonly signal: AbortSignal
}

/** Tells whoever listens of every put, right after its logs are stored and before the client has its answer. */
export class PutWatch {
  readonly #listeners = new Set<(put: StoredPut) => void>()

  /** The returned function ends it. A listener must not throw. */
  on(listener: (put: StoredPut) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  announce(put: StoredPut): void {
    for (const listener of this.#listeners) listener(put)
  }

  /**
   * Resolves with the first log from now on for which `predicate` says true.
   *
   * @throws Error after `timeoutMs`, or with the reason of `signal`
   */
  next(predicate: (log: StoredLog) => boolean, timeoutMs: number, signal: AbortSignal): Promise<StoredLog> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer)
        off()
        finish()
      }
      const off = this.on(({ logs }) => {
        const found = logs.find(predicate)
        if (found !== undefined) settle(() => resolve(found))
      })
      const timer = setTimeout(() => {
        settle(() => reject(new Error(`No log that was waited for arrived within ${timeoutMs} ms`)))
      }, timeoutMs)
      signal.addEventListener('abort', () => settle(() => reject(signal.reason)), { once: true })
    })
  }
}
