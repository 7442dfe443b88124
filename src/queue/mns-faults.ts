import { type Fault, type FaultClass, plainWord } from '../cloud/fault.ts'
import type { HttpFailure } from './http-exchange.ts'

/** A fault from an error code of MNS. Unknown codes go by their HTTP status. */
export function faultOfCode(code: string, status: number, requestId: string): Fault {
  const known = CODES.get(code)
  const faultClass = known?.[0] ?? classOfStatus(status)
  const message =
    known?.[1] ?? `MNS refused the call with a code that this program does not know; it counts as ${faultClass}`
  return {
    class: faultClass,
    code: plainWord(code, 'UnknownCode'),
    status,
    message,
    requestId: plainWord(requestId, '')
  }
}

/** A fault from what is no answer at all. */
export function faultOfFailure(failure: HttpFailure, host: string, status: number, requestId: string): Fault {
  const [faultClass, message] = FAILURES[failure]
  return {
    class: faultClass,
    code: failure,
    status,
    message: `${message}: ${host}`,
    requestId: plainWord(requestId, '')
  }
}

/** A fault from an answer that MNS does not give: an HTML page, nothing, a cut-off document. */
export function faultOfBrokenAnswer(status: number, requestId: string): Fault {
  if (status === 429) return faultOfCode('TooManyRequests', status, requestId)
  return {
    class: 'unavailable',
    code: 'BadGateway',
    status,
    message:
      'The answer is not one of MNS: a proxy or gateway in between, a service in trouble, or a wrong queue.endpoint',
    requestId: plainWord(requestId, '')
  }
}

/** The receipt handle is no longer ours. Vendor pages give either code for an expired one (DeleteMessage, FAQ). */
export const LOST_CODES: ReadonlySet<string> = new Set(['MessageNotExist', 'ReceiptHandleError'])

const SIGNING = 'MNS could not read how the request was signed; a proxy may have changed its headers'
const CONTENT = 'MNS refused the content of the request'
const NAME = 'MNS does not accept this queue name: check queue.name'
const BUSY = 'MNS has a fault of its own'
const SLOWER = 'MNS asked for fewer requests'

/**
 * What each error code of MNS means to the caller, and the sentence for a person. The sentences are ours, because the
 * service's own may quote the request. Vendor pages: Error codes, Flow limiting policy, and the page of each operation.
 */
const CODES: ReadonlyMap<string, readonly [FaultClass, string]> = new Map([
  ['MessageNotExist', ['rejected', 'There is no such message, or its receipt handle has expired']],
  ['ReceiptHandleError', ['rejected', 'The receipt handle is not valid, or has expired']],
  [
    'QueueNotExist',
    ['missing', 'The queue does not exist: check queue.name, and region and account in queue.endpoint']
  ],
  ['QueueAlreadyExist', ['rejected', 'A queue of this name exists with other attributes']],
  ['QueueDeletedRecently', ['rejected', 'A queue of this name was deleted a moment ago']],
  ['InvalidQueueName', ['rejected', NAME]],
  ['QueueNameLengthError', ['rejected', NAME]],
  [
    'AccessDenied',
    ['credentials', 'The access key may not do this: grant its RAM user or role the MNS permission on this queue']
  ],
  ['InvalidAccessKeyId', ['credentials', 'The access key id does not exist or is disabled: check the credentials']],
  ['SignatureDoesNotMatch', ['credentials', 'The signature does not match: check the access key secret']],
  ['TimeExpired', ['clock', 'The request is more than 15 minutes off the time of MNS: set the clock of this machine']],
  ['TooManyRequests', ['throttled', SLOWER]],
  ['QpsLimitExceeded', ['throttled', SLOWER]],
  ['InvalidArgument', ['rejected', 'MNS refused a value of the request as out of range']],
  ['MalformedXML', ['rejected', CONTENT]],
  ['MissingReceiptHandle', ['rejected', CONTENT]],
  ['MissingVisibilityTimeout', ['rejected', CONTENT]],
  ['InvalidRequestURL', ['rejected', CONTENT]],
  ['InvalidQueryString', ['rejected', CONTENT]],
  ['InvalidDegist', ['rejected', CONTENT]],
  ['InvalidDigest', ['rejected', CONTENT]],
  ['MissingAuthorizationHeader', ['rejected', SIGNING]],
  ['InvalidAuthorizationHeader', ['rejected', SIGNING]],
  ['MissingDateHeader', ['rejected', SIGNING]],
  ['InvalidDateHeader', ['rejected', SIGNING]],
  ['InternalError', ['unavailable', BUSY]],
  ['InternalServerError', ['unavailable', BUSY]]
])

const FAILURES: Readonly<Record<HttpFailure, readonly [FaultClass, string]>> = {
  Aborted: ['aborted', 'This process gave the call up'],
  ConnectionReset: ['unavailable', 'The connection was closed before the answer was whole'],
  ConnectionRefused: ['unavailable', 'Nothing accepts connections there; check queue.endpoint'],
  HostNotFound: ['unavailable', 'The name of the host cannot be resolved; check queue.endpoint and the DNS'],
  Unreachable: ['unavailable', 'No connection can be made; check queue.endpoint, network and firewall'],
  TlsFailure: ['unavailable', 'The TLS connection failed; check queue.endpoint and the trusted certificates'],
  Timeout: ['unavailable', 'No whole answer came in time'],
  AnswerTimeout: ['unavailable', 'The answer did not come in time'],
  BodyTimeout: ['unavailable', 'The answer stopped half-way'],
  AnswerTooLarge: ['unavailable', 'The answer is larger than any of MNS'],
  NotHttp: ['unavailable', 'The answer is not HTTP; check queue.endpoint'],
  InvalidRequest: ['rejected', 'The request cannot be written as HTTP; check the credentials for stray characters'],
  ConnectionFailed: ['unavailable', 'The network failed']
}

function classOfStatus(status: number): FaultClass {
  if (status === 401 || status === 403) return 'credentials'
  if (status === 429) return 'throttled'
  return status >= 400 && status < 500 ? 'rejected' : 'unavailable'
}
