import type { Difference } from './differences.ts'
import type { Comparison, Document, Resource } from './resource.ts'

export interface LogstoreWish {
  readonly logstore: string
  /** 1 to 3650; 3650 means for ever. */
  readonly ttlDays: number
  readonly shards: number
}

/** How far shards split by themselves: far above what events of instances need. */
const MAX_SHARDS = 64

/** What UpdateLogStore may carry (SLS "UpdateLogStore"): what is left out would fall back to a default. */
const CHANGEABLE = [
  'autoSplit',
  'maxSplitShard',
  'enable_tracking',
  'appendMeta',
  'hot_ttl',
  'infrequentAccessTTL',
  'mode',
  'encrypt_conf'
]

/**
 * The logstore. Once it is there, setup changes nothing but too short a retention: a longer one is somebody's decision, and
 * to shorten it would delete logs.
 */
export function logstoreResource({ logstore, ttlDays, shards }: LogstoreWish): Resource {
  const path = `/logstores/${logstore}`
  const wanted = {
    logstoreName: logstore,
    ttl: ttlDays,
    shardCount: shards,
    autoSplit: true,
    maxSplitShard: Math.max(MAX_SHARDS, shards)
  }
  return {
    kind: 'logstore',
    name: logstore,
    wanted,
    read: { operation: 'GetLogStore', method: 'GET', path, answer: 'json' },
    create: { operation: 'CreateLogStore', method: 'POST', path: '/logstores', body: wanted, answer: 'none' },
    update: (actual) => ({
      operation: 'UpdateLogStore',
      method: 'PUT',
      path,
      body: { ...pick(actual, CHANGEABLE), logstoreName: logstore, shardCount: actual['shardCount'], ttl: ttlDays },
      answer: 'none'
    }),
    compare: (actual) => compare(actual, ttlDays)
  }
}

function compare(actual: Document, wanted: number): Comparison {
  const ttl = actual['ttl']
  const changes: Difference[] = []
  const remarks: string[] = []
  if (typeof ttl === 'number' && ttl > wanted) {
    remarks.push(`keeps logs for ${ttl} days, longer than logstore.ttlDays (${wanted}): setup never shortens it`)
  } else if (ttl !== wanted) changes.push({ path: 'ttl', wanted, actual: ttl })
  const query = actual['mode'] === 'query'
  const obstacle = 'its mode is "query", which has no SQL: change it to "standard" in the console'
  return { changes, remarks, obstacles: query ? [obstacle] : [] }
}

function pick(document: Document, keys: readonly string[]): Document {
  return Object.fromEntries(Object.entries(document).filter(([key]) => keys.includes(key)))
}
