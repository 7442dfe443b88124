/**
 * What kind of thing went wrong. Closed: whoever switches on it covers every case.
 * - `usage`: the command line was wrong (exit 2)
 * - `config`: the configuration was wrong (exit 78)
 * - `unavailable`: a service or machine could not be reached, or answered that it can't serve now
 * - `denied`: a service refused these credentials or this permission
 * - `missing`: a queue, project, logstore or index does not exist
 * - `rejected`: a service understood the request and refused its content
 * - `input`: a file or stream that the user gave can't be read or understood
 * - `internal`: a bug in this program
 */
export type ErrorCode = 'usage' | 'config' | 'unavailable' | 'denied' | 'missing' | 'rejected' | 'input' | 'internal'

/**
 * The one error class of this project: an expected failure, told to a person. The message says what failed, what was
 * required, what was found and what to do; it never holds a secret, a receipt handle or a message body.
 */
export class AuditError extends Error {
  override readonly name = 'AuditError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  /** Any thrown value as an AuditError; foreign ones become `internal` with the original as `cause`. */
  static from(thrown: unknown): AuditError {
    if (thrown instanceof AuditError) return thrown
    return new AuditError('internal', errorMessage(thrown), { cause: thrown })
  }
}

/** The message of any thrown value. Total. */
export function errorMessage(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name
  try {
    return String(thrown)
  } catch {
    return 'unknown error'
  }
}
