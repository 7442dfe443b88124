import type { JournalEntry } from '../journal.ts'
import { membershipsOf } from './memberships-of.ts'
import { byGroup, type ServerGroup } from './server-group.ts'

/** What earlier runs of an instance's drain left behind, by its journal. */
export interface EarlierRuns {
  /** Groups in which something was begun, and whose end nobody wrote down: the process was stopped in between. */
  readonly unfinished: readonly ServerGroup[]
  /** Whether anything was begun. */
  readonly begun: boolean
  /** Whether the run of this very event got to its end. */
  readonly summedUp: boolean
}

/** @param causedBy the event of the run that asks */
export function earlierRuns(entries: readonly JournalEntry[], causedBy: string): EarlierRuns {
  const drain = entries.filter(({ action }) => action === 'drain')
  const intents = drain.filter(({ decision }) => decision === 'intent')
  const ended = new Set(drain.filter(({ step }) => step.startsWith('remove/')).map(keyOf))
  return {
    unfinished: byGroup(membershipsOf(intents.filter((intent) => !ended.has(keyOf(intent))))),
    begun: intents.length > 0,
    summedUp: drain.some((entry) => entry.step === SUMMARY_STEP && entry.causedBy === causedBy)
  }
}

/** The step of the record that tells how the whole drain ended. */
export const SUMMARY_STEP = 'drained'

/** How the step of an intent begins that found every weight at 0: it does not know what they were before. */
export const INTENT_AGAIN = 'intent-again'

function keyOf({ causedBy, target }: JournalEntry): string {
  return `${causedBy} ${target}`
}
