import type { InstanceProfile } from './instance-profile.ts'
import type { InstanceState } from './instance-state.ts'
import type { Life, LockReason, StoppedMode } from './life.ts'

/** An instance as DescribeInstances would show it. */
export interface DescribedInstance extends InstanceProfile {
  readonly state: InstanceState
  readonly createdMs: number
  /** When it last began to run, epoch ms. */
  readonly startedMs: number | undefined
  readonly stoppedMode: StoppedMode
  /** True from the interruption notice on: OperationLocks says Recycling. */
  readonly recycling: boolean
  /** Why OperationLocks names it, `Recycling` among the reasons. */
  readonly locks: ReadonlyArray<LockReason | 'Recycling'>
  readonly deletionProtection: boolean
  readonly expiresMs: number | undefined
  readonly autoReleaseMs: number | undefined
}

/** What is to be seen of a life at the moment. */
export function describeLife(life: Life): DescribedInstance {
  return {
    ...life.profile,
    tags: life.tags,
    state: life.state,
    createdMs: life.states[0]?.atMs ?? 0,
    startedMs: life.startedMs,
    stoppedMode: life.stoppedMode,
    recycling: life.recycling,
    locks: life.recycling ? [...life.locks, 'Recycling'] : life.locks,
    deletionProtection: life.deletionProtection,
    expiresMs: life.expiresMs,
    autoReleaseMs: life.autoReleaseMs
  }
}
