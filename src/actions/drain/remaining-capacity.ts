import type { CallLimits } from '../../cloud/api-outcome.ts'
import type { Backend, Balancing, GroupRef } from '../../cloud/balancing.ts'
import { backendKey } from './server-group.ts'

/** What a group has beside the entries that leave it. */
export interface RemainingCapacity {
  /** Entries in the group, those that leave included. */
  readonly total: number
  /** Entries of others that take traffic: of a weight, and not known to be unhealthy. */
  readonly serving: number
}

/**
 * What serves once `leaving` is out. Undefined when the group could not be read. Where health can't be told, every entry
 * of a weight counts as serving.
 */
export async function remainingCapacity(
  balancing: Balancing,
  { group, leaving, limits }: { group: GroupRef; leaving: readonly Backend[]; limits: CallLimits }
): Promise<RemainingCapacity | undefined> {
  const [entries, checks] = await Promise.all([balancing.backends(group, limits), balancing.health(group, limits)])
  if (entries.kind !== 'done') return undefined
  const gone = new Set(leaving.map(backendKey))
  const unhealthy = new Set(
    checks.kind === 'done'
      ? checks.value.filter(({ health }) => health === 'unhealthy').map(({ backend }) => backendKey(backend))
      : []
  )
  const serving = entries.value.filter((entry) => {
    const key = backendKey(entry)
    return entry.weight > 0 && !gone.has(key) && !unhealthy.has(key)
  })
  return { total: entries.value.length, serving: serving.length }
}
