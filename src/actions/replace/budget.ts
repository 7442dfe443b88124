import type { ApiFailure } from '../../cloud/api-outcome.ts'
import { HOUR } from '../../config/units.ts'
import type { JournalEntry } from '../journal.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import { REPLACES_TAG, ROLE_REPLACEMENT, ROLE_TAG } from './tags.ts'

export type Budget =
  | { readonly kind: 'free' }
  | { readonly kind: 'used-up'; readonly used: number }
  | { readonly kind: 'failed'; readonly outcome: ApiFailure }

/**
 * Whether `maxPerHour` allows this replacement: how many other notices' intents of the last hour are older than its own.
 * Asked before the first intent is written and again before the purchase, so that of notices that come at once the oldest
 * intents win, on whatever replica.
 *
 * While the logstore can't be asked, other replicas' records are missing: then the replacements that exist are counted too,
 * by their tag and age, whatever they were bought for.
 */
export async function askBudget({ config, journal, job, clock, compute }: ReplaceContext): Promise<Budget> {
  const max = config.replace.maxPerHour
  const sinceMs = clock.now() - HOUR
  const { entries, complete } = await journal.intents({ action: 'replace', sinceMs })
  let used = countAhead(entries, job.causedBy)
  if (!complete && used < max) {
    const found = await compute.findByTags({ [ROLE_TAG]: ROLE_REPLACEMENT }, limitsOf({ job, clock }))
    if (found.kind !== 'done') return found.kind === 'already' ? { kind: 'free' } : { kind: 'failed', outcome: found }
    const recent = found.value.filter(({ createdMs = 0, tags }) => {
      return createdMs >= sinceMs && tags[REPLACES_TAG] !== job.instanceId
    })
    used = Math.max(used, recent.length)
  }
  return used < max ? { kind: 'free' } : { kind: 'used-up', used }
}

/** Distinct other events with an intent older than this event's own first one; all of them when it has none yet. */
export function countAhead(intents: readonly JournalEntry[], causedBy: string): number {
  const first = new Map<string, number>()
  for (const entry of intents) {
    first.set(entry.causedBy, Math.min(entry.atMs, first.get(entry.causedBy) ?? Number.POSITIVE_INFINITY))
  }
  const own = first.get(causedBy)
  return [...first].filter(([other, atMs]) => {
    if (other === causedBy) return false
    return own === undefined || atMs < own || (atMs === own && other < causedBy)
  }).length
}
