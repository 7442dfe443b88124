import type { IndexConfiguration } from './index-configuration.ts'
import type { CallOutcome, SlsClient } from './sls-client.ts'

/** What a logstore is created with; names as SLS's CreateLogStore spells them. */
export interface LogstoreSettings {
  /** Days that logs are kept, 1 to 3650; 3650 means for ever. */
  readonly ttl: number
  readonly shardCount: number
  readonly autoSplit: boolean
  readonly maxSplitShard: number
}

/** 404 is a `failed` outcome with the fault class `missing`. */
export function getLogstore(client: SlsClient, logstore: string): Promise<CallOutcome> {
  return client.call({ operation: 'GetLogStore', method: 'GET', path: pathOf(logstore), answer: 'json' })
}

/** One that is there already fails with the code LogStoreAlreadyExist. */
export function createLogstore(client: SlsClient, logstore: string, settings: LogstoreSettings): Promise<CallOutcome> {
  const body = { logstoreName: logstore, ...settings }
  return client.call({ operation: 'CreateLogStore', method: 'POST', path: '/logstores', body, answer: 'none' })
}

/** A logstore without an index fails with the fault class `missing`, code IndexConfigNotExist. */
export function getIndex(client: SlsClient, logstore: string): Promise<CallOutcome> {
  return client.call({ operation: 'GetIndex', method: 'GET', path: `${pathOf(logstore)}/index`, answer: 'json' })
}

/** One that is there already fails with the code IndexAlreadyExist. */
export function createIndex(client: SlsClient, logstore: string, body: IndexConfiguration): Promise<CallOutcome> {
  const path = `${pathOf(logstore)}/index`
  return client.call({ operation: 'CreateIndex', method: 'POST', path, body, answer: 'none' })
}

/** Replaces the whole index; it holds for logs that come from now on. */
export function updateIndex(client: SlsClient, logstore: string, body: IndexConfiguration): Promise<CallOutcome> {
  const path = `${pathOf(logstore)}/index`
  return client.call({ operation: 'UpdateIndex', method: 'PUT', path, body, answer: 'none' })
}

function pathOf(logstore: string): string {
  return `/logstores/${logstore}`
}
