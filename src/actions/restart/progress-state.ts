import { z } from 'zod'
import type { FollowUpState } from '../follow-up.ts'
import type { RestartProgress } from '../policy/restart-position.ts'

const time = z.number().min(0)
const count = z.int().min(0).max(100_000)

/** Keys that a later version adds are let pass. */
const schema = z.object({
  stopMs: time,
  firstStop: z.string().max(2_048),
  firstStopMs: time,
  deadlineMs: time,
  made: count,
  startedMs: time,
  looks: count
})

/** A run's progress as a follow-up message carries it. */
export function progressState(progress: RestartProgress): FollowUpState {
  return { ...progress }
}

/** The progress in a follow-up message; undefined when it is not one of ours. */
export function progressOf(state: FollowUpState): RestartProgress | undefined {
  return schema.safeParse(state).data
}
