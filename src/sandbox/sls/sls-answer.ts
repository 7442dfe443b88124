import { randomBytes } from 'node:crypto'
import type { SandboxAnswer } from '../loopback-server.ts'
import type { SlsError } from './sls-error.ts'

/** A service answer: every one of them carries a request id (SLS "Common response headers"). */
export function answerBytes(body: Buffer | string, headers: Record<string, string> = {}, status = 200): SandboxAnswer {
  return {
    status,
    headers: {
      server: 'Tengine',
      'x-log-requestid': randomBytes(12).toString('hex').toUpperCase(),
      ...headers
    },
    body
  }
}

/** A 200 without a body. */
export function answerEmpty(): SandboxAnswer {
  return answerBytes('')
}

/** A JSON body. */
export function answerJson(value: unknown, headers: Record<string, string> = {}, status = 200): SandboxAnswer {
  return answerBytes(JSON.stringify(value), { 'content-type': 'application/json', ...headers }, status)
}

/** The service's error form: `{"errorCode", "errorMessage"}`. */
export function answerError(error: SlsError): SandboxAnswer {
  return answerJson({ errorCode: error.code, errorMessage: error.message }, {}, error.status)
}
