import type { ApiFailure } from '../../cloud/api-outcome.ts'
import { describeFault } from '../../cloud/fault.ts'
import { failureReason } from '../policy/reasons.ts'
import { type Candidate, candidatesOf, describeCandidate, type Purchase, runRequest } from './candidate.ts'
import { purchaseSteps } from './recall.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import type { ReplaceReason } from './replace-reasons.ts'

/**
 * What came of walking over the candidates.
 * - `bought`: one was
 * - `exhausted`: none could be had; `mayPass`: one of them at least for a reason that may pass, such as stock
 * - `unfinished`: this one's outcome is open, or the time was up before its turn: go on with it later
 * - `refused`: no candidate would do better
 */
export type Walk =
  | { readonly kind: 'bought'; readonly instanceId: string; readonly purchase: Purchase }
  | { readonly kind: 'exhausted'; readonly mayPass: boolean; readonly detail: string }
  | { readonly kind: 'unfinished'; readonly index: number; readonly why: ReplaceReason; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }

export interface WalkPlan {
  readonly generation: number
  /** Index of the candidate to begin with. */
  readonly from: number
  readonly salted: boolean
  /** Calls of RunInstances before, for the names of the records. */
  readonly tries: number
  /** No call starts after this, on the clock's `elapsed()` scale, ms. */
  readonly untilMs: number
  readonly inherited: Readonly<Record<string, string>>
}

/** How long one RunInstances may take with its retries, ms. */
const RUN_MS = 15_000

/** Refusals that hold for every candidate: the account, the template, permissions ("RunInstances", error codes). */
const HOPELESS =
  /arrear|balance|InvalidAccountStatus|QuotaExceed\.(Elastic|Afterpay)|InvalidLaunchTemplate|InvalidSpotAuthorized|InvalidSpotAliUid|Forbidden|NoPermission/i
const NO_STOCK = /NoStock|SpotPriceLowerThanPublicPrice|LowerThanPublicPrice|Zone\.NotOnSale/i
/** A call with this token is under way: it may be carried out yet. */
const IN_PROGRESS = /token|idempot/i
const MISMATCH = /IdempotentParameterMismatch/i

/** Buys one instance: asks candidate after candidate, each with its own ClientToken, until one is to be had. */
export async function walkCandidates(plan: WalkPlan, context: ReplaceContext): Promise<Walk> {
  const candidates = candidatesOf(context.config.replace)
  let mayPass = false
  let detail = ''
  for (let offset = 0; offset < candidates.length; offset += 1) {
    const index = (plan.from + offset) % candidates.length
    const candidate = candidates[index]
    if (candidate === undefined) break
    if (context.clock.elapsed() >= plan.untilMs || context.job.signal.aborted) {
      return {
        kind: 'unfinished',
        index,
        why: offset === 0 ? 'deadline' : 'no-stock',
        detail: 'the time for one try was up'
      }
    }
    const purchase = { generation: plan.generation, index, salted: plan.salted }
    const result = await buyOne({ purchase, candidate, attempt: plan.tries + offset + 1, plan }, context)
    if (result.kind !== 'next') return result
    mayPass ||= result.mayPass
    detail = result.detail
  }
  return { kind: 'exhausted', mayPass, detail }
}

type One =
  | Exclude<Walk, { kind: 'exhausted' }>
  | { readonly kind: 'next'; readonly mayPass: boolean; readonly detail: string }

interface Try {
  readonly purchase: Purchase
  readonly candidate: Candidate
  readonly attempt: number
  readonly plan: WalkPlan
}

async function buyOne({ purchase, candidate, attempt, plan }: Try, context: ReplaceContext): Promise<One> {
  const { config, job, compute, clock, record } = context
  const steps = purchaseSteps(attempt, purchase)
  const content = { ...purchase, candidate: describeCandidate(candidate) }
  record({ step: steps.intent, decision: 'intent', reason: 'buy', attempt, content })
  const { causedBy, instanceId } = job
  const request = runRequest(purchase, {
    config: config.replace,
    candidate,
    causedBy,
    instanceId,
    inherited: plan.inherited
  })
  const startedMs = clock.elapsed()
  const outcome = await compute.run(request, limitsOf(context, RUN_MS))
  const told = { step: steps.outcome, attempt, durationMs: clock.elapsed() - startedMs, content }
  if (outcome.kind === 'done') {
    const target = outcome.value.instanceId
    record({ ...told, decision: 'done', reason: 'bought', target })
    return { kind: 'bought', instanceId: target, purchase }
  }
  const detail = describeFault(outcome.fault)
  const { reason, result } = verdict(outcome, purchase, detail)
  record({ ...told, decision: 'failed', reason, detail })
  return result
}

/** What a purchase that was not carried out means for the next candidate. */
function verdict(
  outcome: ApiFailure | { readonly kind: 'already'; readonly fault: ApiFailure['fault'] },
  { index, salted }: Purchase,
  detail: string
): { readonly reason: ReplaceReason; readonly result: One } {
  const { kind, fault } = outcome
  const next = (mayPass: boolean): One => ({ kind: 'next', mayPass, detail })
  if (kind === 'busy' && !IN_PROGRESS.test(fault.code)) return { reason: 'api-busy', result: next(true) }
  if (kind !== 'refused') {
    const why = kind === 'already' || kind === 'busy' ? 'api-unknown' : failureReason(outcome)
    return { reason: why, result: { kind: 'unfinished', index, why, detail } }
  }
  if (MISMATCH.test(fault.code) && !salted) {
    const why = 'settings-changed'
    return { reason: why, result: { kind: 'unfinished', index, why, detail } }
  }
  if (NO_STOCK.test(fault.code)) return { reason: 'no-stock', result: next(true) }
  if (fault.class === 'credentials' || HOPELESS.test(fault.code)) {
    return { reason: 'refused', result: { kind: 'refused', detail } }
  }
  return { reason: 'candidate-refused', result: next(false) }
}
