import { createFleet, type Fleet } from './fleet.ts'
import { EVENT_GAP_MS, type FleetOptions, NO_NOISE } from './options.ts'

/** What may be chosen about a quiet fleet: anything; `startMs`, and for a repeatable one `seed`, as the rest has defaults. */
export interface QuietFleetOptions extends Partial<Omit<FleetOptions, 'startMs'>> {
  readonly startMs: number
}

const NEVER = Number.POSITIVE_INFINITY

/**
 * A fleet without instances to which nothing happens but what it is told: each event is one message, in CloudMonitor's
 * own envelope, sent when it happens. With a pace, waits and the gap between two events shrink alike.
 */
export function createQuietFleet({ pace = 1, ...options }: QuietFleetOptions): Fleet {
  return createFleet({
    seed: 1,
    pace,
    size: 0,
    accounts: 1,
    regions: ['cn-hangzhou'],
    spotShare: 0,
    prepaidShare: 0,
    gapMs: Math.max(1, Math.round(EVENT_GAP_MS / pace)),
    transitMs: [0, 0],
    mishaps: { creationRate: 0, startRate: 0 },
    habits: { runningMs: NEVER, stoppedMs: NEVER },
    refillMs: NEVER,
    envelopes: { classic: 1 },
    noise: NO_NOISE,
    ...options
  })
}
