import { AuditError } from '../lib/errors.ts'
import { isLoopback } from '../lib/loopback.ts'

/** Where a queue service answers. */
export interface MnsEndpoint {
  /** `https://<account>.mns.<region>.aliyuncs.com`, without a trailing slash: the SDK would put it before the path. */
  readonly origin: string
  /** Host and port, for messages. */
  readonly host: string
  /** The first label of the host name: the account id in an endpoint of the vendor's. */
  readonly account: string
}

/**
 * Reads an endpoint as written in a configuration.
 *
 * @throws AuditError `config` for anything but an http or https URL without path; plain http only to loopback hosts,
 * because a receipt handle and a security token travel in it
 */
export function parseMnsEndpoint(text: string): MnsEndpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw refused('an https URL')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw refused('a URL without path and query')
  if (url.username !== '' || url.password !== '') throw refused('a URL without user and password')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw refused('https for a host other than this machine')
  return { origin: url.origin, host: url.host, account: url.hostname.split('.')[0] || 'account' }
}

/** The text itself stays out of the message: it may hold a password. */
function refused(expected: string): AuditError {
  return new AuditError(
    'config',
    `Cannot use queue.endpoint: expected ${expected}, for example https://123456.mns.cn-hangzhou.aliyuncs.com`
  )
}
