import { setTimeout as delay } from 'node:timers/promises'

/** Time, waiting and chance, injected so that a test holds long waits in its hand. */
export interface Clock {
  /** Wall clock, epoch milliseconds. May jump. */
  now(): number
  /** Milliseconds since an arbitrary start; never goes back. For durations and deadlines inside one process. */
  elapsed(): number
  /** Resolves after `ms`; rejects with an AbortError when `signal` is or becomes aborted; its cause is the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `callback` once after `ms` unless the returned function is called first. */
  after(ms: number, callback: () => void): () => void
  /** Uniform in [0, 1). */
  random(): number
}

/** The machine's own clock. Its timers keep the process alive: whoever sets one must clear it on close. */
export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal })
  },
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  random: Math.random
}
