import { errorMessage } from './errors.ts'

/**
 * The lifetime of a running part: what must be closed. Closers run one after the other in the reverse order of their
 * registration, each even if another one failed.
 */
export class Scope {
  readonly #closers: Array<{ name: string; close: () => Promise<void> | void }> = []
  #closing: Promise<void> | undefined

  /** Runs `close` when the scope closes; the last registered first. */
  defer(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close })
  }

  /** Idempotent: every caller gets the same promise. Rejects with all failures after all closers have run. */
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
    if (failures.length > 0) throw new Error(`Cannot close cleanly: ${failures.join('; ')}`)
  }
}
