import type { ActionDesk } from '../actions/desk.ts'
import type { BreakerState } from '../lib/breaker.ts'
import type { Clock } from '../lib/clock.ts'
import type { LogSink } from '../logstore/sink.ts'
import type { QueueSource } from '../queue/source.ts'
import type { Log } from '../telemetry/log.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { Batch, BatchLimits } from './batcher.ts'
import type { Credit } from './credits.ts'
import type { TriageOptions } from './intake-gate.ts'

/** What a pipeline is made of. */
export interface PipelineOptions {
  readonly sources: readonly QueueSource[]
  readonly sink: LogSink
  readonly desk: ActionDesk
  readonly clock: Clock
  readonly log: Log
  readonly totals: Totals
  /** The bound on what is in flight. */
  readonly limits: Credit
  readonly batch: BatchLimits & { readonly lingerMs: number }
  /** Puts in flight at a time. */
  readonly puts: number
  /** How long the breaker stays open before a probe, ms. */
  readonly breakerResetMs: number
  readonly triage: TriageOptions
  /** The batch form: `finished` resolves when the queues are empty and all is settled. */
  readonly untilEmpty: boolean
  /** Told of every batch that was closed. */
  readonly onBatch?: (batch: Batch) => void
}

/** What the pipeline holds at a moment. */
export interface PipelineState {
  readonly inFlight: number
  readonly inFlightBytes: number
  readonly parked: number
  /** Messages that actions are working on. */
  readonly acting: number
  readonly breaker: BreakerState
  /** Age of the newest message when it was received, from its producer's send, ms. */
  readonly lagMs: number
}

/** The same with its parts, for metrics and health. */
export interface PipelineGauges extends PipelineState {
  /** What polls under way and held messages have taken of the bound. */
  readonly creditsUsed: Credit
  readonly waitingReceivers: number
  /** Batches that are being put or wait for it. */
  readonly batches: number
  readonly stopping: boolean
  /** `lagMs` and when it was seen, on the clock's `elapsed()` scale; undefined before the first message. */
  readonly lag: { readonly lagMs: number; readonly seenMs: number } | undefined
  readonly queues: ReadonlyArray<{ readonly name: string; readonly inFlight: number; readonly parked: number }>
}

export interface StopReport {
  /** Known messages that were neither stored nor given back: they become visible when their visibility timeout ends. */
  readonly abandoned: number
}
