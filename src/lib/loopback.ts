import { isIP } from 'node:net'

/** True for `localhost`, 127.0.0.0/8 and [::1], with or without brackets: hosts that never leave this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
}
