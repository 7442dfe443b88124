import type { Clock } from '../lib/clock.ts'
import type { Meters } from '../telemetry/meters.ts'

/** One call that moved a batch on, when it has ended. */
export interface Stage {
  readonly stage: 'receive' | 'put' | 'delete'
  /** Name of the queue, or `project/logstore`. */
  readonly dependency: string
  readonly tookMs: number
  /** Messages or records in it. */
  readonly records: number
  /** Kind of the outcome: `messages`, `stored`, `acknowledged`, `retry`, `failed`, ... */
  readonly outcome: string
}

export type OnStage = (stage: Stage) => void

/** Tells who wants to know. What that throws is dropped: it must not be taken for what the queue or the logstore did. */
export function tellStage(onStage: OnStage | undefined, stage: Stage): void {
  try {
    onStage?.(stage)
  } catch {}
}

/** What a measured port needs. */
export interface MeteredOptions {
  readonly clock: Clock
  readonly meters: Meters
  /** Told of each batch that was moved on; undefined when nobody wants to know. */
  readonly onStage?: OnStage | undefined
}
