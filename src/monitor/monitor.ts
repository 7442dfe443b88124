import type { BreakerState } from '../lib/breaker.ts'
import type { Clock } from '../lib/clock.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { Credit } from '../pipeline/credits.ts'
import type { PipelineGauges } from '../pipeline/pipeline-options.ts'
import type { Meters } from '../telemetry/meters.ts'
import type { GaugeName } from '../telemetry/metrics.ts'
import type { Totals } from '../telemetry/totals.ts'
import { type Gauge, gaugesOf } from './gauges.ts'
import { assessHealth, type HealthLimits, type HealthReport, type WatchedCalls } from './health.ts'
import { healthRecord } from './health-record.ts'
import type { MeteredSink } from './metered-sink.ts'
import type { MeteredSource } from './metered-source.ts'

export interface MonitorOptions {
  readonly clock: Clock
  readonly totals: Readonly<Totals>
  readonly meters: Meters
  readonly sources: readonly MeteredSource[]
  readonly sink: MeteredSink
  readonly pipeline: { readonly gauges: PipelineGauges }
  /** Breakers of the control plane, by product: the worst of its regions. */
  readonly breakers: () => ReadonlyMap<string, BreakerState>
  readonly credits: Credit
  readonly limits: HealthLimits
  readonly version: string
}

/** Tells how the service is: for /metrics, /healthz and /readyz, and for the logstore. Everything is read when it is asked for. */
export class Monitor {
  readonly #options: MonitorOptions
  readonly #startedMs: number
  readonly #calls: readonly WatchedCalls[]
  #exposition: Promise<{ text(): Promise<string> }> | undefined

  constructor(options: MonitorOptions) {
    this.#options = options
    this.#startedMs = options.clock.elapsed()
    const { sources, sink } = options
    const logstore = { service: 'logstore', name: sink.name, endpoint: sink.endpoint } as const
    this.#calls = [
      ...sources.flatMap(({ name, endpoint, receiving, deleting }): WatchedCalls[] => {
        const place = { service: 'queue', name, endpoint } as const
        return [
          { reason: 'queue-down', place, state: receiving },
          { reason: 'delete-failing', place, state: deleting }
        ]
      }),
      { reason: 'logstore-down', place: logstore, state: sink.putting }
    ]
  }

  health(): HealthReport {
    const { clock, pipeline, limits } = this.#options
    const { stopping, lag } = pipeline.gauges
    const facts = { nowMs: clock.elapsed(), startedMs: this.#startedMs, stopping, calls: this.#calls, lag }
    return assessHealth(facts, limits)
  }

  /** The text that Prometheus scrapes. */
  async metricsText(): Promise<string> {
    const { totals, meters } = this.#options
    // prom-client is loaded by the first scrape: a service that nobody scrapes starts without it.
    this.#exposition ??= import('./exposition.ts').then(({ createExposition }) =>
      createExposition({ totals, meters, gauges: () => this.#gauges() })
    )
    return (await this.#exposition).text()
  }

  /** What the logstore is told of the service's own health. */
  record(): LogRecord {
    const { clock, totals, pipeline, version } = this.#options
    const uptimeMs = clock.elapsed() - this.#startedMs
    return healthRecord({
      report: this.health(),
      totals,
      gauges: pipeline.gauges,
      uptimeMs,
      version,
      nowMs: clock.now()
    })
  }

  #gauges(): Readonly<Record<GaugeName, readonly Gauge[]>> {
    const { pipeline, breakers, credits, version } = this.#options
    return gaugesOf({
      state: pipeline.gauges,
      health: this.health(),
      calls: this.#calls,
      breakers: breakers(),
      ...{ credits, version }
    })
  }
}
