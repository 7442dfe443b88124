import type { ReplaceContext } from './replace-context.ts'
import { byClaim, type Replacement } from './replacement.ts'

/**
 * The one replacement to go on with when there are several: every replica comes to the same one. The others are recorded
 * and an operator is told: this program never releases an instance.
 */
export function keepOne(
  first: Replacement,
  others: readonly Replacement[],
  { record, log, job }: ReplaceContext
): Replacement {
  const all = new Map([first, ...others].map((replacement) => [replacement.instanceId, replacement]))
  const [kept = first, ...surplus] = [...all.values()].sort(byClaim)
  for (const { instanceId, generation, index } of surplus) {
    const detail = `Kept is ${kept.instanceId}.`
    const content = { generation, index, kept: kept.instanceId }
    record({
      step: `surplus/${instanceId}`,
      decision: 'failed',
      reason: 'surplus',
      target: instanceId,
      detail,
      content
    })
    const context = { replaced: job.instanceId, kept: kept.instanceId, surplus: instanceId }
    log.error(context, 'an instance was replaced twice: release the surplus one')
  }
  return kept
}
