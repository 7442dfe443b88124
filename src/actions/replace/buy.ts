import { SECOND } from '../../config/units.ts'
import type { JournalEntry } from '../journal.ts'
import { afterFailure } from './api-failure.ts'
import { askBudget } from './budget.ts'
import { claimPurchase } from './claim.ts'
import { keepOne } from './keep-one.ts'
import type { Plan } from './plan.ts'
import { recall } from './recall.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import type { Buying, Observation } from './replace-state.ts'
import { findReplacements, isFor, isLost, type Replacement, replacementOf } from './replacement.ts'
import { REPLACED_BY_TAG } from './tags.ts'
import { type Walk, walkCandidates } from './walk-candidates.ts'

/** A try that was cut short goes on when its claim has become stale, ms. */
const NEXT_CLAIM_MS = 25 * SECOND
/** An instance is found by its tags only a little after it was made; a token is changed no sooner than that, ms. */
const VISIBLE_MS = 30 * SECOND
/** How long the candidates are asked by a run without a claim, ms. */
const UNGUARDED_MS = 20 * SECOND

/**
 * One try to buy a replacement. What keeps it from being bought twice, in this order:
 * 1. one that exists is taken: found by its tags, by the journal, or by the old instance's tag
 * 2. only the replica whose claim is on the old instance goes on, and looks once more
 * 3. a purchase whose outcome nobody wrote down is made again before any other, with its own ClientToken
 * 4. every replica's ClientToken of a candidate is the same
 * 5. it looks again afterwards: of two, every replica keeps the same one
 */
export async function buy(plan: Plan, state: Buying, context: ReplaceContext): Promise<Observation> {
  const { clock, journal, job } = context
  const { entries } = await journal.ofEvent(job.causedBy)
  const past = recall(entries)
  const known = await look(past.replacement?.instanceId, context)
  if (known !== undefined) return known
  if (clock.now() >= plan.deadlineMs) return { kind: 'later', why: state.why }
  const generation = Math.max(state.generation, past.generation)
  const over = generation > 0 ? await announce({ plan, generation, entries }, context) : undefined
  if (over !== undefined) return over
  const claim = await claimPurchase(context)
  switch (claim.kind) {
    case 'ours': {
      const meanwhile = await look(claim.old.tags[REPLACED_BY_TAG], context)
      return meanwhile ?? (await buyNow({ plan, state, untilMs: claim.untilMs }, context))
    }
    case 'unguarded':
      return await buyNow({ plan, state, untilMs: clock.elapsed() + UNGUARDED_MS }, context)
    case 'theirs':
      return { kind: 'later', why: 'superseded', waitMs: claim.waitMs + clock.random() * SECOND }
    case 'slow':
      return { kind: 'later', why: 'api-busy', detail: 'ECS was too slow for the right to buy to be sure.' }
    case 'failed':
      return afterFailure(claim.outcome)
    case 'stopped':
      return { kind: 'later', why: 'api-unknown' }
    default: {
      const never: never = claim
      return never
    }
  }
}

/** Takes a replacement that exists. `told`: the id of one that tags may not tell yet. */
async function look(told: string | undefined, context: ReplaceContext): Promise<Observation | undefined> {
  const { compute, loss } = context
  const found = await findReplacements(compute, loss, limitsOf(context))
  if (found.kind !== 'done') return found.kind === 'already' ? undefined : afterFailure(found)
  const [first, ...others] = found.value
  if (first !== undefined) return taken(keepOne(first, others, context), context)
  if (told === undefined || told === '') return undefined
  const answer = await compute.describe(told, limitsOf(context))
  if (answer.kind !== 'done') return answer.kind === 'already' ? undefined : afterFailure(answer)
  const instance = answer.value
  if (instance === undefined || isLost(instance) || !isFor(instance, loss)) return undefined
  return taken(replacementOf(instance), context)
}

function taken(replacement: Replacement, { record }: ReplaceContext): Observation {
  const { instanceId, generation, index } = replacement
  const content = { generation, index }
  record({ step: `found/${instanceId}`, decision: 'done', reason: 'found', target: instanceId, content })
  return { kind: 'bought', replacement }
}

/**
 * Writes down that one more is going to be bought after a loss, where the budget allows it: as early before the purchase as
 * the first intent of a notice, so that of several the oldest win.
 */
async function announce(
  { plan, generation, entries }: { plan: Plan; generation: number; entries: readonly JournalEntry[] },
  context: ReplaceContext
): Promise<Observation | undefined> {
  const over = await overBudget(generation, context)
  if (over !== undefined) return over
  const step = `intent-${generation}`
  if (entries.some((entry) => entry.action === 'replace' && entry.step === step)) return undefined
  const content = { inherited: plan.inherited, generation }
  context.record({ step, decision: 'intent', reason: 'interrupted', content })
  return undefined
}

/** Undefined when `maxPerHour` allows the purchase. When others were bought for this notice and lost, a person must look. */
async function overBudget(generation: number, context: ReplaceContext): Promise<Observation | undefined> {
  const budget = await askBudget(context, generation)
  if (budget.kind === 'failed') return afterFailure(budget.outcome)
  if (budget.kind === 'free') return undefined
  const decision = generation === 0 ? 'skipped' : 'gave_up'
  return { kind: 'stop', decision, reason: 'budget', detail: `${budget.used} within the last hour.` }
}

interface Purchasing {
  readonly plan: Plan
  readonly state: Buying
  readonly untilMs: number
}

async function buyNow({ plan, state, untilMs }: Purchasing, context: ReplaceContext): Promise<Observation> {
  const { clock, job, journal } = context
  const past = recall((await journal.ofEvent(job.causedBy)).entries)
  const generation = Math.max(state.generation, past.generation)
  const over = await overBudget(generation, context)
  if (over !== undefined) return over
  const leftMs = plan.deadlineMs - clock.now()
  const open = past.open?.generation === generation ? past.open : undefined
  const walk = await walkCandidates(
    {
      generation,
      from: open?.index ?? state.from,
      salted: open?.salted ?? state.salted,
      tries: past.tries,
      untilMs: Math.min(untilMs, clock.elapsed() + leftMs),
      inherited: plan.inherited
    },
    context
  )
  if (walk.kind === 'bought') return await afterPurchase(walk, context)
  return notBought(walk, generation)
}

/** Writes the replacement onto the old instance, and looks whether another replica bought one too. */
async function afterPurchase(
  { instanceId, purchase }: Extract<Walk, { kind: 'bought' }>,
  context: ReplaceContext
): Promise<Observation> {
  const { compute, job, loss } = context
  const [found] = await Promise.all([
    findReplacements(compute, loss, limitsOf(context)),
    compute.tag(job.instanceId, { [REPLACED_BY_TAG]: instanceId }, limitsOf(context))
  ])
  const own = { instanceId, generation: purchase.generation, index: purchase.index }
  return { kind: 'bought', replacement: keepOne(own, found.kind === 'done' ? found.value : [], context) }
}

function notBought(walk: Exclude<Walk, { kind: 'bought' }>, generation: number): Observation {
  const { detail } = walk
  switch (walk.kind) {
    case 'exhausted':
      if (walk.mayPass) return { kind: 'later', why: 'no-stock', detail, next: { generation, from: 0 } }
      return { kind: 'stop', decision: 'gave_up', reason: 'candidate-refused', detail }
    case 'unfinished': {
      const next = { generation, from: walk.index }
      if (walk.why === 'api-unknown') return { kind: 'later', why: walk.why, detail, next }
      if (walk.why !== 'settings-changed') return { kind: 'later', why: walk.why, detail, waitMs: NEXT_CLAIM_MS, next }
      return { kind: 'later', why: walk.why, detail, waitMs: VISIBLE_MS, next: { ...next, salted: true } }
    }
    case 'refused':
      return { kind: 'stop', decision: 'gave_up', reason: 'refused', detail }
    default: {
      const never: never = walk
      return never
    }
  }
}
