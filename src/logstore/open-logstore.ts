import { chooseCredentials } from '../cloud/choose-credentials.ts'
import type { CredentialSource } from '../cloud/credentials.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../telemetry/log.ts'
import type { LogSink } from './sink.ts'
import { SlsClient } from './sls-client.ts'
import { SlsReader } from './sls-reader.ts'
import { createSlsSink } from './sls-sink.ts'

/** A logstore opened for queries; `close` ends its connections. */
export interface OpenReader {
  readonly reader: SlsReader
  readonly close: () => Promise<void>
}

/** Opens the configured logstore for queries. */
export function openReader(config: Config, clock: Clock, log: Log): OpenReader {
  return readerOf(config, chooseCredentials(config, clock, log), clock)
}

/** Opens the configured logstore for writing. */
export function openSink(config: Config, clock: Clock, log: Log): LogSink {
  return sinkOf(config, chooseCredentials(config, clock, log), clock)
}

/** The configured logstore for writing, signed with the given credentials. The caller closes it. */
export function sinkOf({ region, logstore }: Config, credentials: CredentialSource, clock: Clock): LogSink {
  const { endpoint, project, name, timeout: timeoutMs } = logstore
  return createSlsSink({ endpoint, region, project, logstore: name, credentials, clock, timeoutMs })
}

/** The configured logstore for queries, signed with the given credentials. */
export function readerOf(config: Config, credentials: CredentialSource, clock: Clock): OpenReader {
  const { endpoint, project, name } = config.logstore
  const client = new SlsClient({ endpoint, region: config.region, project, credentials, clock })
  return { reader: new SlsReader({ client, logstore: name, clock }), close: () => client.close() }
}
