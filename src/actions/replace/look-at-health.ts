import { isSameBackend } from '../../cloud/balancers/group-service.ts'
import { describeFault } from '../../cloud/fault.ts'
import { byGroup, type ServerGroup } from '../drain/server-group.ts'
import { afterFailure } from './api-failure.ts'
import { newEntries } from './new-entries.ts'
import type { Plan } from './plan.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import type { Observation, Warming } from './replace-state.ts'
import { isLost } from './replacement.ts'

/**
 * One look whether the replacement is healthy in every server group that it was added to. An entry that nothing checks
 * counts as healthy, a group that is gone as no group.
 */
export async function lookAtHealth(
  plan: Plan,
  { replacement, refused }: Warming,
  context: ReplaceContext
): Promise<Observation> {
  const answer = await context.compute.describe(replacement.instanceId, limitsOf(context))
  if (answer.kind === 'already') return { kind: 'later', why: 'not-healthy' }
  if (answer.kind !== 'done') return afterFailure(answer)
  if (answer.value === undefined || isLost(answer.value)) return { kind: 'gone', replacement }
  const entries = newEntries(plan.memberships, answer.value, () => 0) ?? []
  const groups = byGroup(entries).filter(({ group }) => {
    return group.role !== 'primary-secondary' && !refused.includes(group.groupId)
  })
  const ailing = (await Promise.all(groups.map((part) => ailment(part, context)))).filter((text) => text !== undefined)
  if (ailing.length === 0) return { kind: 'healthy', replacement }
  return { kind: 'later', why: 'not-healthy', detail: `${ailing.slice(0, 5).join('; ')}.` }
}

/** What is not yet well in one group; undefined: nothing. */
async function ailment({ group, backends }: ServerGroup, context: ReplaceContext): Promise<string | undefined> {
  const answer = await context.balancing.health(group, limitsOf(context))
  if (answer.kind === 'already') return undefined
  if (answer.kind !== 'done') return `${group.groupId}: ${describeFault(answer.fault)}`
  const missing = backends.some((entry) => !answer.value.some(({ backend }) => isSameBackend(entry, backend)))
  if (missing) return `${group.groupId}: an entry is missing`
  const unhealthy = answer.value.some(({ backend, health }) => {
    return health === 'unhealthy' && backends.some((entry) => isSameBackend(entry, backend))
  })
  return unhealthy ? `${group.groupId}: not healthy` : undefined
}
