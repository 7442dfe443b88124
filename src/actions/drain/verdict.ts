import type { MatchConfig } from '../../config/actions-schema.ts'
import { matches } from '../policy/match.ts'
import { ownerReason } from '../policy/ownership.ts'
import type { DrainReason } from './drain-reasons.ts'
import type { Sighting } from './instance-sight.ts'

/** Whether an instance is to be drained; `undecided` while the rule asks for what only ECS can tell. */
export type Verdict =
  | { readonly kind: 'drain' }
  | { readonly kind: 'refuse'; readonly reason: DrainReason }
  | { readonly kind: 'undecided' }

/**
 * Decides by the rule and by what is known. An instance that ECS does not describe is drained all the same where the rule
 * asks for nothing more than its id and region: it is about to vanish, and being early does less harm than being late.
 */
export function judge(
  match: MatchConfig,
  subject: { readonly instanceId: string; readonly regionId: string },
  sighting: Sighting
): Verdict {
  const described = sighting.kind === 'described' ? sighting.instance : undefined
  const facts = described === undefined ? subject : { ...subject, name: described.name, tags: described.tags }
  const answer = matches(match, facts)
  if (answer === 'no') return { kind: 'refuse', reason: 'no-match' }
  // Its tags went with it: whether the rule was for it can't be told any more.
  if (answer === 'unknown')
    return sighting.kind === 'gone' ? { kind: 'refuse', reason: 'released' } : { kind: 'undecided' }
  const owner = ownerReason(described?.tags ?? {})
  // A cluster keeps its nodes but does not take them out of load balancers on a notice; Auto Scaling does both.
  return owner === 'owned-by-auto-scaling' ? { kind: 'refuse', reason: owner } : { kind: 'drain' }
}
