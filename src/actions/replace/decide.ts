import type { ApiFailure } from '../../cloud/api-outcome.ts'
import type { Instance } from '../../cloud/compute.ts'
import { HOUR } from '../../config/units.ts'
import { matches } from '../policy/match.ts'
import { ownerReason } from '../policy/ownership.ts'
import { askBudget } from './budget.ts'
import { inheritedTags } from './inherited-tags.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import type { ReplaceReason } from './replace-reasons.ts'
import { REPLACES_TAG } from './tags.ts'

/**
 * What to do about a notice.
 * - `replace`: buy a replacement; `old` is undefined when the instance is gone, and an earlier run had decided already
 * - `refuse`: leave it
 * - `unknown`: ECS gave no answer
 */
export type Decided =
  | {
      readonly kind: 'replace'
      readonly old: Instance | undefined
      readonly inherited: Readonly<Record<string, string>>
    }
  | { readonly kind: 'refuse'; readonly reason: ReplaceReason; readonly detail?: string }
  | { readonly kind: 'unknown'; readonly outcome: ApiFailure }

/** How far back a replacement of the same instance speaks against another one, ms. */
const LOOKBACK_MS = HOUR / 2

/** Decides about an interrupted instance, by its truth and by the journal. Changes nothing. */
export async function decide(context: ReplaceContext): Promise<Decided> {
  const { config, job, journal, compute, loss } = context
  const query = { action: 'replace', instanceId: job.instanceId, sinceMs: loss.noticeMs - LOOKBACK_MS }
  const [answer, past] = await Promise.all([
    compute.describe(job.instanceId, limitsOf(context)),
    journal.ofInstance(query)
  ])
  if (past.entries.some(({ decision, reason }) => decision === 'done' && reason === 'replaced')) {
    return { kind: 'refuse', reason: 'already-replaced' }
  }
  if (answer.kind !== 'done') {
    return answer.kind === 'already' ? { kind: 'refuse', reason: 'released' } : { kind: 'unknown', outcome: answer }
  }
  const old = answer.value
  const earlier = past.entries.find(({ causedBy, reason }) => causedBy === job.causedBy && reason === 'interrupted')
  if (old === undefined) {
    // Its tags can't be read any more, so nobody knows whose it was: unless they were read before a crash.
    if (earlier === undefined) return { kind: 'refuse', reason: 'released' }
    return { kind: 'replace', old, inherited: textsOf(earlier.content['inherited']) }
  }
  const refusal = await refusalOf(old, context)
  return refusal ?? { kind: 'replace', old, inherited: inheritedTags(config, old.tags) }
}

async function refusalOf(
  old: Instance,
  context: ReplaceContext
): Promise<Exclude<Decided, { kind: 'replace' }> | undefined> {
  const { config } = context
  if (matches(config.replace.match, old) !== 'yes') return { kind: 'refuse', reason: 'no-match' }
  const owner = ownerReason(old.tags)
  if (owner !== undefined) return { kind: 'refuse', reason: owner }
  if (await isOnItsWay(old, context)) return { kind: 'refuse', reason: 'not-in-service' }
  const budget = await askBudget(context, 0)
  if (budget.kind === 'failed') return { kind: 'unknown', outcome: budget.outcome }
  if (budget.kind === 'free') return undefined
  return { kind: 'refuse', reason: 'budget', detail: `${budget.used} within the last hour.` }
}

/**
 * Whether the instance is a replacement that another run is still bringing into service: that run sees that it is being
 * reclaimed and goes on to its next candidate. Two would be bought otherwise.
 */
async function isOnItsWay(old: Instance, { config, journal, loss, clock }: ReplaceContext): Promise<boolean> {
  const replaces = old.tags[REPLACES_TAG]
  if (replaces === undefined || old.createdMs === undefined) return false
  if (clock.now() - old.createdMs > config.replace.deadline) return false
  const sinceMs = loss.noticeMs - config.replace.deadline - LOOKBACK_MS
  const { entries, complete } = await journal.ofInstance({ action: 'replace', instanceId: replaces, sinceMs })
  const ended = entries.some(({ decision, reason, target }) => {
    return decision === 'gave_up' || (reason === 'replaced' && target === old.instanceId)
  })
  return complete && !ended
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {}
  const texts = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts)
}
