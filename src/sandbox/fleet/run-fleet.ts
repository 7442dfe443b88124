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
}

const BATCH = 16
/** The wall clock may jump: it is looked at this often even when nothing is due, ms. */
const LONGEST_REST_MS = 1_000

/**
 * Lets a fleet live in real time and sends its messages, until the signal aborts. Virtual time runs at `speed` from
 * where the fleet stands, but never past the wall clock: no event lies in the future, and a fleet that has caught up goes
 * on at real pace. A command takes place at the wall clock's time, and its messages are sent when they are due. One batch
 * is under way at a time; while the queue is slow, virtual time waits.
 */
export async function runFleet(fleet: Fleet, options: RunFleetOptions): Promise<void> {
  const { send, clock, speed = 1, signal } = options
  const time = new VirtualTime(clock, speed, fleet.nowMs)
  const rest = new Rest(clock)
  const waiting: string[] = []
  let sending = false
  const advance = (untilMs: number, limit?: number) => fleet.advance(untilMs, limit).map(({ body }) => body)
  const sendDue = async (): Promise<void> => {
    const untilMs = time.reached()
    for (let full = true; full && !signal.aborted; ) {
      const bodies = waiting.splice(0, BATCH)
      bodies.push(...advance(untilMs, BATCH - bodies.length))
      if (bodies.length > 0) await send(bodies)
      full = bodies.length === BATCH
    }
  }
  const unwatch = fleet.watch({
    beforeCommand: () => {
      if (!sending) waiting.push(...advance(time.reached()))
    },
    afterCommand: () => rest.end()
  })
  const onAbort = (): void => rest.end()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      sending = true
      await sendDue()
      sending = false
      if (!signal.aborted) await rest.take(Math.min(LONGEST_REST_MS, time.until(fleet.nextMs)))
    }
  } finally {
    unwatch()
    signal.removeEventListener('abort', onAbort)
  }
}

/** Virtual time against the wall clock. */
class VirtualTime {
  readonly #clock: Clock
  readonly #speed: number
  #reachedMs: number
  #readAtMs: number

  constructor(clock: Clock, speed: number, startMs: number) {
    this.#clock = clock
    this.#speed = speed
    this.#reachedMs = startMs
    this.#readAtMs = clock.elapsed()
  }

  /** How far virtual time may have gone by now, epoch ms. */
  reached(): number {
    const elapsedMs = this.#clock.elapsed() - this.#readAtMs
    this.#readAtMs += elapsedMs
    this.#reachedMs = Math.min(this.#clock.now(), this.#reachedMs + (elapsedMs > 0 ? elapsedMs * this.#speed : 0))
    return this.#reachedMs
  }

  /** Real ms until virtual time gets to a moment; at least 1, so that a timer that fires early makes no hot loop. */
  until(virtualMs: number): number {
    if (virtualMs === Number.POSITIVE_INFINITY) return virtualMs
    return Math.max(1, virtualMs - this.#clock.now(), (virtualMs - this.#reachedMs) / this.#speed)
  }
}

/** A wait that can be cut short. */
class Rest {
  readonly #clock: Clock
  #end: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  take(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, () => this.end())
      this.#end = () => {
        cancel()
        resolve()
      }
    })
  }

  end(): void {
    this.#end?.()
    this.#end = undefined
  }
}
