/**
 * Why an exchange over HTTP has no whole answer, whichever client ran it; the fault codes of these cases.
 * - `Aborted`: this process gave it up
 * - `Timeout`: no whole answer within the time limit
 * - `Unreachable`: there is no way to the host, or it does not answer
 * - `NotHttp`: what answered does not speak HTTP as it should
 * - `InvalidRequest`: what was to be sent can't be written as HTTP
 * - `ConnectionFailed`: none of the others
 */
export type NetworkReason =
  | 'Aborted'
  | 'Timeout'
  | 'ConnectionRefused'
  | 'ConnectionReset'
  | 'HostNotFound'
  | 'Unreachable'
  | 'TlsFailure'
  | 'AnswerTooLarge'
  | 'NotHttp'
  | 'InvalidRequest'
  | 'ConnectionFailed'

export interface NetworkTrouble {
  readonly reason: NetworkReason
  /** The code of Node.js, OpenSSL or undici in brackets, after a space, where it tells more than the reason; else ''. */
  readonly hint: string
}

/** What an error means that Node.js or undici threw out of an exchange. */
export function networkTrouble(thrown: unknown): NetworkTrouble {
  const code = codeOf(thrown)
  const reason = REASONS.get(code) ?? reasonByForm(code)
  return { reason, hint: reason === 'TlsFailure' || reason === 'ConnectionFailed' ? ` (${code || 'no code'})` : '' }
}

/** By the error codes of Node.js ("Common system errors") and undici ("Errors"). */
const REASONS: ReadonlyMap<string, NetworkReason> = new Map<string, NetworkReason>([
  ['ECONNREFUSED', 'ConnectionRefused'],
  ['ECONNRESET', 'ConnectionReset'],
  ['ECONNABORTED', 'ConnectionReset'],
  ['EPIPE', 'ConnectionReset'],
  ['UND_ERR_SOCKET', 'ConnectionReset'],
  ['ENOTFOUND', 'HostNotFound'],
  ['EAI_AGAIN', 'HostNotFound'],
  ['ETIMEDOUT', 'Unreachable'],
  ['EHOSTUNREACH', 'Unreachable'],
  ['ENETUNREACH', 'Unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'Unreachable'],
  ['EPROTO', 'TlsFailure'],
  ['UND_ERR_HEADERS_TIMEOUT', 'Timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'Timeout'],
  ['UND_ERR_ABORTED', 'Aborted'],
  ['UND_ERR_DESTROYED', 'Aborted'],
  ['UND_ERR_CLOSED', 'Aborted'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'AnswerTooLarge'],
  ['UND_ERR_HEADERS_OVERFLOW', 'NotHttp'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'NotHttp'],
  ['UND_ERR_INVALID_ARG', 'InvalidRequest']
])

/** Node's and OpenSSL's codes for handshakes and certificates (Node.js, "X509 certificate error codes") are many. */
const TLS = /SSL|TLS|CERT|CRL|UNABLE_TO|^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/

function reasonByForm(code: string): NetworkReason {
  if (code.startsWith('HPE_')) return 'NotHttp'
  return TLS.test(code) ? 'TlsFailure' : 'ConnectionFailed'
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return ''
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code
  // The parser of undici does not always name its trouble.
  return thrown.name === 'HTTPParserError' ? 'HPE_UNKNOWN' : ''
}
