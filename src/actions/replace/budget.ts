import type { ApiFailure } from '../../cloud/api-outcome.ts'
import { HOUR } from '../../config/units.ts'
import type { JournalEntry } from '../journal.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import { REPLACES_TAG, ROLE_REPLACEMENT, ROLE_TAG } from './tags.ts'

export type Budget =
  | { readonly kind: 'free' }
  | { readonly kind: 'used-up'; readonly used: number }
  | { readonly kind: 'failed'; readonly outcome: ApiFailure }

/** One purchase that a notice calls for: the first (0), or one more after a replacement that was lost. */
export interface WantedPurchase {
  readonly causedBy: string
  readonly generation: number
}

/**
 * Whether `maxPerHour` allows this purchase: how many others of the last hour, this notice's own earlier ones among them, have
 * an older intent. Asked before the first intent of it is written and again before it is made, so that of purchases that are
 * wanted at once those with the oldest intents win, on whatever replica.
 *
 * While the logstore can't be asked, other replicas' records are missing: then the replacements that exist are counted too,
 * by their tag and age, whatever they were bought for, and the notice's own as its follow-up tells.
 */
export async function askBudget(
  { config, journal, job, clock, compute }: ReplaceContext,
  generation: number
): Promise<Budget> {
  const max = config.replace.maxPerHour
  const sinceMs = clock.now() - HOUR
  const { entries, complete } = await journal.intents({ action: 'replace', sinceMs })
  const own = complete ? 0 : generation
  let used = Math.max(own, countAhead(entries, { causedBy: job.causedBy, generation }))
  if (!complete && used < max) {
    const found = await compute.findByTags({ [ROLE_TAG]: ROLE_REPLACEMENT }, limitsOf({ job, clock }))
    if (found.kind !== 'done') return found.kind === 'already' ? { kind: 'free' } : { kind: 'failed', outcome: found }
    const others = found.value.filter(({ createdMs = 0, tags }) => {
      return createdMs >= sinceMs && tags[REPLACES_TAG] !== job.instanceId
    })
    used = Math.max(used, others.length + own)
  }
  return used < max ? { kind: 'free' } : { kind: 'used-up', used }
}

/**
 * Distinct purchases that go before one: its notice's own earlier ones, and those of other notices with an intent older than
 * its first one; all of them when it has none yet.
 */
export function countAhead(intents: readonly JournalEntry[], { causedBy, generation }: WantedPurchase): number {
  const first = new Map<string, WantedPurchase & { readonly atMs: number }>()
  for (const { causedBy: by, content, atMs } of intents) {
    const wanted = { causedBy: by, generation: generationOf(content), atMs }
    const known = first.get(keyOf(wanted))
    if (known === undefined || atMs < known.atMs) first.set(keyOf(wanted), wanted)
  }
  const own = first.get(keyOf({ causedBy, generation }))
  return [...first.values()].filter((other) => {
    if (other.causedBy === causedBy) return other.generation < generation
    if (own === undefined || other.atMs < own.atMs) return true
    return other.atMs === own.atMs && other.causedBy < causedBy
  }).length
}

function keyOf({ causedBy, generation }: WantedPurchase): string {
  return `${generation} ${causedBy}`
}

/** The first intent of a notice tells none. */
function generationOf({ generation }: JournalEntry['content']): number {
  return typeof generation === 'number' ? generation : 0
}
