import { isSameBackend } from '../../cloud/balancers/group-service.ts'
import type { Backend, GroupRef } from '../../cloud/balancing.ts'
import { describeFault } from '../../cloud/fault.ts'
import { byGroup, type ServerGroup } from '../drain/server-group.ts'
import { afterFailure } from './api-failure.ts'
import { newEntries } from './new-entries.ts'
import type { Plan } from './plan.ts'
import { drainRecords, weightBefore } from './remember.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import type { Attaching, Observation } from './replace-state.ts'
import { isLost } from './replacement.ts'

/** Adding to one group may take this long with its retries, ms: a busy load balancer passes, an outage waits outside. */
const ADD_MS = 20_000

/** How adding to one group ended. */
type GroupResult = 'attached' | 'not-yet' | 'refused'

/**
 * Adds the replacement to every server group of the old instance, and reads that it is there. Safe to do again: what is
 * there is left as it is. A group that is gone, or that can't be changed, is recorded and holds nothing up.
 */
export async function attach(plan: Plan, { replacement }: Attaching, context: ReplaceContext): Promise<Observation> {
  const [answer, drained] = await Promise.all([
    context.compute.describe(replacement.instanceId, limitsOf(context)),
    drainRecords(context)
  ])
  if (answer.kind === 'already') return { kind: 'later', why: 'not-attached' }
  if (answer.kind !== 'done') return afterFailure(answer)
  if (answer.value === undefined || isLost(answer.value)) return { kind: 'gone', replacement }
  const entries = newEntries(
    plan.memberships,
    answer.value,
    weightBefore(drained.entries, context.config.drain.enabled)
  )
  if (entries === undefined) {
    return { kind: 'later', why: 'not-attached', detail: 'ECS tells no network interface or address of it yet.' }
  }
  const groups = byGroup(entries)
  const results = await Promise.all(groups.map((part) => addToGroup(part, replacement.instanceId, context)))
  if (results.includes('not-yet')) return { kind: 'later', why: 'not-attached' }
  if (plan.missed) return { kind: 'later', why: 'not-attached', detail: 'Nobody could tell all its server groups.' }
  const refused = groups.filter((_, at) => results[at] === 'refused').map(({ group }) => group.groupId)
  if (refused.length > 0 && !results.includes('attached')) {
    return { kind: 'stop', decision: 'gave_up', reason: 'not-attached', detail: `Refused by ${refused.join(', ')}.` }
  }
  return { kind: 'attached', replacement, refused }
}

async function addToGroup(part: ServerGroup, target: string, context: ReplaceContext): Promise<GroupResult> {
  const { group, backends } = part
  const { balancing, record } = context
  const step = `attach/${group.role === 'default' ? 'default/' : ''}${group.groupId}`
  const told = { step, target: group.groupId, content: { instanceId: target, kind: group.kind, backends } }
  if (group.role === 'primary-secondary') {
    record({ ...told, decision: 'skipped', reason: 'primary-secondary' })
    return 'attached'
  }
  const outcome = await balancing.add(group, backends, limitsOf(context, ADD_MS))
  const there = await isThere(group, backends, context)
  if (there === 'no-group') {
    record({ ...told, decision: 'skipped', reason: 'group-gone' })
    return 'attached'
  }
  if (there === 'yes') {
    record({ ...told, decision: 'done', reason: 'attached' })
    return 'attached'
  }
  // A server that does not run yet, as CLB sees it.
  if (outcome.kind !== 'refused' || /ObtainIpFail/i.test(outcome.fault.code)) return 'not-yet'
  const detail = describeFault(outcome.fault)
  record({ ...told, step: `${step}/refused`, decision: 'failed', reason: 'refused', detail })
  return 'refused'
}

async function isThere(
  group: GroupRef,
  wanted: readonly Backend[],
  context: ReplaceContext
): Promise<'yes' | 'no' | 'no-group'> {
  const answer = await context.balancing.backends(group, limitsOf(context))
  if (answer.kind === 'already') return 'no-group'
  if (answer.kind !== 'done') return 'no'
  return wanted.every((entry) => answer.value.some((other) => isSameBackend(entry, other))) ? 'yes' : 'no'
}
