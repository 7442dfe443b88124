import type { IncomingMessage } from 'node:http'
import { isLoopback } from '../lib/loopback.ts'

/** Why a request is not served: an HTTP status and what to tell. */
export interface Refusal {
  readonly status: number
  readonly error: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Lets only the page itself ask. A stranger's page in the same browser can reach a loopback address, so:
 * - the Host must be a loopback name with our port: a name that was rebound to 127.0.0.1 is not (DNS rebinding)
 * - a request that a browser made for another origin is refused (`Sec-Fetch-Site`, `Origin`; W3C Fetch Metadata)
 * - a body must be JSON, which no form can send, and no CORS header is ever answered
 *
 * @returns undefined for a request that may be served
 */
export function refusalOf(request: IncomingMessage, port: number): Refusal | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers
  if (!isOwnHost(host, port)) return { status: 421, error: 'This server answers for loopback addresses only.' }
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, error: 'Not from another origin.' }
  if (isForeign(request, site)) return { status: 403, error: 'Not from another site.' }
  return undefined
}

/**
 * What every answer says: nothing is loaded from elsewhere, nothing frames the page, nothing guesses types
 * (OWASP "HTTP Security Response Headers").
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin'
}

function isOwnHost(host: string, port: number): boolean {
  const [, name = '', given = '80'] = /^(\[[0-9a-f:]+\]|[^:]+)(?::(\d+))?$/i.exec(host) ?? []
  return isLoopback(name) && Number(given) === port
}

/** Somebody may follow a link to the page; everything else must come from the page itself, or from no browser at all. */
function isForeign({ headers, url }: IncomingMessage, site: string | string[] | undefined): boolean {
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  return url !== '/' || headers['sec-fetch-mode'] !== 'navigate'
}
