import type { World } from '../truth/facts.ts'
import { type FleetLog, fleetLog } from './fleet-log.ts'
import type { Arrival } from './log-variants.ts'
import { snapshotArrivals, snapshotsOf } from './snapshots.ts'

/** What is true, and what arrives of it. */
export interface ToldWorld extends World {
  readonly name: string
  readonly arrivals: readonly Arrival[]
  /** Beginning of the audit, epoch ms. */
  readonly fromMs: number
}

/** A history ends here, epoch ms. */
const END_MS = Date.UTC(2026, 9, 20, 7)
const SEEDS = [1, 2, 3]

/** Instances of each fleet: few for every run; `npm run test:audit` asks for 2,000, each fleet with logs of its own. */
const SIZE = Number(process.env['ECS_AUDIT_TEST_INSTANCES'] ?? 60)

/** The histories that the questions are asked about: three fleets, in one log where they are small. */
export function worlds(): ToldWorld[] {
  const logs = SEEDS.map((seed) => fleetLog({ seed, size: SIZE, endMs: END_MS }))
  return SIZE >= 1_000 ? logs.map((log) => worldOf([log])) : [worldOf(logs)]
}

function worldOf(logs: readonly FleetLog[]): ToldWorld {
  const snapshots = new Map(logs.flatMap((log) => [...snapshotsOf(log)]))
  const arrivals = [...logs.flatMap((log) => log.arrivals), ...snapshotArrivals(snapshots)]
  return {
    name: logs.map(({ seed }) => `seed ${seed}`).join(', '),
    lives: logs.flatMap((log) => [...log.lives.values()]),
    records: arrivals.map((arrival) => arrival.record(arrival.atMs, 1)),
    ...{ snapshots, arrivals, fromMs: logs[0]?.fromMs ?? 0, untilMs: END_MS }
  }
}
