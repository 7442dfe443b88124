import { createHmac } from 'node:crypto'

/** The parts of a request that its signature covers. */
export interface SignedRequest {
  readonly method: string
  /** Path and query exactly as on the wire, escapes included. */
  readonly target: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
}

/** The text that signature version 2 is made of (help page "Request signatures"). An absent header is an empty line. */
export function stringToSign({ method, target, headers }: SignedRequest): string {
  const mnsHeaders = Object.keys(headers)
    .filter((name) => name.startsWith('x-mns-'))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join('')
  const date = headers['x-mns-date'] ?? headers['date'] ?? ''
  return [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', date, mnsHeaders + target].join('\n')
}

/** Signature version 2: base64 of HMAC-SHA1 under the access key secret. */
export function signV2(request: SignedRequest, secret: string): string {
  return createHmac('sha1', secret).update(stringToSign(request)).digest('base64')
}
