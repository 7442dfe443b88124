import type { ActionsConfig } from '../../config/actions-schema.ts'
import type { JournalAnswer, JournalEntry } from '../journal.ts'
import { intentState, isIntent } from './restart-intents.ts'
import type { RestartRefusal } from './restart-refusal.ts'

const HOUR_MS = 60 * 60_000

/** Fewer stops than this are no storm of a share of the fleet. */
export const STORM_SHARE_FROM = 5

/** How many instances stopped of late, and out of how many. */
export interface Stops {
  /** In all regions. */
  readonly count: number
  /** Number of instances in the instance's region; undefined: not asked, or not known. It matters only from five stops on. */
  readonly fleetSize: number | undefined
  /** Those of the instance's own region, which the share is of. */
  readonly inRegion: number
}

/** Whether too many instances stopped at once to go on restarting them one by one. */
export function stormRefusal(storm: ActionsConfig['restart']['storm'], stops: Stops): RestartRefusal | undefined {
  const { count, inRegion, fleetSize } = stops
  if (count > storm.stops) return { reason: 'storm-count', detail: `${count} instances stopped within the window.` }
  if (inRegion < STORM_SHARE_FROM || fleetSize === undefined || inRegion * 100 <= storm.percent * fleetSize)
    return undefined
  return {
    reason: 'storm-percent',
    detail: `${inRegion} of ${fleetSize} instances of the region stopped within the window.`
  }
}

/** True when a share of the fleet would decide, but its size is not known. */
export function stormUnknown({ inRegion, fleetSize }: Stops): boolean {
  return inRegion >= STORM_SHARE_FROM && fleetSize === undefined
}

/**
 * Attempts to start one instance within the last hour, each counted once, but for the one that is taken up again. An
 * attempt counts from its intent on, unless that was withdrawn, and as long as its start is not an hour old, which may have
 * come much later.
 */
export function startsWithinHour(
  { entries }: JournalAnswer,
  { nowMs, except }: { nowMs: number; except: { causedBy: string; attempt: number } | undefined }
): number {
  const isCarriedOut = (entry: JournalEntry) => isIntent(entry) && intentState(entry, entries, nowMs) !== 'withdrawn'
  const recent = entries.filter(
    (entry) => nowMs - entry.atMs < HOUR_MS && (isCarriedOut(entry) || entry.step.startsWith('start-'))
  )
  const attempts = new Set(recent.map(({ causedBy, attempt }) => `${attempt} ${causedBy}`))
  if (except !== undefined) attempts.delete(`${except.attempt} ${except.causedBy}`)
  return attempts.size
}
