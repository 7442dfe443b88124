import { SECOND } from '../../config/units.ts'
import { afterFailure } from './api-failure.ts'
import { keepOne } from './keep-one.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import type { Observation, Starting } from './replace-state.ts'
import { byClaim, findReplacements, isLost } from './replacement.ts'

/** An instance that was just made may not be described for this long, ms. */
const UNSEEN_MS = 30 * SECOND

/** One look whether the replacement runs, and whether it is the one to keep: another replica's may show only now. */
export async function lookAtStart(state: Starting, context: ReplaceContext): Promise<Observation> {
  const { compute, loss, clock } = context
  const { replacement } = state
  const [answer, found] = await Promise.all([
    compute.describe(replacement.instanceId, limitsOf(context)),
    findReplacements(compute, loss, limitsOf(context))
  ])
  if (answer.kind === 'already') return { kind: 'later', why: 'not-running' }
  if (answer.kind !== 'done') return afterFailure(answer)
  const instance = answer.value
  const others = (found.kind === 'done' ? found.value : []).filter(({ instanceId }) => {
    return instanceId !== replacement.instanceId
  })
  if (instance === undefined || isLost(instance)) {
    const [other] = others
    if (other !== undefined) return { kind: 'bought', replacement: other }
    const isNew = instance === undefined && clock.now() - state.sinceMs < UNSEEN_MS
    return isNew ? { kind: 'later', why: 'not-running' } : { kind: 'gone', replacement }
  }
  const isKept = others.every((other) => byClaim(replacement, other) < 0)
  if (isKept && instance.status !== 'Running') {
    return { kind: 'later', why: 'not-running', detail: `Its status is ${instance.status}.` }
  }
  const kept = keepOne(replacement, others, context)
  return isKept ? { kind: 'running', replacement } : { kind: 'bought', replacement: kept }
}
