import type { Clock } from '../lib/clock.ts'
import type { LogRecord, LogSink, PutOutcome } from '../logstore/sink.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import type { Meters } from '../telemetry/meters.ts'
import { ageSeconds } from './age.ts'
import { DependencyState } from './dependency-state.ts'
import { type MeteredOptions, type OnStage, tellStage } from './stage.ts'

/** A logstore that measures every put, and how old events are when it has taken them. */
export class MeteredSink implements LogSink {
  readonly name: string
  readonly endpoint: string
  readonly putting = new DependencyState()
  readonly #sink: LogSink
  readonly #clock: Clock
  readonly #meters: Meters
  readonly #ageAtStore: Histogram
  readonly #onStage: OnStage | undefined

  constructor(sink: LogSink, options: MeteredOptions) {
    this.name = sink.name
    this.endpoint = sink.endpoint
    this.#sink = sink
    this.#clock = options.clock
    this.#meters = options.meters
    this.#onStage = options.onStage
    this.#ageAtStore = options.meters.histogram('ecs_audit_event_age_at_store_seconds')
  }

  async put(topic: string, records: readonly LogRecord[]): Promise<PutOutcome> {
    const startedMs = this.#clock.elapsed()
    const outcome = await this.#sink.put(topic, records)
    const nowMs = this.#clock.elapsed()
    // What is too large or refused was answered: the logstore is there.
    const fault = outcome.kind === 'retry' ? outcome.fault : undefined
    this.putting.ended(fault, nowMs)
    this.#meters.histogram('ecs_audit_put_seconds', outcome.kind).observe((nowMs - startedMs) / 1_000)
    if (outcome.kind !== 'stored') {
      this.#meters.tally('ecs_audit_faults_total', 'logstore', outcome.fault.class).value += 1
    } else if (topic === 'event') this.#age(records)
    tellStage(this.#onStage, {
      stage: 'put',
      tookMs: nowMs - startedMs,
      dependency: this.name,
      records: records.length,
      outcome: outcome.kind
    })
    return outcome
  }

  close(): Promise<void> {
    return this.#sink.close()
  }

  #age(records: readonly LogRecord[]): void {
    const nowMs = this.#clock.now()
    for (const { eventMs } of records) {
      if (eventMs !== undefined) this.#ageAtStore.observe(ageSeconds(eventMs, nowMs))
    }
  }
}
