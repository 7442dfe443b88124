import { createFleet } from './fleet.ts'
import { type FleetOptions, NO_NOISE } from './options.ts'

const EVENTS_PER_LIFE = 12
const MAX_SIZE = 10_000
const CHUNK = 256
const RECOVER_AFTER_MS = 3_600_000

/** A fleet's options, and how many messages to take from it. */
export interface GenerateOptions extends Omit<FleetOptions, 'keepHistory' | 'live'> {
  /** Messages to make, duplicates and strangers included where `noise` asks for them. */
  readonly count: number
}

/**
 * Exactly `count` message bodies of a fleet's lives, in the order of sending, without keeping them. Unless `noise` says
 * otherwise every body is another event. The fleet's size follows the count, so that the bodies span about three
 * hours of virtual time from `startMs` on; beyond 120,000 of them the span grows with their number.
 */
export function* generateEvents({ count, noise, ...options }: GenerateOptions): Generator<string, void, undefined> {
  const fleet = createFleet({
    size: Math.min(MAX_SIZE, Math.max(4, Math.round(count / EVENTS_PER_LIFE))),
    recoverAfterMs: RECOVER_AFTER_MS,
    ...options,
    noise: { ...NO_NOISE, ...noise },
    keepHistory: false
  })
  let made = 0
  while (made < count) {
    const messages = fleet.advance(Number.POSITIVE_INFINITY, Math.min(CHUNK, count - made))
    if (messages.length === 0) {
      throw new RangeError(`Cannot make ${count} events: a fleet of these options is silent after ${made}`)
    }
    for (const { body } of messages) yield body
    made += messages.length
  }
}
