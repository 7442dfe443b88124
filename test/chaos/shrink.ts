import type { Fault } from './fault.ts'
import type { Plan } from './plan.ts'

const MAX_TRIALS = 24

/**
 * Drops faults, halves first and then fewer, while the plan still fails (delta debugging). A failure that depends on the
 * moment may be missed: then the schedule is longer than it need be, never wrong.
 */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let faults = plan.faults
  let parts = 2
  for (let trials = 0; trials < MAX_TRIALS && faults.length > 1; ) {
    const size = Math.ceil(faults.length / parts)
    let shorter: readonly Fault[] | undefined
    for (let from = 0; from < faults.length && shorter === undefined && trials < MAX_TRIALS; from += size) {
      const left = faults.filter((_, index) => index < from || index >= from + size)
      trials += 1
      if (await fails({ ...plan, faults: left })) shorter = left
    }
    if (shorter !== undefined) {
      faults = shorter
      parts = Math.max(2, parts - 1)
    } else if (size === 1) break
    else parts = Math.min(faults.length, parts * 2)
  }
  return { ...plan, faults }
}
