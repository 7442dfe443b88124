import { z } from 'zod'
import type { JournalEntry } from '../journal.ts'

/**
 * Whether a drain found every entry of its instance, by the record that sums it up: it knew the instance's network interfaces and
 * addresses, and every load balancer that it may ask had answered. Its intents then tell all the groups there were.
 */
export function searchedAll(entries: readonly JournalEntry[]): boolean {
  return entries.some(({ action, decision, content }) => {
    const search = action === 'drain' ? SEARCH.safeParse(content) : undefined
    if (search?.success !== true) return false
    // One that gave a group up may have missed others too; what may never be asked makes no drain give up.
    return search.data.missed === 0 || decision !== 'gave_up'
  })
}

const SEARCH = z.object({ instance: z.literal('described'), missed: z.number() })
