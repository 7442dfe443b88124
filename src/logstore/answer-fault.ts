import { type Fault, plainWord } from '../cloud/fault.ts'
import { type Remedy, verdictOf } from './verdict.ts'
import { MAX_ANSWER_BYTES, type WireAnswer } from './wire.ts'

/** A call that did not do what was asked, and what to do about it. */
export interface Failure {
  readonly fault: Fault
  readonly remedy: Remedy
}

export interface Confidence {
  /** Never to appear in a message. */
  readonly secrets: readonly string[]
  /** The request's body holds messages: the service is quoted only on faults that it finds before it reads a body. */
  readonly privateBody: boolean
}

/** An error answer as SLS words it: {"errorCode": "...", "errorMessage": "..."}. */
interface ServiceError {
  readonly code: string
  readonly message: string
}

const MAX_QUOTE = 400

/**
 * Why an answer is no success, or undefined for one. Only a 200 that carries the service's request id counts: a portal or
 * a proxy in between that says 200 has stored nothing. For the same reason only an answer in the service's own JSON may
 * refuse content.
 */
export function failureOf(answer: WireAnswer, confidence: Confidence): Failure | undefined {
  const requestId = answer.headers['x-log-requestid'] ?? ''
  const { status } = answer
  if (status === 200) {
    if (requestId === '') return foreign(status)
    return Number(answer.headers['x-log-bodyrawsize']) > MAX_ANSWER_BYTES
      ? oversized(status, plainWord(requestId, ''))
      : undefined
  }
  const error = serviceError(answer.body)
  if (error === undefined) return foreign(status)
  const { class: cls, remedy, says } = verdictOf(status, error.code)
  const quotable = !confidence.privateBody || cls === 'credentials' || cls === 'missing'
  const quote = quotable ? quoted(error.message, confidence.secrets) : ''
  return {
    fault: {
      class: cls,
      code: plainWord(error.code, 'UnknownCode'),
      status,
      message: quote === '' ? says : `${says} ("${quote}")`,
      requestId: plainWord(requestId, '')
    },
    remedy
  }
}

/** The SDK would reserve as many bytes as the header of a compressed answer says. */
function oversized(status: number, requestId: string): Failure {
  const message = `the answer says it is larger than ${MAX_ANSWER_BYTES} bytes`
  return { fault: { class: 'unavailable', code: 'AnswerTooLarge', status, message, requestId }, remedy: 'retry' }
}

/** An answer that the service itself did not write. */
function foreign(status: number): Failure {
  if (status === 413) {
    const fault = { class: 'rejected', code: 'PostBodyTooLarge', message: 'a proxy finds the body too large' } as const
    return { fault: { ...fault, status, requestId: '' }, remedy: 'split' }
  }
  if (status === 429) {
    const fault = { class: 'throttled', code: 'TooManyRequests', message: 'fewer requests were asked for' } as const
    return { fault: { ...fault, status, requestId: '' }, remedy: 'retry' }
  }
  const message =
    status >= 500
      ? 'an answer that is not in the form of the service: something in front of it cannot reach it'
      : 'an answer that the service did not write: something else listens at logstore.endpoint, or a proxy is in between'
  return { fault: { class: 'unavailable', code: 'BadGateway', status, message, requestId: '' }, remedy: 'retry' }
}

function serviceError(body: Buffer): ServiceError | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    if (typeof parsed !== 'object' || parsed === null || !('errorCode' in parsed)) return undefined
    const { errorCode } = parsed
    if (typeof errorCode !== 'string' || !/^[A-Za-z0-9_.]{1,64}$/.test(errorCode)) return undefined
    const message = 'errorMessage' in parsed && typeof parsed.errorMessage === 'string' ? parsed.errorMessage : ''
    return { code: errorCode, message }
  } catch {
    return undefined
  }
}

function quoted(message: string, secrets: readonly string[]): string {
  let text = message
  for (const secret of secrets) {
    if (secret !== '') text = text.replaceAll(secret, '***')
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, MAX_QUOTE)
}
