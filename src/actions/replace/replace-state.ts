import { HOUR, MINUTE, SECOND } from '../../config/units.ts'
import type { ReplaceReason } from './replace-reasons.ts'
import type { Replacement } from './replacement.ts'

/**
 * How far a replacement has come. It travels in the follow-up, so that any replica goes on from it.
 *
 * | from | on | to |
 * |---|---|---|
 * | deciding | decided | buying |
 * | buying | bought | starting |
 * | starting | bought: another replica's is the one to keep | starting |
 * | starting | running | attaching |
 * | attaching | attached | warming |
 * | warming | healthy | ended: done |
 * | starting, attaching, warming | gone | buying: the next generation, from the next candidate |
 * | starting, attaching, warming | gone, past the deadline | ended: gave up |
 * | any | later | the same, after a wait that grows |
 * | any | later, past the deadline, and past five minutes with this replacement | ended: gave up |
 * | any | stop | ended: as told |
 * | ended | anything | ended |
 */
export type ReplaceState = Deciding | Buying | Starting | Attaching | Warming | Ended

/** Waits in a row; the next one is longer. */
interface Waiting {
  readonly waits: number
}

/** ECS has not yet told what the instance is. */
export interface Deciding extends Waiting {
  readonly phase: 'deciding'
}

/** Where the next try to buy begins. */
export interface BuyingPlan {
  /** Replacements bought and lost before. */
  readonly generation: number
  /** Index of the candidate to begin with; after the last comes the first. */
  readonly from: number
  /** Tokens tell their settings too. */
  readonly salted: boolean
}

export interface Buying extends Waiting, BuyingPlan {
  readonly phase: 'buying'
  /** Why the last try bought nothing. */
  readonly why: ReplaceReason
}

/** There is a replacement. */
interface Bought extends Waiting {
  readonly replacement: Replacement
  /** Since when, epoch ms. */
  readonly sinceMs: number
}

export interface Starting extends Bought {
  readonly phase: 'starting'
}

export interface Attaching extends Bought {
  readonly phase: 'attaching'
}

export interface Warming extends Bought {
  readonly phase: 'warming'
  /** Server groups that it could not be added to. */
  readonly refused: readonly string[]
}

export interface Ended {
  readonly phase: 'ended'
  readonly decision: 'done' | 'skipped' | 'gave_up' | 'would_do'
  readonly reason: ReplaceReason
  readonly detail: string
  readonly replacement: Replacement | undefined
  readonly refused: readonly string[]
}

/** What a look at the cloud, or a call to it, came to. */
export type Observation =
  | { readonly kind: 'decided' }
  | { readonly kind: 'bought' | 'running' | 'healthy' | 'gone'; readonly replacement: Replacement }
  | { readonly kind: 'attached'; readonly replacement: Replacement; readonly refused: readonly string[] }
  | {
      readonly kind: 'later'
      readonly why: ReplaceReason
      readonly detail?: string
      /** For how long; left out: as long as the phase waits. */
      readonly waitMs?: number
      /** What the next try to buy does otherwise. */
      readonly next?: Partial<BuyingPlan>
    }
  | {
      readonly kind: 'stop'
      readonly decision: Ended['decision']
      readonly reason: ReplaceReason
      readonly detail?: string
    }

export interface Times {
  readonly nowMs: number
  /** When nothing is bought any more, and hardly anything waited for, epoch ms. */
  readonly deadlineMs: number
  /** `actions.replace.checkAfter`. */
  readonly checkAfterMs: number
}

/** The next state, and how long to wait before it is worked on; 0: at once. */
export interface Step {
  readonly state: ReplaceState
  readonly waitMs: number
}

/** How long after its deadline a follow-up that was held up may still bring a bought replacement into service, ms. */
export const ABANDON_MS = HOUR

/** A replacement that was bought is brought into service for at least so long, however late it was bought, ms. */
const PATIENCE_MS = 5 * MINUTE
const MAX_WAIT_MS = MINUTE
const STOCK_WAIT_MS = MINUTE
const MAX_STOCK_WAIT_MS = 4 * MINUTE
const API_WAIT_MS = 5 * SECOND

/** The start of a purchase. */
export const FIRST_PURCHASE: Buying = {
  phase: 'buying',
  generation: 0,
  from: 0,
  salted: false,
  why: 'deadline',
  waits: 0
}

/** The one function that changes the state; pure. */
export function advance(state: ReplaceState, observation: Observation, times: Times): Step {
  if (state.phase === 'ended') return { state, waitMs: 0 }
  switch (observation.kind) {
    case 'decided':
      return at(FIRST_PURCHASE)
    case 'bought': {
      const { replacement } = observation
      return { state: { phase: 'starting', replacement, sinceMs: times.nowMs, waits: 0 }, waitMs: times.checkAfterMs }
    }
    case 'running':
      return at({ phase: 'attaching', ...held(state, observation.replacement, times), waits: 0 })
    case 'attached': {
      const { replacement, refused } = observation
      return at({ phase: 'warming', ...held(state, replacement, times), refused, waits: 0 })
    }
    case 'healthy':
      return at(ended(state, { decision: 'done', reason: 'replaced' }, observation.replacement))
    case 'gone':
      return afterLoss(state, observation.replacement, times)
    case 'stop':
      return at(ended(state, observation))
    case 'later':
      return afterNothing(state, observation, times)
    default: {
      const never: never = observation
      return never
    }
  }
}

function held(state: Exclude<ReplaceState, Ended>, replacement: Replacement, { nowMs }: Times) {
  return { replacement, sinceMs: 'sinceMs' in state ? state.sinceMs : nowMs }
}

function afterLoss(state: Exclude<ReplaceState, Ended>, replacement: Replacement, times: Times): Step {
  if (times.nowMs >= times.deadlineMs) return at(ended(state, { decision: 'gave_up', reason: 'lost' }, replacement))
  return at({ ...FIRST_PURCHASE, generation: replacement.generation + 1, from: replacement.index + 1, why: 'lost' })
}

function afterNothing(
  state: Exclude<ReplaceState, Ended>,
  observation: Observation & { readonly kind: 'later' },
  times: Times
): Step {
  const { why, detail, next } = observation
  const patienceMs = 'sinceMs' in state ? state.sinceMs + PATIENCE_MS : 0
  const leftMs = Math.max(times.deadlineMs, patienceMs) - times.nowMs
  if (leftMs <= 0) return at(ended(state, { decision: 'gave_up', reason: why, ...(detail && { detail }) }))
  const waitMs = observation.waitMs ?? waitOf(state, why, times)
  const waited = { ...state, waits: state.waits + 1 }
  return {
    state: waited.phase === 'buying' ? { ...waited, ...next, why } : waited,
    waitMs: Math.max(SECOND, Math.min(waitMs, leftMs))
  }
}

function waitOf({ phase, waits }: Exclude<ReplaceState, Ended>, why: ReplaceReason, { checkAfterMs }: Times): number {
  if (why === 'no-stock') return growing(STOCK_WAIT_MS, MAX_STOCK_WAIT_MS, waits)
  if (phase === 'deciding' || phase === 'buying') return growing(API_WAIT_MS, MAX_WAIT_MS, waits)
  return growing(checkAfterMs, Math.max(checkAfterMs, MAX_WAIT_MS), waits)
}

function growing(firstMs: number, maxMs: number, waits: number): number {
  return Math.min(maxMs, Math.round(firstMs * 1.5 ** Math.min(waits, 20)))
}

function ended(
  state: Exclude<ReplaceState, Ended>,
  { decision, reason, detail = '' }: Pick<Ended, 'decision' | 'reason'> & { readonly detail?: string },
  replacement: Replacement | undefined = 'replacement' in state ? state.replacement : undefined
): Ended {
  const refused = state.phase === 'warming' ? state.refused : []
  return { phase: 'ended', decision, reason, detail, replacement, refused }
}

function at(state: ReplaceState): Step {
  return { state, waitMs: 0 }
}
