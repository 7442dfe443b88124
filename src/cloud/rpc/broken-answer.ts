import type { ApiFailure } from '../api-outcome.ts'

/**
 * An answer of success that is not in the service's form: a change that was asked for may have been made, or not; what was to
 * be read is not known, and worth asking again.
 */
export function brokenAnswer(action: string): ApiFailure {
  const message = `${action}: the answer is not in the form that the service documents`
  return { kind: 'unknown', fault: { class: 'unavailable', code: 'BrokenAnswer', status: 200, message, requestId: '' } }
}
