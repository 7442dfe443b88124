import type { SeenEvent } from '../journal.ts'

/** How far back an event of an instance matters to a restart, ms. */
export const SEEN_EVENTS_MS = 30 * 60_000

/** A spot instance that was told to go is gone within this time; ECS gives five minutes' notice. */
const INTERRUPTION_MS = 10 * 60_000

/** What an instance's recent events say about touching it. */
export interface InstanceTroubles {
  /** An interruption notice came within the last 10 minutes. */
  readonly interrupted: boolean
  /** ECS is maintaining or recovering it: nobody else may restart it meanwhile (ECS documentation, "Automatic recovery"). */
  readonly maintenanceInFlight: boolean
}

/**
 * Sums up an instance's recent events. Of a maintenance or failure event only its newest status counts, and only
 * `Executing` is in flight: what is scheduled for tomorrow is no reason to leave an instance down today. One that has been
 * executing for half an hour is no longer believed: its end was lost.
 */
export function troublesOf(events: readonly SeenEvent[], nowMs: number): InstanceTroubles {
  const newest = new Map<string, SeenEvent>()
  for (const event of events) {
    const [type = '', name = ''] = event.name.split(':')
    const known = newest.get(`${type}:${name}`)
    if (known === undefined || known.atMs <= event.atMs) newest.set(`${type}:${name}`, event)
  }
  const interruption = newest.get('Instance:PreemptibleInstanceInterruption')
  return {
    interrupted: interruption !== undefined && nowMs - interruption.atMs <= INTERRUPTION_MS,
    maintenanceInFlight: [...newest].some(
      ([name, { status, atMs }]) => MAINTENANCE.test(name) && status === 'Executing' && nowMs - atMs <= SEEN_EVENTS_MS
    )
  }
}

const MAINTENANCE = /^Instance:(SystemMaintenance|SystemFailure|InstanceFailure|SystemUpgrade)\./
