import { errorMessage } from './errors.ts'

/**
 * The lifetime of a running part: what must be closed, and which background work must have ended before it counts as
 * closed. Closers run in the reverse order of their registration, each even if another one failed.
 */
export class Scope {
  readonly #closers: Array<{ name: string; close: () => Promise<void> | void }> = []
  readonly #background = new Set<Promise<void>>()
  readonly #onFault: (name: string, fault: unknown) => void
  #closing: Promise<void> | undefined

  /** @param onFault told of background work that threw: always a bug, never an expected outcome */
  constructor(onFault: (name: string, fault: unknown) => void) {
    this.#onFault = onFault
  }

  /** Runs `close` when the scope closes; the last registered first. */
  defer(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close })
  }

  /** Counts background work, so that `close()` waits for it. */
  spawn(name: string, work: () => Promise<void>): void {
    const running = work()
      .catch((fault: unknown) => this.#onFault(name, fault))
      .finally(() => this.#background.delete(running))
    this.#background.add(running)
  }

  /** Idempotent: every caller gets the same promise. Rejects with the first failure after all closers have run. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    const failures: string[] = []
    for (const { name, close } of this.#closers.reverse()) {
      try {
        await close()
      } catch (fault) {
        failures.push(`${name}: ${errorMessage(fault)}`)
      }
    }
    await Promise.all(this.#background)
    if (failures.length > 0) throw new Error(`Cannot close cleanly: ${failures.join('; ')}`)
  }
}
