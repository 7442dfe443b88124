interface MnsErrorKind {
  readonly status: number
  readonly message: string
}

/** The service's error codes with status and text, spelled as the service spells them (help page "Error codes"). */
export const MNS_ERRORS = {
  MessageNotExist: { status: 404, message: 'Message not exist.' },
  QueueNotExist: { status: 404, message: 'The queue name you provided is not exist.' },
  ReceiptHandleError: { status: 400, message: 'The receipt handle you provide is not valid.' },
  InvalidArgument: { status: 400, message: 'The XML you provided did not validate against our published schema.' },
  MalformedXML: { status: 400, message: 'The XML you provided was not well-formed.' },
  MissingReceiptHandle: { status: 400, message: 'ReceiptHandle is required.' },
  MissingVisibilityTimeout: { status: 400, message: 'VisibilityTimeout is required.' },
  MissingAuthorizationHeader: { status: 400, message: 'Authorization is required.' },
  MissingDateHeader: { status: 400, message: 'Date is required.' },
  InvalidAuthorizationHeader: { status: 400, message: 'The Authorization header format is invalid.' },
  InvalidDateHeader: { status: 400, message: 'The Date header format is invalid.' },
  InvalidRequestURL: { status: 400, message: 'Http Request URL is invalid.' },
  InvalidQueryString: { status: 400, message: 'Http Request URL contains invalid querystring item.' },
  InvalidDegist: { status: 400, message: 'The Content-MD5 you specified is invalid.' },
  InvalidQueueName: { status: 400, message: 'The queue name you provided is invalid.' },
  QueueNameLengthError: { status: 400, message: 'The queue name length should between 1 and 120.' },
  AccessDenied: {
    status: 403,
    message: 'The OwnerId that your Access Key Id associated to is forbidden for this operation.'
  },
  InvalidAccessKeyId: { status: 403, message: 'The access Id you provided does not exist.' },
  InvalidSecurityToken: { status: 403, message: 'The security token you provided is invalid or has expired.' },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
  },
  TimeExpired: { status: 408, message: 'The http request you sent is expired.' },
  QueueAlreadyExist: { status: 409, message: 'The queue you want to create is already exist.' },
  TooManyRequests: {
    status: 429,
    message: 'The request is denied by cluster flow limiter for too many requests.'
  },
  InternalError: { status: 500, message: 'Interal error.' },
  InternalServerError: { status: 500, message: 'Interal error.' }
} as const satisfies Record<string, MnsErrorKind>

export type MnsErrorCode = keyof typeof MNS_ERRORS

/** Status and text of any code; of one that the service does not know (a fault rule's own), 500 and the code itself. */
export function errorKind(code: string): MnsErrorKind {
  const known: Readonly<Record<string, MnsErrorKind>> = MNS_ERRORS
  return (Object.hasOwn(known, code) ? known[code] : undefined) ?? { status: 500, message: code }
}

/** What the service says no with. Thrown where a request is read or executed, made an answer in one place. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: MnsErrorCode
  /** The HTTP status, where it is not the code's own. */
  readonly status: number | undefined

  constructor(code: MnsErrorCode, message: string = MNS_ERRORS[code].message, status?: number) {
    super(message)
    this.code = code
    this.status = status
  }

  /** A value out of its range, in the service's words. */
  static range(element: string, low: number, high: number, unit = ''): Refusal {
    return new Refusal('InvalidArgument', `The value of ${element} should between ${low} and ${high}${unit}.`)
  }
}
