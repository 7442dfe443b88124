import type { Clock } from './clock.ts'

/** A signal, and the way to let go of its timer. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Clears the timer: to be called when nobody waits for the signal any more. */
  readonly clear: () => void
}

/**
 * A signal that aborts after `ms`, or with `signal` if that comes first. (Not `AbortSignal.any` over
 * `AbortSignal.timeout`: Node.js 20 collects a timeout signal that only the combined one refers to, and it never fires.)
 */
export function deadline(clock: Clock, ms: number, signal: AbortSignal): Deadline {
  const ended = new AbortController()
  const end = (): void => {
    clear()
    ended.abort(signal.reason)
  }
  const cancel = clock.after(ms, end)
  const clear = (): void => {
    cancel()
    signal.removeEventListener('abort', end)
  }
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return { signal: ended.signal, clear }
}

/** Waits for work to end, well or badly, but no longer than `ms`. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ms, resolve)
    const ended = (): void => {
      cancel()
      resolve()
    }
    work.then(ended, ended)
  })
}
