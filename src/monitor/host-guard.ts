import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { isLoopback } from '../lib/loopback.ts'

/**
 * Whether a request's Host names this server. A name that an attacker points at this machine (DNS rebinding) does not: a
 * browser sends it as it stands in the attacker's address. An IP address can't be rebound, so that probes and scrapers,
 * which use the pod's, are served where the server is bound to one.
 *
 * @param host the header, with a port or without
 * @param bound what the server listens on
 * @param names further names that it answers for
 */
export function isOwnHost(host: string, bound: string, names: readonly string[]): boolean {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(host) ?? []
  const bare = name.replace(/^\[|\]$/g, '').toLowerCase()
  if (isLoopback(bare)) return true
  if (names.some((own) => own.toLowerCase() === bare)) return true
  if (isLoopback(bound)) return false
  return isIP(bare) !== 0 || bare === bound.toLowerCase() || bare === hostname().toLowerCase()
}
