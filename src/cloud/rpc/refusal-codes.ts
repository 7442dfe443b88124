import type { FaultClass } from '../fault.ts'

/** What an error code asks of the caller: one of the outcomes of a call. */
export interface Refusal {
  readonly kind: 'refused' | 'busy' | 'throttled' | 'unavailable' | 'unknown'
  readonly class: FaultClass
  /** What may mend it before one more try. */
  readonly remedy?: 'credentials' | 'clock'
  /** Tries after which it counts as lasting. */
  readonly maxTries?: number
}

/** The resource is being changed by somebody else. */
const BUSY: Refusal = { kind: 'busy', class: 'unavailable' }
const THROTTLED: Refusal = { kind: 'throttled', class: 'throttled' }
/** The service has failed in the middle of it. */
const BROKEN: Refusal = { kind: 'unknown', class: 'unavailable' }
/** Also the answer to what will never work, so that it is not worth a long try. */
const UNAVAILABLE: Refusal = { kind: 'unavailable', class: 'unavailable', maxTries: 5 }
const IDENTITY: Refusal = { kind: 'refused', class: 'credentials', remedy: 'credentials' }
/** New credentials would be of the same role. */
const PERMISSION: Refusal = { kind: 'refused', class: 'credentials' }
const CLOCK: Refusal = { kind: 'refused', class: 'clock', remedy: 'clock' }
const MISSING: Refusal = { kind: 'refused', class: 'missing' }
const REJECTED: Refusal = { kind: 'refused', class: 'rejected' }

/**
 * Error codes in lower case, because products differ in how they write the same one. From the vendor's pages: OpenAPI,
 * "Common error codes"; ECS, StartInstance and RunInstances, "Error codes", "How to ensure idempotence"; SLB, "Common
 * error codes"; ALB and NLB, error codes of AddServersToServerGroup and RemoveServersFromServerGroup. What of them is
 * worth a repetition is what the vendor's Terraform provider repeats.
 */
const BY_CODE: Readonly<Record<string, Refusal>> = {
  // ECS
  instancenotready: BUSY,
  'invalidoperation.conflict': BUSY,
  incorrectvswitchstatus: BUSY,
  'operationdenied.creatingconflict': BUSY,
  idempotentprocessing: BUSY,
  lasttokenprocessing: BUSY,
  // CLB
  'backendserver.configuring': BUSY,
  serviceisstopping: BUSY,
  serviceisconfiguring: BUSY,
  vservergroupprocessing: BUSY,
  operationbusy: BUSY,
  processingsamerequest: BUSY,
  rspoolvipexist: BUSY,
  'operationfailed.listenerstatusnotsupport': BUSY,
  // CLB, ALB and NLB; with CLB under HTTP status 449
  systembusy: BUSY,
  // ALB and NLB
  idempotenceprocessing: BUSY,
  'incorrectstatus.servergroup': BUSY,
  'operationfailed.resourcegroupstatuscheckfail': BUSY,
  'operationfailed.resourceisconfiguring': BUSY,
  'conflict.lock': BUSY,
  // All products
  internalerror: BROKEN,
  internalservererror: BROKEN,
  internalinvokeerror: BROKEN,
  servicetimeout: BROKEN,
  signaturenonceused: BROKEN,
  serviceunavailable: UNAVAILABLE,
  'serviceunavailable.regiondown': UNAVAILABLE,
  invalidaccesskeyid: IDENTITY,
  'invalidaccesskeyid.notfound': IDENTITY,
  'invalidaccesskeyid.inactive': IDENTITY,
  invalidsecuritytoken: IDENTITY,
  'invalidsecuritytoken.expired': IDENTITY,
  'invalidsecuritytoken.malformed': IDENTITY,
  'invalidsecuritytoken.mismatch': IDENTITY,
  'invalidsecuritytoken.mismatchwithaccesskey': IDENTITY,
  missingaccesskeyid: IDENTITY,
  missingsecuritytoken: IDENTITY,
  signaturedoesnotmatch: IDENTITY,
  incompletesignature: IDENTITY,
  forbidden: PERMISSION,
  'forbidden.ram': PERMISSION,
  'forbidden.unauthorized': PERMISSION,
  nopermission: PERMISSION,
  unauthorizedoperation: PERMISSION,
  accessdenied: PERMISSION,
  'invalidtimestamp.expired': CLOCK,
  'invalidtimestamp.format': CLOCK,
  illegaltimestamp: CLOCK
}

/** For codes that the table does not know. */
const BY_STATUS: Readonly<Record<number, Refusal>> = { 401: PERMISSION, 404: MISSING, 429: THROTTLED, 449: BUSY }

/**
 * What an error answer of the service asks for.
 *
 * @param code in any case; '' for an answer without one
 */
export function refusalOf(status: number, code: string): Refusal {
  const key = code.toLowerCase()
  const known = Object.hasOwn(BY_CODE, key) ? BY_CODE[key] : undefined
  if (known !== undefined) return known
  if (key.includes('throttling')) return THROTTLED
  if (status >= 500) return status === 503 ? UNAVAILABLE : BROKEN
  if (/\.notfound$|^resourcenotfound\b/.test(key)) return MISSING
  return BY_STATUS[status] ?? REJECTED
}
