import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { SandboxRequest } from '../loopback-server.ts'
import { SlsError } from './sls-error.ts'

/** What a request is checked against. */
export interface SignatureRules {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** When set, requests must carry exactly this token. */
  readonly securityToken: string | undefined
  /** Signature v4 is over the region. */
  readonly region: string
  /** The service's clock, epoch ms. */
  readonly now: () => number
  /** Code for a request clock that is more than 15 minutes off: the service has used both. */
  readonly clockSkewCode: 'RequestTimeExpired' | 'RequestTimeTooSkewed'
}

type SignedRequest = Pick<SandboxRequest, 'method' | 'target' | 'path' | 'headers' | 'body'>

const MAX_SKEW_MS = 15 * 60_000

/**
 * Checks who signed a request, and when (SLS "Request signatures": v1 with HMAC-SHA1 or HMAC-SHA256, and v4).
 *
 * @throws SlsError as the service would answer
 */
export function checkSignature(request: SignedRequest, rules: SignatureRules): void {
  const { headers } = request
  const version = headers['x-log-apiversion']
  if (version === undefined) throw new SlsError('MissingAPIVersion', 'x-log-apiversion does not exist in http header.')
  if (version !== '0.6.0') throw new SlsError('InvalidAPIVersion', `x-log-apiversion ${version} is unsupported.`)
  const authorization = headers['authorization'] ?? ''
  const v4 = /^SLS4-HMAC-SHA256 Credential=([^/,]+)\/([^/]+)\/([^/]+)\/sls\/aliyun_v4_request,\s*Signature=([0-9a-f]+)$/
  const v1 = /^LOG ([^:\s]+):(\S+)$/
  const modern = v4.exec(authorization)
  const classic = v1.exec(authorization)
  const keyId = modern?.[1] ?? classic?.[1]
  if (keyId === undefined) throw new SlsError('MissAccessKeyId', 'x-log-accesskeyid does not exist in header.')
  checkTime(request, rules)
  if (keyId !== rules.accessKeyId) {
    throw new SlsError('InvalidAccessKeyId', `The access key id you provided is invalid: ${keyId}.`)
  }
  if (rules.securityToken !== undefined && headers['x-acs-security-token'] !== rules.securityToken) {
    throw new SlsError('Unauthorized', 'The security token you provided is invalid.')
  }
  const matches = modern !== null ? matchesV4(request, rules, modern) : matchesV1(request, rules, classic?.[2] ?? '')
  if (!matches) throw new SlsError('SignatureNotMatch', `Signature ${modern?.[4] ?? classic?.[2]} is not matched.`)
}

function checkTime({ headers }: SignedRequest, rules: SignatureRules): void {
  const text = headers['x-log-date'] ?? headers['date']
  if (text === undefined) throw new SlsError('MissingDate', 'Date does not exist in http header.')
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
  const atMs = Date.parse(text.replace(compact, '$1-$2-$3T$4:$5:$6Z'))
  if (Number.isNaN(atMs)) throw new SlsError('InvalidDateFormat', `Date ${text} must follow RFC822.`)
  if (Math.abs(rules.now() - atMs) <= MAX_SKEW_MS) return
  throw new SlsError(
    rules.clockSkewCode,
    rules.clockSkewCode === 'RequestTimeTooSkewed'
      ? 'Request time exceeds server time more than 15 minutes.'
      : `Request time ${text} has been expired while server time is ${new Date(rules.now()).toUTCString()}.`
  )
}

const HASH_BY_METHOD: Readonly<Record<string, string>> = { 'hmac-sha1': 'sha1', 'hmac-sha256': 'sha256' }

function matchesV1(request: SignedRequest, rules: SignatureRules, given: string): boolean {
  const { headers, body } = request
  const method = headers['x-log-signaturemethod']
  if (method === undefined) {
    throw new SlsError('MissingSignatureMethod', 'x-log-signaturemethod does not exist in http header.')
  }
  const hash = HASH_BY_METHOD[method]
  if (hash === undefined) throw new SlsError('InvalidSignatureMethod', `signature method ${method} is unsupported.`)
  const md5 = headers['content-md5'] ?? ''
  if (md5 !== '' && md5 !== createHash('md5').update(body).digest('hex').toUpperCase()) return false
  const lines = [request.method, md5, headers['content-type'] ?? '', headers['x-log-date'] ?? headers['date'] ?? '']
  for (const name of Object.keys(headers).sort()) {
    if (isServiceHeader(name)) lines.push(`${name}:${headers[name]}`)
  }
  const query = queryPairs(request.target).map(([key, value]) => (value === undefined ? key : `${key}=${value}`))
  const suffix = query.length === 0 ? '' : `?${query.join('&')}`
  return pathForms(request.path).some((path) => {
    const text = [...lines, `${path}${suffix}`].join('\n')
    return same(createHmac(hash, rules.accessKeySecret).update(text).digest('base64'), given)
  })
}

function matchesV4(request: SignedRequest, rules: SignatureRules, parts: RegExpExecArray): boolean {
  const { headers, body } = request
  const [, , day = '', region = '', given = ''] = parts
  const date = headers['x-log-date'] ?? ''
  const bodyHash = sha256(body)
  if (region !== rules.region || !date.startsWith(day) || headers['x-log-content-sha256'] !== bodyHash) return false
  const signed = Object.keys(headers)
    .filter((name) => name === 'host' || name === 'content-type' || isServiceHeader(name))
    .sort()
  const query = queryPairs(request.target).map(([key, value]) => (value ? `${key}=${percentEncode(value)}` : key))
  const key = ['sls', 'aliyun_v4_request'].reduce(hmac, hmac(hmac(`aliyun_v4${rules.accessKeySecret}`, day), region))
  return pathForms(request.path).some((path) => {
    const canonical = [
      request.method,
      path,
      query.join('&'),
      ...signed.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
      '',
      signed.join(';'),
      bodyHash
    ].join('\n')
    const scope = `${day}/${region}/sls/aliyun_v4_request`
    const text = ['SLS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
    return same(hmac(key, text).toString('hex'), given)
  })
}

function isServiceHeader(name: string): boolean {
  return name.startsWith('x-log-') || name.startsWith('x-acs-')
}

/** Clients sign the path as they hold it, which is percent-encoded or not. */
function pathForms(path: string): string[] {
  try {
    return [path, decodeURIComponent(path)]
  } catch {
    return [path]
  }
}

/** Decoded parameters in the order of their names; `undefined` for a bare key. */
function queryPairs(target: string): Array<readonly [key: string, value: string | undefined]> {
  const cut = target.indexOf('?')
  if (cut < 0 || cut === target.length - 1) return []
  const pairs = target
    .slice(cut + 1)
    .split('&')
    .map((pair) => {
      const [decoded] = new URLSearchParams(pair)
      return [decoded?.[0] ?? '', pair.includes('=') ? (decoded?.[1] ?? '') : undefined] as const
    })
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function same(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
