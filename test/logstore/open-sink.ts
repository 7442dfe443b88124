import { type CredentialSource, staticCredentials } from '../../src/cloud/credentials.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { auditRecord } from '../../src/logstore/record.ts'
import type { LogRecord, LogSink } from '../../src/logstore/sink.ts'
import { SlsClient } from '../../src/logstore/sls-client.ts'
import type { SlsOptions } from '../../src/logstore/sls-options.ts'
import { createSlsSink, type SlsSinkOptions } from '../../src/logstore/sls-sink.ts'
import { closeLater } from '../support/close-later.ts'
import { SLS_KEYS, type SlsSandbox, startSls } from '../support/sls-sandbox.ts'

/** The sandbox's SLS, closed after the test. */
export async function openSls(...options: Parameters<typeof startSls>): Promise<SlsSandbox> {
  const sandbox = await startSls(...options)
  closeLater(() => sandbox.close())
  return sandbox
}

/** A sink on the sandbox's logstore, closed after the test. */
export function openSink(endpoint: string, options: Partial<SlsSinkOptions> = {}): LogSink {
  const sink = createSlsSink({ ...sdkOptions(endpoint), logstore: 'ecs-events', ...options })
  closeLater(() => sink.close())
  return sink
}

/** A client of the sandbox's project, closed after the test. */
export function openClient(endpoint: string, options: Partial<SlsOptions> = {}): SlsClient {
  const client = new SlsClient({ ...sdkOptions(endpoint), ...options })
  closeLater(() => client.close())
  return client
}

function sdkOptions(endpoint: string): SlsOptions {
  const { region, accessKeyId, accessKeySecret } = SLS_KEYS
  const credentials = staticCredentials(accessKeyId, accessKeySecret)
  return { endpoint, region, project: 'my-audit', credentials, clock: systemClock }
}

/** `count` event records of now, told apart by `event_key`. */
export function someRecords(count: number, content = '{"a":1}'): LogRecord[] {
  const nowMs = Date.now()
  return Array.from({ length: count }, (_, index) =>
    auditRecord('event', nowMs, nowMs, { event_key: `key-${index}`, event_name: 'Instance:StateChange', content })
  )
}

/** A source that counts how often it was told to forget. */
export function countingCredentials(): CredentialSource & { readonly invalidations: () => number } {
  let count = 0
  const { get } = staticCredentials(SLS_KEYS.accessKeyId, SLS_KEYS.accessKeySecret)
  return {
    get,
    invalidate: () => {
      count += 1
    },
    invalidations: () => count
  }
}
