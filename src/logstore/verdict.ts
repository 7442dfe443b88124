import type { FaultClass } from '../cloud/fault.ts'

/**
 * What the caller of a failed call should do.
 * - `retry`: the same call later; nothing in it is to blame
 * - `refresh`: forget the credentials, then as `retry`
 * - `resign`: correct the clock by the answer's Date, then as `retry`
 * - `split`: send it in smaller parts
 * - `refuse`: some of its content is refused for ever; find out which by halving
 */
export type Remedy = 'retry' | 'refresh' | 'resign' | 'split' | 'refuse'

export interface Verdict {
  readonly class: FaultClass
  readonly remedy: Remedy
  /** What it means and what to do, for a person. */
  readonly says: string
}

const BUSY = verdict('unavailable', 'retry', 'the service cannot serve now')
const QUOTA = verdict('throttled', 'retry', 'a quota of the project or its shards is used up; split shards or raise it')
const KEY = verdict('credentials', 'refresh', 'the access key, token or permission was refused')
const SIGNATURE = verdict('credentials', 'refresh', 'the signature was refused; check the access key secret')
const SKEW = verdict('clock', 'resign', "this machine's clock is too far from the service's; keep it in step (NTP)")
const MISSING = verdict('missing', 'retry', 'it does not exist')
const CONTENT = verdict('rejected', 'refuse', 'the service refuses the content')
const TOO_LARGE = verdict('rejected', 'split', 'the body is larger than the service takes')
/**
 * The request around the records is at fault, so halving would blame every record in turn: hold all of them, as a new
 * version of this program can still store them.
 */
const OUR_BUG = verdict('rejected', 'retry', 'the service refuses the form of the request: a bug of this program')

/** Simple Log Service, Common error codes; PutLogs, Error codes. Both spellings where the service changed one. */
const BY_CODE: Readonly<Record<string, Verdict>> = {
  WriteQuotaExceed: QUOTA,
  ShardWriteQuotaExceed: QUOTA,
  ReadQuotaExceed: QUOTA,
  ShardReadQuotaExceed: QUOTA,
  MetaOperationQpsLimitExceeded: QUOTA,
  ExceedQuota: QUOTA,
  ProjectQuotaExceed: verdict('rejected', 'retry', 'the account may not have more projects or logstores'),
  ProjectForbidden: verdict('credentials', 'retry', 'the project is suspended; see to the bill of the account'),
  InternalServerError: BUSY,
  RequestTimeout: BUSY,
  ServerBusy: BUSY,
  Unauthorized: KEY,
  InvalidAccessKeyId: KEY,
  MissAccessKeyId: KEY,
  SignatureNotMatch: SIGNATURE,
  RequestTimeExpired: SKEW,
  RequestTimeTooSkewed: SKEW,
  ProjectNotExist: MISSING,
  ProjectNotExists: MISSING,
  LogStoreNotExist: MISSING,
  LogstoreNotExists: MISSING,
  IndexConfigNotExist: MISSING,
  PostBodyInvalid: CONTENT,
  InvalidTimestamp: CONTENT,
  InvalidEncoding: CONTENT,
  InvalidKey: CONTENT,
  PostBodyUncompressError: CONTENT,
  ParameterInvalid: CONTENT,
  PostBodyTooLarge: TOO_LARGE,
  InvalidBodyRawSize: OUR_BUG,
  InvalidCompressType: OUR_BUG,
  InvalidContentType: OUR_BUG,
  InvalidAPIVersion: OUR_BUG,
  InvalidSignatureMethod: OUR_BUG,
  InvalidDateFormat: OUR_BUG
}

/** For codes that no table knows. */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  400: CONTENT,
  401: KEY,
  403: KEY,
  404: MISSING,
  408: BUSY,
  413: TOO_LARGE,
  429: QUOTA,
  499: CONTENT
}

/** What an error answer of the service asks for. */
export function verdictOf(status: number, code: string): Verdict {
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined
  if (known !== undefined) return known
  if (/Quota|LimitExceed/.test(code)) return QUOTA
  if (/^Missing/.test(code)) return OUR_BUG
  if (status >= 500) return BUSY
  return BY_STATUS[status] ?? OUR_BUG
}

function verdict(cls: FaultClass, remedy: Remedy, says: string): Verdict {
  return { class: cls, remedy, says }
}
