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
  const fleet = fleetOf(events, untilMs)
  const snapshots = snapshotArrivals(snapshotsOf(fleet))
  // The latest ones: what the page shows first.
  const arrivals = [...fleet.arrivals.slice(-events), ...actions.arrivals, ...snapshots]
  const longest = [...fleet.lives.values()].sort((a, b) => b.events.length - a.events.length)[0]
  return { records: logOf(arrivals, 'duplicates', 1), untilMs, instanceId: longest?.truth.instanceId ?? '' }
}

/** A fleet that sent so many events. Their number grows unevenly with its size: a small one tells only about what is needed. */
function fleetOf(events: number, endMs: number): ReturnType<typeof fleetLog> {
  for (let size = PROBE_SIZE; ; ) {
    const fleet = fleetLog({ seed: 1, size, endMs })
    const sent = fleet.arrivals.length
    if (sent >= events) return fleet
    size = Math.ceil(size * Math.max(1.02, (events / sent) * 1.05))
  }
}
