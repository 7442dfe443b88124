import { type Placed, PlacedList } from './placed-list.ts'

interface Waiter extends Placed {
  readonly callback: () => void
}

/** Who waits for each signal. */
const waiting = new WeakMap<AbortSignal, PlacedList<Waiter>>()

/**
 * Calls `callback` when the signal aborts, unless the returned function is called first. For signals that live long and are
 * waited for by each call.
 *
 * Of those the platform would keep a list in which a removed listener still points to the next one: one that reaches the old
 * generation of the heap takes all later ones there, each with all that it refers to, until the next full collection. Answers of 24 KB were kept that way.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const waiters = waiting.get(signal) ?? listen(signal)
  const waiter = { callback, place: 0 }
  waiters.add(waiter)
  return () => void waiters.delete(waiter)
}

function listen(signal: AbortSignal): PlacedList<Waiter> {
  const waiters = new PlacedList<Waiter>()
  waiting.set(signal, waiters)
  signal.addEventListener('abort', () => {
    const inTurn = waiters.all()
    for (const waiter of inTurn) if (waiters.has(waiter)) waiter.callback()
    for (const waiter of inTurn) waiters.delete(waiter)
  })
  return waiters
}
