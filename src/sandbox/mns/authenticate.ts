import { createHash } from 'node:crypto'
import type { SandboxRequest } from '../loopback-server.ts'
import type { MnsBehaviour } from './behaviour.ts'
import { MNS_ERRORS, Refusal } from './refusal.ts'
import { signV2 } from './signature.ts'

/** What belongs to one access key id. */
export interface MnsCredential {
  readonly accessKeySecret: string
  /** Set for a temporary (STS) key, whose requests must bring it. */
  readonly securityToken?: string
}

const MAX_SKEW_MS = 15 * 60 * 1000

/** RFC 9110 IMF-fixdate; `Date.parse` alone would take much more. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

export interface Gatekeeper {
  /** By access key id. */
  readonly credentials: Pick<ReadonlyMap<string, MnsCredential>, 'get'>
  readonly behaviour: MnsBehaviour
}

/**
 * Checks who asks, and that the request arrived as it was signed.
 *
 * @param now epoch milliseconds
 * @throws Refusal in the service's words
 */
export function authenticate(request: Omit<SandboxRequest, 'fault'>, gatekeeper: Gatekeeper, now: number): void {
  const { authorization } = request.headers
  if (authorization === undefined) throw new Refusal('MissingAuthorizationHeader')
  const [, accessKeyId = '', signature = ''] = /^MNS ([^:\s]+):(\S+)$/.exec(authorization) ?? []
  if (accessKeyId === '') throw new Refusal('InvalidAuthorizationHeader')
  checkDate(request.headers, gatekeeper.behaviour, now)
  const credential = gatekeeper.credentials.get(accessKeyId)
  if (credential === undefined) throw new Refusal('InvalidAccessKeyId')
  if (signV2(request, credential.accessKeySecret) !== signature) throw new Refusal('SignatureDoesNotMatch')
  const token = request.headers['security-token']
  if (credential.securityToken !== undefined && credential.securityToken !== token) {
    throw new Refusal(gatekeeper.behaviour.badToken)
  }
  checkMd5(request)
}

function checkDate(headers: Readonly<Record<string, string>>, behaviour: MnsBehaviour, now: number): void {
  const date = headers['x-mns-date'] ?? headers['date']
  if (date === undefined) throw new Refusal('MissingDateHeader')
  const time = HTTP_DATE.test(date) ? Date.parse(date) : Number.NaN
  if (Number.isNaN(time)) throw new Refusal('InvalidDateHeader')
  if (Math.abs(now - time) > MAX_SKEW_MS) {
    throw new Refusal('TimeExpired', MNS_ERRORS.TimeExpired.message, behaviour.skewStatus)
  }
}

/** The SDKs send base64 of the hexadecimal digest where RFC 1864 says base64 of the digest; both are taken. */
function checkMd5({ headers, body }: Pick<SandboxRequest, 'headers' | 'body'>): void {
  const claimed = headers['content-md5']
  if (claimed === undefined) return
  const digest = createHash('md5').update(body).digest()
  const ofHex = Buffer.from(digest.toString('hex')).toString('base64')
  if (claimed !== ofHex && claimed !== digest.toString('base64')) throw new Refusal('InvalidDegist')
}
