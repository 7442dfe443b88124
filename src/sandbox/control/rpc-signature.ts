import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { SandboxRequest } from '../loopback-server.ts'
import { type RpcCaller, RpcError } from './rpc-product.ts'

/** An access key, and whose it is. */
export interface RpcKey extends RpcCaller {
  readonly secret: string
  /** When set, requests must carry exactly this token. */
  readonly securityToken: string | undefined
}

/** What a request is checked against. */
export interface RpcSignatureRules {
  /** By access key id. */
  readonly keys: Pick<ReadonlyMap<string, RpcKey>, 'get'>
  /** The service's clock, epoch ms. */
  readonly now: () => number
  readonly nonces: RecentNonces
}

type SignedRequest = Pick<SandboxRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>

/** What a signature says, in whichever form it came. */
interface Claim {
  readonly accessKeyId: string
  readonly securityToken: string | undefined
  readonly nonce: string
  readonly timestamp: string
  readonly matches: (secret: string) => boolean
}

const MAX_SKEW_MS = 15 * 60_000
const MAX_NONCES = 100_000

/** The nonces of the last half hour, as far as their number allows: an older one is refused for its time. */
export class RecentNonces {
  readonly #expiry = new Map<string, number>()

  /** False when this nonce was used before. @param nowMs epoch ms */
  use(nonce: string, nowMs: number): boolean {
    for (const [known, expiresAt] of this.#expiry) {
      if (expiresAt > nowMs && this.#expiry.size < MAX_NONCES) break
      this.#expiry.delete(known)
    }
    if (this.#expiry.has(nonce)) return false
    this.#expiry.set(nonce, nowMs + 2 * MAX_SKEW_MS)
    return true
  }
}

/**
 * Checks who signed a request, and when (OpenAPI "Request syntax and signature method V3": ACS3-HMAC-SHA256 over a
 * canonical request; "Signature method V1": HMAC-SHA1 over all parameters).
 *
 * @param parameters everything that query and form carry
 * @returns the caller
 * @throws RpcError as the gateway would answer
 */
export function checkRpcSignature(
  request: SignedRequest,
  parameters: ReadonlyMap<string, string>,
  rules: RpcSignatureRules
): RpcCaller {
  const claim = request.headers['authorization'] === undefined ? claimV1(request, parameters) : claimV3(request)
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(claim.timestamp) ? Date.parse(claim.timestamp) : Number.NaN
  if (Number.isNaN(atMs)) {
    throw new RpcError(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.')
  }
  const nowMs = rules.now()
  if (Math.abs(nowMs - atMs) > MAX_SKEW_MS) {
    throw new RpcError(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.')
  }
  const key = rules.keys.get(claim.accessKeyId)
  if (key === undefined) {
    throw new RpcError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
  }
  if (!claim.matches(key.secret)) {
    throw new RpcError(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.')
  }
  checkToken(claim.securityToken, key.securityToken)
  if (claim.nonce === '') throw missing('SignatureNonce')
  if (!rules.nonces.use(claim.nonce, nowMs)) {
    throw new RpcError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
  }
  return { accessKeyId: key.accessKeyId, userName: key.userName }
}

function checkToken(given: string | undefined, required: string | undefined): void {
  if (given === required) return
  if (given === undefined) throw missing('SecurityToken')
  throw new RpcError(400, 'InvalidSecurityToken.Mismatch', 'Specified SecurityToken is not matched with the AccessKey.')
}

const AUTHORIZATION = /^ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/

function claimV3({ method, path, query, headers, body }: SignedRequest): Claim {
  const [, accessKeyId, names = '', given = ''] = AUTHORIZATION.exec(headers['authorization'] ?? '') ?? []
  if (accessKeyId === undefined) {
    throw new RpcError(400, 'IncompleteSignature', 'The request signature does not conform to Aliyun standards.')
  }
  const signed = names.split(';')
  const bodyHash = sha256(body)
  const canonical = [
    method,
    path,
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    '',
    names,
    bodyHash
  ].join('\n')
  // An unsigned header could be changed on the way.
  const complete = Object.keys(headers).every((name) => signed.includes(name) || !mustBeSigned(name))
  return {
    accessKeyId,
    securityToken: headers['x-acs-security-token'],
    nonce: headers['x-acs-signature-nonce'] ?? '',
    timestamp: headers['x-acs-date'] ?? '',
    matches: (secret) =>
      complete &&
      headers['x-acs-content-sha256'] === bodyHash &&
      same(hmac('sha256', secret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`).toString('hex'), given)
  }
}

function mustBeSigned(name: string): boolean {
  return name === 'host' || name === 'content-type' || name.startsWith('x-acs-')
}

const HASH_BY_METHOD: Readonly<Record<string, string>> = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256' }

function claimV1({ method }: SignedRequest, parameters: ReadonlyMap<string, string>): Claim {
  for (const name of ['AccessKeyId', 'SignatureMethod', 'Signature', 'Timestamp']) {
    if (!parameters.has(name)) throw missing(name)
  }
  const hash = HASH_BY_METHOD[parameters.get('SignatureMethod') ?? '']
  if (hash === undefined) {
    throw new RpcError(400, 'InvalidParameter', 'The specified parameter "SignatureMethod" is not valid.')
  }
  const signed = [...parameters].filter(([name]) => name !== 'Signature')
  const text = `${method}&${percentEncode('/')}&${percentEncode(canonicalQuery(signed))}`
  return {
    accessKeyId: parameters.get('AccessKeyId') ?? '',
    securityToken: parameters.get('SecurityToken'),
    nonce: parameters.get('SignatureNonce') ?? '',
    timestamp: parameters.get('Timestamp') ?? '',
    matches: (secret) => same(hmac(hash, `${secret}&`, text).toString('base64'), parameters.get('Signature') ?? '')
  }
}

function missing(name: string): RpcError {
  return new RpcError(400, `Missing${name}`, `${name} is mandatory for this action.`)
}

function canonicalQuery(pairs: Iterable<readonly [string, string]>): string {
  return [...pairs]
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`)
    .join('&')
}

/** RFC 3986: unreserved characters stay, everything else is encoded. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(hash: string, key: string, text: string): Buffer {
  return createHmac(hash, key).update(text).digest()
}

function same(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
