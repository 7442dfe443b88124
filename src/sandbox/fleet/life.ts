import type { InstanceProfile } from './instance-profile.ts'
import type { InstanceState } from './instance-state.ts'

/**
 * Why an instance is gone.
 * - `while-running`: released by its owner without being stopped before
 * - `after-stop`: released by its owner after it had stopped
 * - `spot`: taken back by the system, after an interruption notice
 * - `failed-creation`: never came up
 */
export type ReleaseCause = 'while-running' | 'after-stop' | 'spot' | 'failed-creation'

/** DescribeInstances' StoppedMode. `StopCharging` (economical mode) is only ever the owner's own decision. */
export type StoppedMode = 'KeepCharging' | 'StopCharging' | 'Not-applicable'

/** The biography of one instance, written while it happens. */
export interface Life {
  readonly profile: InstanceProfile
  /** Every state with the moment it began, oldest first; the creation state is the first. */
  readonly states: Array<{ readonly state: InstanceState; readonly atMs: number }>
  state: InstanceState
  /** Time of the newest event of any kind about this instance, epoch ms. */
  lastEventMs: number
  /** Restarts by its owner or by maintenance. */
  restarts: number
  /** Stops that nobody asked for. */
  unexpectedStops: number
  /** Down since a stop that nobody asked for. */
  stoppedUnexpectedly: boolean
  stoppedMode: StoppedMode
  /** When the interruption notice was given, epoch ms; from then on the instance is locked for recycling. */
  noticeMs: number | undefined
  releasedBy: ReleaseCause | undefined
  /** Counts decisions; what was planned under an earlier one no longer happens. */
  plan: number
}

/** A biography before its first event. */
export function openLife(profile: InstanceProfile): Life {
  return {
    profile,
    states: [],
    state: 'Pending',
    lastEventMs: 0,
    restarts: 0,
    unexpectedStops: 0,
    stoppedUnexpectedly: false,
    stoppedMode: 'Not-applicable',
    noticeMs: undefined,
    releasedBy: undefined,
    plan: 0
  }
}
