import { advice, type FaultPlace } from '../cloud/advice.ts'
import { describeFault } from '../cloud/fault.ts'
import type { DependencyState } from './dependency-state.ts'
import { HEALTH_REASONS, type HealthReason } from './health-reasons.ts'

/** One thing that is not well. */
export interface HealthProblem {
  readonly reason: HealthReason
  /** One sentence with names and numbers. */
  readonly detail: string
  readonly do: string
}

export interface HealthReport {
  /** False when the process should be ended and started anew. */
  readonly healthy: boolean
  /** True when events are received and stored. */
  readonly ready: boolean
  readonly problems: readonly HealthProblem[]
}

/** When trouble counts, ms. */
export interface HealthLimits {
  readonly outageAfterMs: number
  readonly maxLagMs: number
  readonly stuckAfterMs: number
}

/** One kind of call to one dependency. */
export interface WatchedCalls {
  readonly reason: 'queue-down' | 'delete-failing' | 'logstore-down'
  readonly place: FaultPlace
  readonly state: DependencyState
}

/** What the service is doing. Times are on the clock's `elapsed()` scale, ms. */
export interface HealthFacts {
  readonly nowMs: number
  readonly startedMs: number
  readonly stopping: boolean
  readonly calls: readonly WatchedCalls[]
  /** How long the newest message waited, ms, and when that was seen; undefined before the first. */
  readonly lag: { readonly lagMs: number; readonly seenMs: number } | undefined
}

/** A queue that does not exist says so at once; the first poll of an empty one takes its whole time. */
const STARTING_MS = 5_000

/** What is not well, the worst first. */
export function assessHealth(facts: HealthFacts, limits: HealthLimits): HealthReport {
  const stuck = stuckProblem(facts, limits)
  const problems = [
    ...(stuck ?? []),
    ...(facts.stopping ? [problem('stopping', 'It receives no more.')] : []),
    ...startingProblem(facts),
    ...facts.calls.flatMap((calls) => troubleOf(calls, facts.nowMs, limits)),
    ...lagProblem(facts, limits)
  ]
  return { healthy: stuck === undefined, ready: problems.length === 0, problems }
}

function stuckProblem({ nowMs, startedMs, stopping, calls }: HealthFacts, limits: HealthLimits) {
  const lastMs = Math.max(startedMs, ...calls.map(({ state }) => state.answeredMs ?? startedMs))
  if (stopping || nowMs - lastMs <= limits.stuckAfterMs) return undefined
  return [problem('stuck', `The last call ended ${seconds(nowMs - lastMs)} ago.`)]
}

function startingProblem({ nowMs, startedMs, stopping, calls }: HealthFacts): HealthProblem[] {
  const answered = calls.some(({ state }) => state.answeredMs !== undefined)
  if (answered || stopping || nowMs - startedMs > STARTING_MS) return []
  return [problem('starting', `Started ${seconds(nowMs - startedMs)} ago.`)]
}

/** What never went well is a mistake in the configuration and told at once; all else may pass. */
function troubleOf({ reason, place, state }: WatchedCalls, nowMs: number, limits: HealthLimits): HealthProblem[] {
  const { trouble } = state
  if (trouble === undefined) return []
  const forMs = nowMs - trouble.sinceMs
  const missing = reason === 'queue-down' && trouble.fault.class === 'missing'
  if (!missing && state.proven && forMs <= limits.outageAfterMs) return []
  const detail = `${place.service} ${place.name}, for ${seconds(forMs)}: ${describeFault(trouble.fault)}`
  return [{ reason: missing ? 'queue-missing' : reason, detail, do: advice(trouble.fault, place) }]
}

/** A lag that was seen long ago says nothing of now: an empty queue has none. */
function lagProblem({ nowMs, lag }: HealthFacts, { maxLagMs }: HealthLimits): HealthProblem[] {
  if (lag === undefined || lag.lagMs <= maxLagMs || nowMs - lag.seenMs > LAG_COUNTS_MS) return []
  return [problem('lagging', `The newest message had waited for ${seconds(lag.lagMs)}.`)]
}

const LAG_COUNTS_MS = 60_000

function problem(reason: HealthReason, detail: string): HealthProblem {
  return { reason, detail, do: HEALTH_REASONS[reason].do }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`
}
