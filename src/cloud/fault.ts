/**
 * Why a call to a cloud service did not do what was asked, as data.
 * - `unavailable`: no answer, a broken answer, or a 5xx: the same call may succeed later
 * - `throttled`: the service asked for fewer calls
 * - `credentials`: the key, token, signature or permission was refused
 * - `missing`: the queue, project or logstore does not exist
 * - `clock`: the request's time was too far from the service's
 * - `rejected`: the service understood the call and refuses this content; the same call will never succeed
 * - `aborted`: this process gave the call up
 */
export type FaultClass = 'unavailable' | 'throttled' | 'credentials' | 'missing' | 'clock' | 'rejected' | 'aborted'

export interface Fault {
  readonly class: FaultClass
  /** The service's own error code (`QueueNotExist`), or one of ours for what is no answer (`ConnectionReset`, `BadGateway`). */
  readonly code: string
  /** HTTP status, 0 when there was no answer. */
  readonly status: number
  /** One sentence for a person. Never holds a secret, a receipt handle, a signature or a message body. */
  readonly message: string
  /** The service's request id, '' when there was none. */
  readonly requestId: string
}

/** True when only an operator can mend it; waiting alone does not help. */
export function needsOperator(fault: Fault): boolean {
  return fault.class === 'credentials' || fault.class === 'missing' || fault.class === 'clock'
}

/** A fault in one line, for logs. */
export function describeFault(fault: Fault): string {
  const status = fault.status === 0 ? '' : `HTTP ${fault.status} `
  const request = fault.requestId === '' ? '' : ` (request ${fault.requestId})`
  return `${status}${fault.code}: ${fault.message}${request}`
}

/**
 * A code or request id of an answer, if it looks like one: what a peer writes there is logged, so it must be short and
 * hold nothing but letters, digits and a few marks.
 */
export function plainWord(text: string, otherwise: string): string {
  return /^[A-Za-z0-9._-]{1,64}$/.test(text) ? text : otherwise
}
