import { staticCredentials } from '../../../src/cloud/credentials.ts'
import { type Clock, systemClock } from '../../../src/lib/clock.ts'
import { indexConfiguration } from '../../../src/logstore/index-configuration.ts'
import type { LogRecord } from '../../../src/logstore/sink.ts'
import { SlsClient } from '../../../src/logstore/sls-client.ts'
import { SlsReader } from '../../../src/logstore/sls-reader.ts'
import { createSlsSink } from '../../../src/logstore/sls-sink.ts'
import { SLS_KEYS, startSls } from '../../support/sls-sandbox.ts'
import type { StoredRecord } from './log-variants.ts'

/** A local log service with a logstore for each log that is compared. */
export interface AuditStore {
  /** Stores a log in a logstore of its own, by the product's own sink, at the times at which it arrived; reads it back. */
  keep(log: Iterable<StoredRecord>): Promise<SlsReader>
  close(): Promise<void>
}

const BATCH = 2_000

/**
 * The service's clock follows the log: it takes nothing that is more than a week old.
 *
 * @param dataDir where its data is kept; default: in memory
 */
export async function openAuditStore(dataDir?: string): Promise<AuditStore> {
  let nowMs = Date.now()
  const clock: Clock = { ...systemClock, now: () => nowMs }
  const sandbox = await startSls(
    { now: () => nowMs, ...(dataDir !== undefined && { dataDir }) },
    { ...indexConfiguration() }
  )
  const { region, accessKeyId, accessKeySecret } = SLS_KEYS
  const { project } = sandbox
  const credentials = staticCredentials(accessKeyId, accessKeySecret)
  const sdk = { endpoint: sandbox.server.url, region, project, credentials, clock }
  const closers: Array<() => Promise<void>> = [() => sandbox.close()]
  let stores = 0

  const put = async (logstore: string, log: Iterable<StoredRecord>): Promise<void> => {
    const sink = createSlsSink({ ...sdk, logstore, source: '127.0.0.1', timeoutMs: 30_000 })
    try {
      for (const [topic, records, storedMs] of batches(log)) {
        nowMs = storedMs
        const outcome = await sink.put(topic, records.map(copyOf))
        if (outcome.kind !== 'stored') throw new Error(`Cannot store the log: ${outcome.fault.message}`)
      }
    } finally {
      await sink.close()
    }
  }

  return {
    keep: async (log) => {
      stores += 1
      const logstore = `log-${stores}`
      await sandbox.service.createLogstore(project, logstore, { ttl: 3_650, shards: 2 }, { ...indexConfiguration() })
      await put(logstore, log)
      const client = new SlsClient(sdk)
      closers.push(() => client.close())
      return new SlsReader({ client, logstore, clock })
    },
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close()
    }
  }
}

/** What is stored is let go, and the log is compared afterwards. */
function copyOf({ topic, timeS, fields, bytes }: LogRecord): LogRecord {
  return { topic, timeS, fields, bytes }
}

/** Records of one topic that come one after the other, and when the last of them came. A day at most goes into a batch. */
function* batches(log: Iterable<StoredRecord>): Generator<[topic: string, records: LogRecord[], storedMs: number]> {
  const waiting = new Map<string, LogRecord[]>()
  let sinceMs = Number.NEGATIVE_INFINITY
  let lastMs = sinceMs
  for (const { record, storedMs } of log) {
    if (storedMs - sinceMs > 12 * 3_600_000) {
      for (const [topic, records] of waiting) yield [topic, records, lastMs]
      waiting.clear()
      sinceMs = storedMs
    }
    const records = waiting.get(record.topic) ?? []
    records.push(record)
    waiting.set(record.topic, records)
    lastMs = storedMs
    if (records.length < BATCH) continue
    yield [record.topic, records, lastMs]
    waiting.delete(record.topic)
  }
  for (const [topic, records] of waiting) yield [topic, records, lastMs]
}
