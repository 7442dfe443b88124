import { isIP } from 'node:net'
import { AuditError } from '../lib/errors.ts'
import { isLoopback } from '../lib/loopback.ts'

/** Where a project's requests go, and under which name. */
export interface SlsEndpoint {
  readonly protocol: 'https:' | 'http:'
  /** Host and port without the project, as the SDK signs it: `cn-hangzhou.log.aliyuncs.com`, `127.0.0.1:8080`. */
  readonly host: string
  /** What to connect to: the project's own host name, or the address itself for an address. */
  readonly connectHost: string
  readonly connectPort: number
}

/**
 * Reads `logstore.endpoint`: a URL or a bare host, HTTPS unless it says otherwise. The service tells projects apart by host
 * name; an address has no sub-domains, so with one (or `localhost`) the project travels in the `Host` header alone.
 *
 * @throws AuditError `config`
 */
export function slsEndpoint(endpoint: string, project: string): SlsEndpoint {
  const url = parse(endpoint)
  if (url.username !== '' || url.password !== '') throw bad('(hidden)', 'credentials do not belong into it')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw bad(endpoint, 'plain http is for loopback addresses only; use https')
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw bad(endpoint, 'nothing may follow host and port')
  }
  if (url.hostname.startsWith(`${project}.`)) {
    throw bad(endpoint, `leave the project out, it is put in front: ${url.host.slice(project.length + 1)}`)
  }
  const address = url.hostname.replace(/^\[|\]$/g, '')
  const named = isIP(address) === 0 && address !== 'localhost'
  return {
    protocol: url.protocol === 'http:' ? 'http:' : 'https:',
    host: url.host,
    connectHost: named ? `${project}.${address}` : address,
    connectPort: url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port)
  }
}

function parse(endpoint: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    throw bad(endpoint.includes('@') ? '(hidden)' : endpoint, 'expected https://<region>.log.aliyuncs.com')
  }
  return url
}

function bad(found: string, why: string): AuditError {
  return new AuditError('config', `Cannot use logstore.endpoint ${JSON.stringify(found)}: ${why}`)
}
