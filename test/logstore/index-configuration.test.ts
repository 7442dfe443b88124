import { describe, expect, it } from 'vitest'
import { FIELDS } from '../../src/logstore/fields.ts'
import { indexConfiguration } from '../../src/logstore/index-configuration.ts'
import { createIndex, createLogstore, getIndex, getLogstore, updateIndex } from '../../src/logstore/sls-admin.ts'
import { openClient, openSls } from './open-sink.ts'

const LOGSTORE = { ttl: 365, shardCount: 2, autoSplit: true, maxSplitShard: 64 }

describe('indexConfiguration', () => {
  it('has statistics on for every field', () => {
    const { keys } = indexConfiguration()
    expect(Object.keys(keys)).toEqual(Object.keys(FIELDS))
    for (const key of Object.values(keys)) expect(key.doc_value).toBe(true)
  })

  it('indexes numbers as long, ids as one term, and words as words', () => {
    const { keys } = indexConfiguration()
    expect(keys['lag_ms']).toEqual({ type: 'long', doc_value: true })
    expect(keys['instance_id']).toEqual({ type: 'text', doc_value: true, caseSensitive: false, chn: false, token: [] })
    expect(keys['content']?.token).toContain(' ')
    expect(keys['tags']).toMatchObject({ type: 'json', index_all: true, doc_value: true })
  })

  it('stays far below the 64 KB that a configuration may have', () => {
    expect(JSON.stringify(indexConfiguration()).length).toBeLessThan(32 * 1024)
  })

  it('is taken by the service, and read back as it was sent', async () => {
    const sls = await openSls()
    const client = openClient(sls.server.url)
    expect(await createLogstore(client, 'fresh', LOGSTORE)).toMatchObject({ kind: 'ok' })
    expect(await getIndex(client, 'fresh')).toMatchObject({
      kind: 'failed',
      fault: { class: 'missing', code: 'IndexConfigNotExist' }
    })
    expect(await createIndex(client, 'fresh', indexConfiguration())).toMatchObject({ kind: 'ok' })
    expect(await getIndex(client, 'fresh')).toMatchObject({ kind: 'ok', body: indexConfiguration() })
    expect(await createIndex(client, 'fresh', indexConfiguration())).toMatchObject({
      kind: 'failed',
      fault: { code: 'IndexAlreadyExist' }
    })
    expect(await updateIndex(client, 'fresh', indexConfiguration())).toMatchObject({ kind: 'ok' })
  })

  it('tells a logstore that is there from one that is not', async () => {
    const client = openClient((await openSls()).server.url)
    expect(await getLogstore(client, 'ecs-events')).toMatchObject({ kind: 'ok', body: { logstoreName: 'ecs-events' } })
    expect(await getLogstore(client, 'nowhere')).toMatchObject({
      kind: 'failed',
      fault: { class: 'missing', code: 'LogStoreNotExist', status: 404 }
    })
    expect(await createLogstore(client, 'ecs-events', LOGSTORE)).toMatchObject({
      kind: 'failed',
      fault: { code: 'LogStoreAlreadyExist' }
    })
  })
})
