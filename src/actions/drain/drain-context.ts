import type { Balancing } from '../../cloud/balancing.ts'
import type { ActionsConfig } from '../../config/actions-schema.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../telemetry/log.ts'
import type { ActionEntry, Job } from '../action.ts'
import type { DrainReason } from './drain-reasons.ts'
import type { NoticeTimes } from './notice-times.ts'

/** What every part of one drain works with. */
export interface DrainContext {
  readonly job: Job
  readonly config: ActionsConfig['drain']
  readonly balancing: Balancing
  readonly clock: Clock
  readonly log: Log
  readonly times: NoticeTimes
  /** Writes a record; nobody waits for it. */
  readonly record: (entry: ActionEntry & { readonly reason: DrainReason }) => void
}
