import type { InstanceProfile } from './instance-profile.ts'
import type { InstanceState } from './instance-state.ts'

/**
 * Why an instance is gone.
 * - `while-running`: released by its owner without being stopped before
 * - `after-stop`: released by its owner after it had stopped
 * - `spot`: taken back by the system, after an interruption notice
 * - `failed-creation`: never came up
 * - `auto-release`: at the moment that its owner had set
 */
export type ReleaseCause = 'while-running' | 'after-stop' | 'spot' | 'failed-creation' | 'auto-release'

/** DescribeInstances' StoppedMode. `StopCharging` (economical mode) is only ever the owner's own decision. */
export type StoppedMode = 'KeepCharging' | 'StopCharging' | 'Not-applicable'

/** A lock on an instance, as OperationLocks names it; `Recycling` is never set by hand: it follows from the notice. */
export type LockReason = 'financial' | 'security' | 'dedicatedhostfinancial' | 'refunded'

/** What the owner, the system or a test may change about an instance at any time. */
export interface Circumstances {
  tags: Readonly<Record<string, string>>
  locks: readonly LockReason[]
  deletionProtection: boolean
  /** End of a subscription, epoch ms. Undefined: billed by use. */
  expiresMs: number | undefined
  /** When its owner lets it be released, epoch ms. */
  autoReleaseMs: number | undefined
  /** Starts that will end in Stopped again. */
  failingStarts: number
  /** Crashes still to come, each so many virtual ms after the instance came up. */
  crashes: { readonly times: number; readonly afterMs: number }
}

/** The biography of one instance, written while it happens. */
export interface Life extends Circumstances {
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
  /** When it last began to run, epoch ms. */
  startedMs: number | undefined
  /** When the interruption notice was given, epoch ms. */
  noticeMs: number | undefined
  /** Locked from its notice until the system has taken it back: released it, or stopped it where its owner chose that. */
  recycling: boolean
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
    startedMs: undefined,
    noticeMs: undefined,
    recycling: false,
    releasedBy: undefined,
    plan: 0,
    tags: profile.tags,
    locks: [],
    deletionProtection: false,
    expiresMs: undefined,
    autoReleaseMs: undefined,
    failingStarts: 0,
    crashes: { times: 0, afterMs: 0 }
  }
}
