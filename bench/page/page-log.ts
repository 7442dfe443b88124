import { actionLog } from '../../test/audit/support/action-log.ts'
import { fleetLog } from '../../test/audit/support/fleet-log.ts'
import { logOf, type StoredRecord } from '../../test/audit/support/log-variants.ts'
import { snapshotArrivals, snapshotsOf } from '../../test/audit/support/snapshots.ts'

/** A log for the page, the moment at which it is looked at, and an instance of it. */
export interface PageLog {
  readonly records: readonly StoredRecord[]
  readonly untilMs: number
  readonly instanceId: string
}

const PROBE_SIZE = 40

/**
 * Two weeks of a fleet with so many events, 5 % of them twice, with snapshots of its instances and what was done about them. The
 * same number gives the same log.
 */
export function pageLog(events: number): PageLog {
  const actions = actionLog(1)
  const { untilMs } = actions
  const probe = fleetLog({ seed: 1, size: PROBE_SIZE, endMs: untilMs }).arrivals.length
  const size = Math.ceil((events / probe) * PROBE_SIZE * 1.05)
  const fleet = fleetLog({ seed: 1, size, endMs: untilMs })
  if (fleet.arrivals.length < events) throw new Error(`The fleet sent only ${fleet.arrivals.length} events.`)
  const snapshots = snapshotArrivals(snapshotsOf(fleet))
  // The latest ones: what the page shows first.
  const arrivals = [...fleet.arrivals.slice(-events), ...actions.arrivals, ...snapshots]
  const longest = [...fleet.lives.values()].sort((a, b) => b.events.length - a.events.length)[0]
  return { records: logOf(arrivals, 'duplicates', 1), untilMs, instanceId: longest?.truth.instanceId ?? '' }
}
