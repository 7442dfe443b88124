import type { ApiFailure } from '../../cloud/api-outcome.ts'
import { describeFault } from '../../cloud/fault.ts'
import { failureReason } from '../policy/reasons.ts'
import type { Observation } from './replace-state.ts'

/** What a failed call to ECS means: a refusal needs a person, everything else may pass. */
export function afterFailure(outcome: ApiFailure): Observation {
  const [reason, detail] = [failureReason(outcome), describeFault(outcome.fault)]
  if (outcome.kind === 'refused') return { kind: 'stop', decision: 'gave_up', reason, detail }
  return { kind: 'later', why: reason, detail }
}
