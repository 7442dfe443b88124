interface Waiter {
  readonly callback: () => void
  /** Where it stands among those of its signal; -1 when it has been let go. */
  place: number
}

/** Who waits for each signal. */
const waiting = new WeakMap<AbortSignal, Waiter[]>()

/**
 * Calls `callback` when the signal aborts, unless the returned function is called first. For signals that live long and are
 * waited for by each call.
 *
 * Of those the platform would keep a list in which a removed listener still points to the next one: one that reaches the old
 * generation of the heap takes all later ones there, each with all that it refers to, until the next full collection. (The
 * tables that a `Set` outgrows are such a chain, too; hence arrays.) Answers of 24 KB were kept that way.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const waiters = waiting.get(signal) ?? listen(signal)
  const waiter = { callback, place: waiters.length }
  waiters.push(waiter)
  return () => letGo(waiters, waiter)
}

function listen(signal: AbortSignal): Waiter[] {
  const waiters: Waiter[] = []
  waiting.set(signal, waiters)
  signal.addEventListener('abort', () => {
    const inTurn = [...waiters]
    for (const waiter of inTurn) if (waiter.place >= 0) waiter.callback()
    for (const waiter of inTurn) letGo(waiters, waiter)
  })
  return waiters
}

function letGo(waiters: Waiter[], waiter: Waiter): void {
  if (waiter.place < 0) return
  const last = waiters.pop()
  if (last !== undefined && last !== waiter) {
    waiters[waiter.place] = last
    last.place = waiter.place
  }
  waiter.place = -1
}
