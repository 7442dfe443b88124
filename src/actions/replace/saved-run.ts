import { z } from 'zod'
import type { FollowUpState } from '../follow-up.ts'
import { reasonMeaning } from '../reason-meaning.ts'
import { type Plan, planSchema } from './plan.ts'
import type { ReplaceReason } from './replace-reasons.ts'
import type { Ended, ReplaceState } from './replace-state.ts'

/** What a follow-up carries from one run to the next. */
export interface SavedRun {
  readonly plan: Plan
  readonly state: Exclude<ReplaceState, Ended>
}

/** A run as the state of a follow-up. */
export function saveRun({ plan, state }: SavedRun): FollowUpState {
  return { plan, state }
}

/** Reads the state of a follow-up; undefined for one that this version does not understand. */
export function readRun(state: FollowUpState): SavedRun | undefined {
  const read = savedSchema.safeParse(state)
  return read.success ? read.data : undefined
}

const count = z.int().min(0)
const waiting = { waits: count }
const bought = {
  replacement: z.object({ instanceId: z.string().min(1), generation: count, index: count }),
  sinceMs: z.number()
}

/** A reason is only told to people: one of another version becomes the plainest of ours. */
const reason = z
  .string()
  .transform((code): ReplaceReason => (reasonMeaning('replace', code) === '' ? 'deadline' : (code as ReplaceReason)))

const savedSchema = z.object({
  plan: planSchema,
  state: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('deciding'), ...waiting }),
    z.object({
      phase: z.literal('buying'),
      generation: count,
      from: count,
      salted: z.boolean(),
      why: reason,
      ...waiting
    }),
    z.object({ phase: z.literal('starting'), ...bought, ...waiting }),
    z.object({ phase: z.literal('attaching'), ...bought, ...waiting }),
    z.object({ phase: z.literal('warming'), ...bought, refused: z.array(z.string()), ...waiting })
  ])
})
