import type { Instance } from '../../cloud/compute.ts'
import type { JobEnd } from '../action.ts'
import { byGroup } from '../drain/server-group.ts'
import { afterFailure } from './api-failure.ts'
import { buy } from './buy.ts'
import { candidatesOf, describeCandidate } from './candidate.ts'
import { decide } from './decide.ts'
import { drive } from './drive.ts'
import type { Plan } from './plan.ts'
import { remember } from './remember.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import { type Deciding, FIRST_PURCHASE } from './replace-state.ts'
import { findReplacements } from './replacement.ts'

/**
 * The first run for a notice, and every run for it until ECS tells what the instance is: decides, then buys and remembers
 * the server groups at the same time. The drain beside this action is about to empty them.
 */
export async function decideAndBuy(plan: Plan, state: Deciding, context: ReplaceContext): Promise<JobEnd> {
  const { job, record } = context
  const decided = await decide(context)
  if (job.signal.aborted) return 'again'
  switch (decided.kind) {
    case 'refuse': {
      const { reason, detail = '' } = decided
      return await drive({ plan, state }, context, { kind: 'stop', decision: 'skipped', reason, detail })
    }
    case 'unknown':
      return await drive({ plan, state }, context, afterFailure(decided.outcome))
    case 'replace': {
      const wanted = { ...plan, inherited: decided.inherited }
      if (job.dryRun) return await foretell(wanted, decided.old, context)
      const content = { inherited: decided.inherited }
      record({ step: 'intent-0', decision: 'intent', reason: 'interrupted', content })
      const [remembered, observation] = await Promise.all([
        remember(wanted, decided.old, context),
        buy(wanted, FIRST_PURCHASE, context)
      ])
      return await drive({ plan: remembered, state: FIRST_PURCHASE }, context, observation)
    }
    default: {
      const never: never = decided
      return never
    }
  }
}

/** The dry run: reads what can be read, and records what would be bought and where it would be added. */
async function foretell(plan: Plan, old: Instance | undefined, context: ReplaceContext): Promise<JobEnd> {
  const { compute, loss, config, record, job } = context
  const [{ memberships }, found] = await Promise.all([
    remember(plan, old, context),
    findReplacements(compute, loss, limitsOf(context))
  ])
  if (job.signal.aborted) return 'again'
  const [existing] = found.kind === 'done' ? found.value : []
  const [candidate] = candidatesOf(config.replace)
  const content = {
    oldInstanceId: job.instanceId,
    groups: byGroup(memberships).map(({ group }) => group.groupId),
    candidate: candidate === undefined ? '' : describeCandidate(candidate),
    launchTemplate: config.replace.launchTemplate
  }
  const target = existing === undefined ? {} : { target: existing.instanceId }
  record({ step: 'replaced', decision: 'would_do', reason: 'replaced', content, ...target })
  return 'settled'
}
