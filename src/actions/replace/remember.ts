import type { Membership } from '../../cloud/balancing.ts'
import type { Instance } from '../../cloud/compute.ts'
import { HOUR } from '../../config/units.ts'
import { INTENT_AGAIN } from '../drain/earlier-runs.ts'
import { identityOf } from '../drain/instance-sight.ts'
import { membershipsOf } from '../drain/memberships-of.ts'
import { namedGroups } from '../drain/named-groups.ts'
import { searchedAll } from '../drain/searched-all.ts'
import { membershipKey } from '../drain/server-group.ts'
import type { JournalAnswer, JournalEntry } from '../journal.ts'
import { MAX_MEMBERSHIPS, type Plan, withMemberships } from './plan.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'

/** How long the server groups may take to answer, ms. */
const FIND_MS = 15_000

/**
 * Adds the server groups of the interrupted instance to the plan. To be called as early as possible, and again while not
 * every group has answered: the drain beside this action sets the weights to 0 and then removes the entries. What it did so
 * already, its own records tell.
 *
 * @param old the instance; undefined when it is gone. Then entries by its id may be left, but nobody can tell any more what
 *   else there was: only a drain that had found everything tells
 */
export async function remember(plan: Plan, old: Instance | undefined, context: ReplaceContext): Promise<Plan> {
  const [found, drained] = await Promise.all([find(plan, old, context), drainRecords(context)])
  const known = withMemberships(withMemberships(plan, membershipsOf(drained.entries)), found.memberships)
  if (known.memberships.length === MAX_MEMBERSHIPS) {
    const told = { instanceId: context.job.instanceId, max: MAX_MEMBERSHIPS }
    context.log.error(told, 'the replacement is added to the first entries only: look after the others')
  }
  const isUnknown = !drained.complete && mayBeEmptied(known, context)
  const missed = old === undefined ? !(drained.complete && searchedAll(drained.entries)) : found.missed || isUnknown
  return { ...known, missed }
}

/** Adds what the drain's records tell by now: some were not in the logstore yet, or could not be read. */
export async function rememberDrained(plan: Plan, context: ReplaceContext): Promise<Plan> {
  return withMemberships(plan, membershipsOf((await drainRecords(context)).entries))
}

/**
 * Whether a drain may have removed everything before it was looked for, so that "in no group" says nothing without its records.
 * It waits for the grace period before it removes, less only where that would come too late.
 */
function mayBeEmptied({ memberships, noticeMs }: Plan, { config, clock }: ReplaceContext): boolean {
  const { enabled, grace, notice, reserve } = config.drain
  if (!enabled || memberships.some(({ group }) => group.role !== 'primary-secondary')) return false
  return clock.now() - noticeMs >= Math.min(grace, notice - reserve)
}

async function find(
  { inherited }: Plan,
  old: Instance | undefined,
  context: ReplaceContext
): Promise<{ readonly memberships: readonly Membership[]; readonly missed: boolean }> {
  const { config, balancing, job } = context
  const groups = namedGroups(config.drain, { tags: old?.tags ?? inherited })
  const instance = old ?? identityOf(job.instanceId, { kind: 'gone' })
  const { memberships, missed } = await balancing.find(instance, groups, limitsOf(context, FIND_MS))
  return { memberships, missed: missed.some(({ lasting }) => lasting !== true) }
}

/** The records of the instance's drain, by whatever notice. */
export async function drainRecords({ journal, job, loss }: ReplaceContext): Promise<JournalAnswer> {
  const query = { action: 'drain', instanceId: job.instanceId, sinceMs: loss.noticeMs - HOUR / 2 }
  return await journal.ofInstance(query)
}

/**
 * The weight that an entry had before it was found with 0: as the drain wrote it down; else 100 where a drain runs beside
 * this action, for it must have been quicker; else 0, for a person must have set it.
 *
 * A drain that found 0 too was not the first: what the first one wrote may be lost with its process, or not be in the
 * logstore yet.
 */
export function weightBefore(
  drained: readonly JournalEntry[],
  drainEnabled: boolean
): (membership: Membership) => number {
  const first = drained.filter(({ step }) => !step.startsWith(INTENT_AGAIN))
  const weights = new Map(membershipsOf(first).map((known) => [membershipKey(known), known.backend.weight]))
  return (membership) => weights.get(membershipKey(membership)) ?? (drainEnabled ? 100 : 0)
}
