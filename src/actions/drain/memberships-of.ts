import type { Membership } from '../../cloud/balancing.ts'
import type { JournalEntry } from '../journal.ts'
import { groupOf } from './group-content.ts'
import { membershipKey } from './server-group.ts'

/**
 * The entries that an instance had before its drain, out of the journal's records of it (`ofInstance` or `ofEvent`): the
 * groups, ports and weights that a replacement gets. What several records tell of has the weight it had before it got 0.
 */
export function membershipsOf(entries: readonly JournalEntry[]): Membership[] {
  const memberships = new Map<string, Membership>()
  for (const entry of entries) {
    const part = entry.action === 'drain' && entry.decision === 'intent' ? groupOf(entry) : undefined
    for (const backend of part?.backends ?? []) {
      if (part === undefined) break
      const key = membershipKey({ group: part.group, backend })
      const weight = Math.max(backend.weight, memberships.get(key)?.backend.weight ?? 0)
      memberships.set(key, { group: part.group, backend: { ...backend, weight } })
    }
  }
  return [...memberships.values()]
}
