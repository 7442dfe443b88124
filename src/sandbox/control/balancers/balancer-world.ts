import type { BusyMarks } from './busy-marks.ts'
import type { ChangeLog } from './change-log.ts'
import type { Health } from './health.ts'
import type { Machines } from './machines.ts'

/** What CLB, ALB and NLB share. */
export interface BalancerWorld {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly regionId: string
  readonly machines: Machines
  readonly health: Health
  readonly busy: BusyMarks
  readonly log: ChangeLog
}
