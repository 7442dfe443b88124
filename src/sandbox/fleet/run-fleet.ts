import type { Clock } from '../../lib/clock.ts'
import type { Fleet } from './fleet.ts'

/** Where to, how fast and how long. */
export interface RunFleetOptions {
  /** Puts bodies on the queue, in this order; at most 16, a batch of SendMessage. What it rejects with ends the run. */
  readonly send: (bodies: string[]) => Promise<void>
  readonly clock: Clock
  /** Virtual ms per real ms while the fleet is behind the wall clock. Default 1; Infinity: catch up at once. */
  readonly speed?: number
  /** Ends the run. */
  readonly signal: AbortSignal
  /** How often messages that came due are sent, real ms. Default 100. */
  readonly tickMs?: number
}

const BATCH = 16

/**
 * Lets a fleet live in real time and sends its messages, until the signal aborts. Virtual time runs at `speed` from
 * where the fleet stands, but never past the wall clock: no event lies in the future, and a fleet that has caught up goes
 * on at real pace. One batch is under way at a time; while the queue is slow, virtual time waits.
 */
export async function runFleet(fleet: Fleet, options: RunFleetOptions): Promise<void> {
  const { send, clock, speed = 1, signal, tickMs = 100 } = options
  let reachedMs = fleet.nowMs
  let readAtMs = clock.elapsed()
  while (!signal.aborted) {
    const elapsedMs = clock.elapsed() - readAtMs
    readAtMs += elapsedMs
    reachedMs = Math.min(clock.now(), reachedMs + (elapsedMs > 0 ? elapsedMs * speed : 0))
    while (!signal.aborted) {
      const messages = fleet.advance(reachedMs, BATCH)
      if (messages.length > 0) await send(messages.map(({ body }) => body))
      if (messages.length < BATCH) break
    }
    await clock.sleep(tickMs, signal).catch((fault: unknown) => {
      if (!signal.aborted) throw fault
    })
  }
}
