import type { Config } from '../config/schema.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../telemetry/log.ts'
import { type CredentialSource, defaultCredentials, staticCredentials } from './credentials.ts'

/** Keys from the file, which are only allowed for local servers, or the default chain. */
export function chooseCredentials({ credentials }: Config, clock: Clock, log: Log): CredentialSource {
  if (credentials !== undefined) return staticCredentials(credentials.accessKeyId, credentials.accessKeySecret)
  return defaultCredentials({
    clock,
    onRefreshFault: (fault) => log.warn({ fault: fault.message }, 'credentials could not be refreshed')
  })
}
