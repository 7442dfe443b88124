import type { LogRecord } from '../../../src/logstore/sink.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'

/** Something that is recorded. What its record says of its delivery depends on when it arrives. */
export interface Arrival {
  /** When it arrives unless something delays it, epoch ms. */
  readonly atMs: number
  /** Its record when it arrives at a moment, epoch ms. `copy`: 1 for the first time, 2 for the first repetition. */
  record(receivedMs: number, copy: number): LogRecord
}

/** A record, and when the logstore gets it, epoch ms. */
export interface StoredRecord {
  readonly record: LogRecord
  readonly storedMs: number
}

/**
 * What the way to the logstore may do to one and the same history.
 * - `as-sent`: each record once, in the order of arrival
 * - `duplicates`: 5 % come again within a day, some of them a third time
 * - `reordered`: every second one is up to half an hour late
 * - `late`: 5 % come after up to three days, 1 % after six to eight: their logs' own time is that of their arrival
 * - `everything`: all of it at once
 */
export const VARIANTS = ['as-sent', 'duplicates', 'reordered', 'late', 'everything'] as const
export type Variant = (typeof VARIANTS)[number]

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** How late anything may be: what a window of time must include after the last happening, ms. */
export const LATEST_MS = 11 * DAY

/** The log that a history leaves behind, in the order of storing. The same seed gives the same log. */
export function logOf(arrivals: readonly Arrival[], variant: Variant, seed: number): StoredRecord[] {
  const all = variant === 'everything'
  const chance = seededRandom(seed)
  const drawMs = (mostMs: number): number => Math.floor(chance() * mostMs)
  const delayMs = (): number => {
    const share = chance()
    if ((all || variant === 'late') && share < 0.01) return 6 * DAY + drawMs(2 * DAY)
    if ((all || variant === 'late') && share < 0.06) return drawMs(3 * DAY)
    return (all || variant === 'reordered') && share > 0.5 ? drawMs(30 * MINUTE) : 0
  }
  const stored = arrivals.flatMap((arrival) => {
    const times = [arrival.atMs + delayMs()]
    const repeats = all || variant === 'duplicates'
    while (repeats && times.length < 4 && chance() < 0.05) times.push((times.at(-1) ?? 0) + 1 + drawMs(DAY))
    return times.map((storedMs, index) => ({ record: arrival.record(storedMs, index + 1), storedMs }))
  })
  return stored.sort((a, b) => a.storedMs - b.storedMs)
}
