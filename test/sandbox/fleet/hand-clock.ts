import type { Clock } from '../../../src/lib/clock.ts'

/** A clock that only a test moves: every wait ends at once and takes the time it was asked for. */
export class HandClock implements Clock {
  #nowMs: number
  #elapsedMs = 0
  /** Called before each wait. */
  onSleep: () => void = () => undefined

  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  elapsed(): number {
    return this.#elapsedMs
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.onSleep()
    signal?.throwIfAborted()
    this.#nowMs += ms
    this.#elapsedMs += ms
  }

  after(ms: number, callback: () => void): () => void {
    let cancelled = false
    queueMicrotask(() => {
      this.onSleep()
      if (cancelled) return
      this.#nowMs += ms
      this.#elapsedMs += ms
      callback()
    })
    return () => {
      cancelled = true
    }
  }

  random(): number {
    throw new Error('Not used here')
  }
}
