import type { BreakerState } from '../lib/breaker.ts'
import type { Credit } from '../pipeline/credits.ts'
import type { PipelineGauges } from '../pipeline/pipeline-options.ts'
import type { GaugeName } from '../telemetry/metrics.ts'
import type { HealthReport, WatchedCalls } from './health.ts'
import { HEALTH_REASONS } from './health-reasons.ts'

/** One series of a gauge: its labels' values in the order of the metric's table. */
export interface Gauge {
  readonly labels: readonly string[]
  readonly value: number
}

export interface GaugeFacts {
  readonly state: PipelineGauges
  readonly health: HealthReport
  readonly calls: readonly WatchedCalls[]
  readonly breakers: ReadonlyMap<string, BreakerState>
  readonly credits: Credit
  readonly version: string
}

const BREAKER: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

/** The values of all gauges at this moment. */
export function gaugesOf(facts: GaugeFacts): Readonly<Record<GaugeName, readonly Gauge[]>> {
  const { state, health, calls, breakers, credits, version } = facts
  const { inFlight, acting, creditsUsed, waitingReceivers, batches, queues, breaker, lag } = state
  return {
    ecs_audit_in_flight_messages: one(inFlight),
    ecs_audit_queue_in_flight_messages: queues.map((queue) => labelled(queue.inFlight, queue.name)),
    ecs_audit_parked_messages: queues.map((queue) => labelled(queue.parked, queue.name)),
    ecs_audit_acting_messages: one(acting),
    ecs_audit_credits_used: creditGauges(creditsUsed),
    ecs_audit_credits_limit: creditGauges(credits),
    ecs_audit_receivers_waiting: one(waitingReceivers),
    ecs_audit_batches_waiting: one(batches),
    ecs_audit_breaker_state: [...breakers, ['logstore', breaker] as const].map(([name, its]) =>
      labelled(BREAKER[its], name)
    ),
    ecs_audit_dependency_up: calls.flatMap(upOf),
    ecs_audit_lag_seconds: lag === undefined ? [] : one(lag.lagMs / 1_000),
    ecs_audit_ready: one(Number(health.ready)),
    ecs_audit_not_ready: Object.keys(HEALTH_REASONS).map((reason) =>
      labelled(Number(health.problems.some((problem) => problem.reason === reason)), reason)
    ),
    ecs_audit_build_info: [labelled(1, version, process.version)]
  }
}

/** Deletes are calls to a queue, too; whether a queue is up shows in its receives. */
function upOf({ reason, place, state }: WatchedCalls): Gauge[] {
  if (reason === 'delete-failing' || state.answeredMs === undefined) return []
  const name = place.service === 'queue' ? `queue ${place.name}` : 'logstore'
  return [labelled(Number(state.trouble === undefined), name)]
}

function creditGauges({ messages, bytes }: Credit): Gauge[] {
  return [labelled(messages, 'messages'), labelled(bytes, 'bytes')]
}

function one(value: number): Gauge[] {
  return [{ labels: [], value }]
}

function labelled(value: number, ...labels: string[]): Gauge {
  return { labels, value }
}
