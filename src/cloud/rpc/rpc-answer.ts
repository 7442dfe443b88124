import { isObject } from '../../lib/is-object.ts'
import type { ApiOutcome } from '../api-outcome.ts'
import { type Fault, type FaultClass, plainWord } from '../fault.ts'
import { type Refusal, refusalOf } from './refusal-codes.ts'
import type { RpcRequest } from './rpc-api.ts'
import type { WireAnswer } from './rpc-wire.ts'

export type RpcBody = Readonly<Record<string, unknown>>

/** What came of one try of a call. */
export interface Attempt {
  readonly outcome: ApiOutcome<RpcBody>
  /** What it tells of the service: `up` also when it refused, `unproven` when it was not asked. */
  readonly health: 'up' | 'down' | 'unproven'
  readonly remedy?: Refusal['remedy']
  /** True when the remedy was applied: the next try differs from this one. */
  readonly mended?: boolean
  /** True when the breaker did not let it begin: not worth another try of the same call. */
  readonly held?: boolean
  /** Tries after which this failure counts as lasting. */
  readonly maxTries?: number
  /** How long the service asks to wait, ms. */
  readonly retryAfterMs?: number | undefined
}

/** A try that did not even begin. */
export function notSent(fault: Fault): Attempt {
  return unanswered(false, fault, 'unproven')
}

/** A try without an answer. @param sent whether the service may have got the request */
export function unanswered(sent: boolean, fault: Fault, health: Attempt['health']): Attempt {
  return { outcome: { kind: sent ? 'unknown' : 'unavailable', fault }, health }
}

/**
 * Reads an HTTP answer. Only a 2xx with a JSON object that carries a RequestId is a success: a proxy in between that
 * says 200 has done nothing.
 *
 * @param secrets never to appear in a message
 */
export function readAnswer(
  answer: WireAnswer,
  request: Pick<RpcRequest, 'action' | 'meaning'>,
  secrets: readonly string[]
): Attempt {
  const body = jsonObject(answer.body)
  if (body === undefined) return foreign(answer)
  const success = answer.status >= 200 && answer.status < 300
  const code = text(body['Code']) || text(body['code'])
  if (success && saysSuccess(body, code)) {
    return text(body['RequestId']) === '' ? foreign(answer) : { outcome: { kind: 'done', value: body }, health: 'up' }
  }
  return refused({ answer, body, code, request, secrets })
}

interface ErrorAnswer {
  readonly answer: WireAnswer
  readonly body: RpcBody
  readonly code: string
  readonly request: Pick<RpcRequest, 'action' | 'meaning'>
  readonly secrets: readonly string[]
}

function refused({ answer, body, code, request, secrets }: ErrorAnswer): Attempt {
  const { status } = answer
  if (code === '') return foreign(answer)
  const message = text(body['Message']) || text(body['message'])
  const refusal = refusalOf(status, code)
  const meant = request.meaning?.(code.toLowerCase(), status, message)
  const quote = quotable(refusal) ? quoted(message, secrets) : ''
  const fault: Fault = {
    class: refusal.class,
    code: plainWord(code, 'UnknownCode'),
    status,
    message: sentence(`${request.action}: ${says(refusal, body)}`, quote),
    requestId: plainWord(text(body['RequestId']), '')
  }
  const { remedy, maxTries } = meant === undefined ? refusal : {}
  return {
    outcome: { kind: meant ?? refusal.kind, fault },
    health: status >= 500 && (refusal.kind === 'unknown' || refusal.kind === 'unavailable') ? 'down' : 'up',
    retryAfterMs: retryAfterMs(answer),
    ...(remedy === undefined ? {} : { remedy }),
    ...(maxTries === undefined ? {} : { maxTries })
  }
}

/** NLB answers 200 with `Success: false` and a code; the vendor's older SDKs take any code but these for an error. */
function saysSuccess(body: RpcBody, code: string): boolean {
  return body['Success'] !== false && ['', '200', 'ok', 'success'].includes(code.toLowerCase())
}

/** An answer that the service itself did not write, or that did not come whole. */
function foreign(answer: WireAnswer): Attempt {
  const { status } = answer
  const fault = (code: string, message: string, cls: FaultClass = 'unavailable'): Fault => ({
    class: cls,
    code,
    status,
    message,
    requestId: ''
  })
  if (status === 429) {
    const asked = fault('TooManyRequests', 'fewer requests were asked for', 'throttled')
    return { outcome: { kind: 'throttled', fault: asked }, health: 'up', retryAfterMs: retryAfterMs(answer) }
  }
  const says = 'an answer that is not in the form of the service: a proxy in between, or something else listens there'
  // What answers 3xx or 4xx has carried nothing out; a gateway's 5xx, or a broken success, leaves it open.
  const kind = status >= 300 && status < 500 ? 'unavailable' : 'unknown'
  return { outcome: { kind, fault: fault('BadGateway', says) }, health: 'down' }
}

function says(refusal: Refusal, body: RpcBody): string {
  switch (refusal.kind) {
    case 'busy':
      return 'the resource is being changed'
    case 'throttled':
      return 'too many calls'
    case 'unavailable':
    case 'unknown':
      return 'the service fails'
    case 'refused':
      return saysOfRefused(refusal, body)
    default: {
      const never: never = refusal.kind
      return never
    }
  }
}

function saysOfRefused(refusal: Refusal, body: RpcBody): string {
  if (refusal.class === 'clock') return "this machine's clock is too far from the service's; keep it in step (NTP)"
  if (refusal.class === 'missing') return 'it does not exist'
  if (refusal.class !== 'credentials') return 'refused'
  if (refusal.remedy !== undefined) return 'the access key, its secret or its token was refused'
  const denied = deniedAction(body)
  return denied === '' ? 'the permission is missing' : `the permission ${denied} is missing`
}

/** `ecs:StartInstance`, where the answer tells it. */
function deniedAction(body: RpcBody): string {
  const detail = body['AccessDeniedDetail']
  const action = isObject(detail) ? text(detail['AuthAction']) : ''
  return /^[a-z0-9-]{1,32}:[A-Za-z0-9*]{1,64}$/i.test(action) ? action : ''
}

/** A refused signature is answered with all that was signed, the security token among it. */
function quotable(refusal: Refusal): boolean {
  return refusal.remedy !== 'credentials'
}

const MAX_QUOTE = 300

function quoted(message: string, secrets: readonly string[]): string {
  let text = message
  for (const secret of secrets) text = text.replaceAll(secret, '***')
  return text.replace(/\s+/g, ' ').trim().slice(0, MAX_QUOTE)
}

function sentence(says: string, quote: string): string {
  return quote === '' ? says : `${says} ("${quote}")`
}

/** The longest wait that is believed, ms. */
const MAX_RETRY_AFTER_MS = 300_000

/** From the gateway's own header (ms), or the standard one (s, RFC 9110 section 10.2.3). */
function retryAfterMs({ header }: WireAnswer): number | undefined {
  const own = header('x-acs-retry-after')
  const standard = header('retry-after')
  const ms = /^\d{1,9}$/.test(own) ? Number(own) : /^\d{1,6}$/.test(standard) ? Number(standard) * 1_000 : undefined
  return ms === undefined ? undefined : Math.min(ms, MAX_RETRY_AFTER_MS)
}

function jsonObject(body: string): RpcBody | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
