import type { IndexConfig } from './index-config.ts'
import type { LogColumn } from './log-table.ts'
import { SlsError } from './sls-error.ts'

/** A logstore's settings that a client may change. */
export interface LogstoreSettings {
  /** Days that logs are kept; the sandbox reports it and deletes nothing. */
  readonly ttl: number
  readonly shards: number
  /** Further settings, kept as the client sent them. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** A logstore as the catalog knows it. Replaced, never changed, by every update. */
export interface Logstore extends Required<LogstoreSettings> {
  readonly project: string
  readonly name: string
  /** Its table in the schema `store`. */
  readonly table: string
  readonly createdS: number
  readonly modifiedS: number
  /** Every column that the table has besides the fixed ones. */
  readonly columns: readonly LogColumn[]
  readonly index: LogstoreIndex | undefined
}

/** A logstore's index: the document as the client sent it, what it means, and the columns behind its fields. */
export interface LogstoreIndex {
  readonly document: Readonly<Record<string, unknown>>
  readonly config: IndexConfig
  readonly columns: ReadonlyMap<string, LogColumn>
  readonly modifiedS: number
}

/**
 * A logstore's index.
 *
 * @throws SlsError IndexConfigNotExist
 */
export function requireIndex({ index }: Logstore): LogstoreIndex {
  if (index === undefined) throw new SlsError('IndexConfigNotExist', "index config doesn't exist")
  return index
}

/**
 * Settings within the service's bounds, complete.
 *
 * @throws SlsError LogStoreInfoInvalid
 */
export function checkedSettings({ ttl, shards, options = {} }: LogstoreSettings): Required<LogstoreSettings> {
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > 3650) {
    throw new SlsError('LogStoreInfoInvalid', `ttl must be 1 to 3650 days, found ${ttl}`)
  }
  if (!Number.isInteger(shards) || shards < 1 || shards > 100) {
    throw new SlsError('LogStoreInfoInvalid', `shardCount must be 1 to 100, found ${shards}`)
  }
  return { ttl, shards, options }
}
