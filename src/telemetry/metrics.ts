import { TOTALS, type Total } from './totals.ts'

/** One metric as Prometheus knows it. Units are in the names: seconds and bytes. */
export type Metric = CounterMetric | GaugeMetric | HistogramMetric

interface CounterMetric {
  readonly type: 'counter'
  readonly help: string
  readonly labels: readonly string[]
}

interface GaugeMetric {
  readonly type: 'gauge'
  readonly help: string
  readonly labels: readonly string[]
}

interface HistogramMetric {
  readonly type: 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets: readonly number[]
}

/** From what a receive within the region takes to what is older than any queue keeps, s. */
const AGES = [0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400]
const LATENCIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** A long poll of an empty queue is held for up to 30 s. */
const POLLS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 20, 31]
const RECORDS = [1, 4, 16, 64, 256, 512, 1_024, 2_048, 4_096]
const BYTES = [1_024, 4_096, 16_384, 65_536, 131_072, 262_144, 524_288, 1_048_576, 3_145_728]

/**
 * Every metric that is no counter of `TOTALS`: what is served at /metrics and its documentation come from here. Label
 * values are names out of the configuration and words out of this program's own code, never of an event.
 */
export const METRICS = {
  ecs_audit_event_age_at_receive_seconds: histogram('Age of an event, by its own time, when it was received', AGES),
  ecs_audit_event_age_at_store_seconds: histogram('Age of an event when the logstore had confirmed its record', AGES),
  ecs_audit_event_age_at_action_seconds: histogram(
    'Age of an event when an action began to work on it',
    AGES,
    'action'
  ),
  ecs_audit_batch_records: histogram('Records in a batch', RECORDS),
  ecs_audit_batch_bytes: histogram('Size of a batch before compression', BYTES),
  ecs_audit_batches_total: counter(
    'Batches closed, by why: full, old enough, urgent, receivers waiting, the end',
    'reason'
  ),
  ecs_audit_put_seconds: histogram('Time that one PutLogs took', LATENCIES, 'outcome'),
  ecs_audit_receive_seconds: histogram(
    'Time that one receive took: a long poll waits for messages',
    POLLS,
    'queue',
    'outcome'
  ),
  ecs_audit_delete_seconds: histogram('Time that one delete of up to 16 messages took', LATENCIES, 'queue', 'outcome'),
  ecs_audit_api_call_seconds: histogram(
    'Time that one call of the control plane took, its retries included',
    LATENCIES,
    'product',
    'outcome'
  ),
  ecs_audit_faults_total: counter(
    'Calls that failed, by the class of the fault: each is tried again while that helps',
    'dependency',
    'class'
  ),
  ecs_audit_queue_received_total: counter('Messages received, by queue', 'queue'),
  ecs_audit_queue_redelivered_total: counter('Messages received that had been received before, by anyone', 'queue'),
  ecs_audit_duplicates_total: counter(
    'Events received whose key is among the last 8,192 or more that this process has seen'
  ),
  ecs_audit_in_flight_messages: gauge('Messages held: received, and neither deleted nor given back'),
  ecs_audit_queue_in_flight_messages: gauge('The same, by queue', 'queue'),
  ecs_audit_parked_messages: gauge('Messages given back for long, to be fetched when the logstore is up', 'queue'),
  ecs_audit_acting_messages: gauge('Messages that actions are working on'),
  ecs_audit_credits_used: gauge('Credits in use, by polls under way and by messages held', 'unit'),
  ecs_audit_credits_limit: gauge('The bound on them: limits.maxMessages, limits.maxBytes', 'unit'),
  ecs_audit_receivers_waiting: gauge('Receivers that wait for credits: backpressure'),
  ecs_audit_batches_waiting: gauge('Batches that are being put or wait for it'),
  ecs_audit_breaker_state: gauge(
    'Circuit breaker: 0 closed, 1 half-open, 2 open; of the control plane the worst region',
    'dependency'
  ),
  ecs_audit_dependency_up: gauge('1 when the last answer was a good one; absent before the first', 'dependency'),
  ecs_audit_lag_seconds: gauge('How long the newest message of the last receive had waited on its queue'),
  ecs_audit_ready: gauge('1 when /readyz answers 200'),
  ecs_audit_not_ready: gauge('1 for each reason for which it does not', 'reason'),
  ecs_audit_build_info: gauge('1; its labels tell the version of the program and of Node.js', 'version', 'node')
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof METRICS
type NamesOf<Type extends Metric['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never
}[MetricName]
export type CounterName = NamesOf<'counter'>
export type GaugeName = NamesOf<'gauge'>
export type HistogramName = NamesOf<'histogram'>

/** The metric of one of the `TOTALS`: `putFaults` is `ecs_audit_put_faults_total`. */
export function totalMetric(total: Total): string {
  return `ecs_audit_${total.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`
}

/** All metrics by name, those of `TOTALS` first. */
export function allMetrics(): Map<string, Metric> {
  const totals = Object.entries(TOTALS).map(([total, help]) => [totalMetric(total as Total), counter(help)] as const)
  return new Map<string, Metric>([...totals, ...Object.entries(METRICS)])
}

function counter(help: string, ...labels: string[]) {
  return { type: 'counter', help, labels } as const
}

function gauge(help: string, ...labels: string[]) {
  return { type: 'gauge', help, labels } as const
}

function histogram(help: string, buckets: readonly number[], ...labels: string[]) {
  return { type: 'histogram', help, labels, buckets } as const
}
