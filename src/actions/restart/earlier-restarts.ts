import type { Job } from '../action.ts'
import type { JournalAnswer } from '../journal.ts'
import type { RestartContext } from './restart-parts.ts'

const HOUR_MS = 60 * 60_000

/** What the journal holds of this instance's restarts, as far back as budgets and episodes reach. */
export function earlierRestarts(
  { config, clock, journal }: Pick<RestartContext, 'config' | 'clock' | 'journal'>,
  { instanceId }: Pick<Job, 'instanceId'>
): Promise<JournalAnswer> {
  const sinceMs = clock.now() - Math.max(HOUR_MS, config.restart.deadline)
  return journal.ofInstance({ action: 'restart', instanceId, sinceMs })
}
