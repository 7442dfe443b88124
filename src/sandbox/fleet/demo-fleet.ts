import { createFleet, type Fleet } from './fleet.ts'
import type { Noise } from './options.ts'

/** What may be chosen about the demo's fleet. */
export interface DemoFleetOptions {
  readonly seed: number
  /** The wall clock, epoch ms: where history ends and the lively part begins. */
  readonly nowMs: number
  /** Instances alive. Default 12; with fewer than 8 a round of the story may lack a fitting instance. */
  readonly size?: number
  /** Past that the fleet already has, at the real service's pace, ms. Default 3 h; 0 for none. */
  readonly historyMs?: number
  /** How many times faster than in the real service lives go by from `nowMs` on. Default 30: notice comes 10 s ahead. */
  readonly pace?: number
  /** Rates to change; late messages and garbage are off. */
  readonly noise?: Partial<Noise>
}

const STORY_EVERY_MS = 20_000
const RECOVER_AFTER_MS = 20 * 60_000

/**
 * A fleet to look at: some hours of history, then a life so lively that any 20 seconds show a creation, a stop, a crash,
 * an interruption notice with the release that follows, and a release by the owner. Its times are wall clock times: run it
 * with `runFleet` at speed Infinity, which sends the history at once and goes on at real pace. It keeps no history of
 * its own, so that it can run for ever.
 */
export function createDemoFleet(options: DemoFleetOptions): Fleet {
  const { seed, nowMs, size = 12, historyMs = 3 * 3_600_000, pace = 30, noise = {} } = options
  return createFleet({
    seed,
    size,
    startMs: nowMs - historyMs,
    pace: historyMs > 0 ? 1 : pace,
    live: { fromMs: nowMs, pace, storyEveryMs: STORY_EVERY_MS },
    spotShare: 0.6,
    recoverAfterMs: RECOVER_AFTER_MS,
    noise: { lateRate: 0, reorderMs: 3_000, ...noise },
    keepHistory: false
  })
}
