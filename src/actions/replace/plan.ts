import { z } from 'zod'
import type { Membership } from '../../cloud/balancing.ts'
import { membershipKey } from '../drain/server-group.ts'
import { storedBackend, storedGroup } from '../drain/stored-membership.ts'

/** What was remembered of the interrupted instance while it was there. It travels in every follow-up. */
export interface Plan {
  /** Time of the notice, epoch ms. */
  readonly noticeMs: number
  /** When nothing is waited for any more, epoch ms. */
  readonly deadlineMs: number
  /** Tags that the replacement gets too. */
  readonly inherited: Readonly<Record<string, string>>
  /** The entries to give to the replacement; a weight of 0 is as it was found, perhaps set by a drain. */
  readonly memberships: readonly Membership[]
  /** There may be more: not every server group, nor the drain's records of what it removed, could be asked. */
  readonly missed: boolean
}

/** As many entries as a queue message of 48 KB holds with room to spare. */
export const MAX_MEMBERSHIPS = 100
/** As long as the services allow a description to be, and shorter than they allow: entries must fit into a message. */
const MAX_DESCRIPTION = 80

/** The plan with more entries; of one that is known, the larger weight. At most `MAX_MEMBERSHIPS`. */
export function withMemberships(plan: Plan, found: readonly Membership[]): Plan {
  const merged = new Map(plan.memberships.map((membership) => [membershipKey(membership), membership]))
  for (const { group, backend } of found) {
    const known = merged.get(membershipKey({ group, backend }))
    const weight = Math.max(backend.weight, known?.backend.weight ?? 0)
    const description = backend.description.slice(0, MAX_DESCRIPTION)
    merged.set(membershipKey({ group, backend }), { group, backend: { ...backend, weight, description } })
  }
  return { ...plan, memberships: [...merged.values()].slice(0, MAX_MEMBERSHIPS) }
}

/** The plan as a follow-up's JSON holds it. */
export const planSchema: z.ZodType<Plan> = z.object({
  noticeMs: z.number(),
  deadlineMs: z.number(),
  inherited: z.record(z.string(), z.string()),
  memberships: z.array(z.object({ group: storedGroup, backend: storedBackend })).max(MAX_MEMBERSHIPS),
  missed: z.boolean()
})
