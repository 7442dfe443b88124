/** HTTP status by error code (SLS "Common error codes", and the error tables of PutLogs, GetLogs, CreateIndex). */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  MissingContentType: 400,
  MissingBodyRawSize: 400,
  InvalidBodyRawSize: 400,
  InvalidCompressType: 400,
  MissingHost: 400,
  MissingDate: 400,
  InvalidDateFormat: 400,
  MissingAPIVersion: 400,
  InvalidAPIVersion: 400,
  MissAccessKeyId: 400,
  MissingSignatureMethod: 400,
  InvalidSignatureMethod: 400,
  RequestTimeTooSkewed: 400,
  RequestTimeExpired: 400,
  PostBodyInvalid: 400,
  InvalidTimestamp: 400,
  InvalidEncoding: 400,
  InvalidKey: 400,
  PostBodyUncompressError: 400,
  ParameterInvalid: 400,
  InvalidTimeRange: 400,
  InvalidQueryString: 400,
  InvalidOffset: 400,
  InvalidLine: 400,
  InvalidReverse: 400,
  LogStoreAlreadyExist: 400,
  LogStoreInfoInvalid: 400,
  IndexAlreadyExist: 400,
  IndexInfoInvalid: 400,
  ProjectAlreadyExist: 400,
  ProjectQuotaExceed: 400,
  InvalidDashboardName: 400,
  JobAlreadyExist: 400,
  SignatureNotMatch: 401,
  Unauthorized: 401,
  InvalidAccessKeyId: 401,
  WriteQuotaExceed: 403,
  ShardWriteQuotaExceed: 403,
  ReadQuotaExceed: 403,
  ExceedQuota: 403,
  MetaOperationQpsLimitExceeded: 403,
  ProjectForbidden: 403,
  ProjectNotExist: 404,
  LogStoreNotExist: 404,
  IndexConfigNotExist: 404,
  SavedSearchNotExist: 404,
  DashboardNotExist: 404,
  JobNotExist: 404,
  MissingContentLength: 411,
  PostBodyTooLarge: 413,
  InvalidContentType: 415,
  InternalServerError: 500,
  RequestTimeout: 500,
  NotImplemented: 501,
  ServerBusy: 503
}

const DEFAULT_MESSAGE: Readonly<Record<string, string>> = {
  ServerBusy: 'The server is busy, please try again later.',
  InternalServerError: 'Internal server error.',
  WriteQuotaExceed: 'Write quota is exceeded.',
  ShardWriteQuotaExceed: 'Shard write quota is exceeded.',
  ReadQuotaExceed: 'Read quota is exceeded.',
  Unauthorized: 'The AccessKeyId is unauthorized.',
  PostBodyTooLarge: 'Body size must little than 10485760'
}

/** A request that the service refuses: `code` and `message` are what the client reads in the answer's body. */
export class SlsError extends Error {
  override readonly name = 'SlsError'
  readonly code: string
  readonly status: number

  /** @param status where an operation answers a code with another status than the common table; default: the table's */
  constructor(code: string, message?: string, status?: number) {
    super(message ?? DEFAULT_MESSAGE[code] ?? `${code}.`)
    this.code = code
    this.status = status ?? STATUS_BY_CODE[code] ?? 400
  }
}
