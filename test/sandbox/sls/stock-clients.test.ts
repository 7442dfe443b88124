import { compressSync } from 'lz4-napi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeGroup, SLS_INDEX, SLS_KEYS, type SlsSandbox, startSls } from '../../support/sls-sandbox.ts'
import { type OldLogClient, oldLogClient, sdk, stockPutLogs, stockSlsClient } from '../../support/sls-stock-clients.ts'

let sls: SlsSandbox
beforeAll(async () => {
  sls = await startSls()
  await sls.service.createProject('127')
})
afterAll(() => sls.close())

const nowS = Math.floor(Date.now() / 1000)

describe.each(['v1', 'v4'] as const)('@alicloud/sls20201230 signing %s', (version) => {
  const logstore = `store-${version}`
  const client = () => stockSlsClient(sls.server.port, SLS_KEYS, version === 'v4' ? 'v4' : undefined)

  test('createLogStore, getLogStore, updateLogStore and listLogStores agree', async () => {
    await client().createLogStore(
      '127',
      new sdk.CreateLogStoreRequest({ logstoreName: logstore, ttl: 30, shardCount: 2 })
    )
    await client().updateLogStore('127', logstore, new sdk.UpdateLogStoreRequest({ logstoreName: logstore, ttl: 90 }))
    const { body } = await client().getLogStore('127', logstore)
    expect(body).toMatchObject({ logstoreName: logstore, ttl: 90, shardCount: 2 })
    const listed = await client().listLogStores('127', new sdk.ListLogStoresRequest({ logstoreName: logstore }))
    expect(listed.body).toMatchObject({ total: 1, logstores: [logstore] })
  })

  test('createIndex with wire names is kept as it was sent', async () => {
    const body = new sdk.Index({ line: SLS_INDEX.line, keys: SLS_INDEX.keys })
    await client().createIndex('127', logstore, new sdk.CreateIndexRequest({ body }))
    const index = await client().getIndex('127', logstore)
    expect(index.body?.indexMode).toBe('v2')
    expect(index.body?.keys?.['latency_ms']).toMatchObject({ type: 'long' })
  })

  test('execute() puts logs: compressed by the caller, and by the SDK', async () => {
    const group = encodeGroup([{ time: nowS, fields: { event_id: `${version}-own`, latency_ms: '7' } }], {
      topic: 'event'
    })
    const block = compressSync(group).subarray(4)
    await stockPutLogs(client(), logstore, block, {
      'x-log-compresstype': 'lz4',
      'x-log-bodyrawsize': String(group.length),
      'content-length': String(block.length)
    })
    // Chunked: the SDK sends a stream when it was not told the length.
    await stockPutLogs(client(), logstore, encodeGroup([{ time: nowS, fields: { event_id: `${version}-sdk` } }]), {})
    expect(await sls.service.valueCounts('127', logstore, 'event_id')).toEqual(
      new Map([
        [`${version}-own`, 1],
        [`${version}-sdk`, 1]
      ])
    )
  })

  test('getLogs and getLogsV2 (lz4 answer) give the same rows', async () => {
    const query = { from: nowS - 60, to: nowS + 60, query: '* | select event_id, latency_ms order by event_id' }
    const rows = [
      { event_id: `${version}-own`, latency_ms: '7' },
      { event_id: `${version}-sdk`, latency_ms: 'null' }
    ]
    const first = await client().getLogs('127', logstore, new sdk.GetLogsRequest(query))
    expect(first.body).toEqual(rows)
    expect(first.headers?.['x-log-progress']).toBe('Complete')
    const second = await client().getLogsV2('127', logstore, new sdk.GetLogsV2Request(query))
    expect(second.body?.data).toEqual(rows)
    expect(second.body?.meta).toMatchObject({ progress: 'Complete', count: 2, hasSQL: true, processedRows: 2 })
  })

  test('an error answer becomes an error with code, status and request id', async () => {
    await expect(client().getLogStore('127', 'missing')).rejects.toMatchObject({
      code: 'LogStoreNotExist',
      statusCode: 404,
      data: { requestId: expect.stringMatching(/^[0-9A-F]{24}$/) }
    })
  })

  test('deleteLogStore removes it', async () => {
    await client().deleteLogStore('127', logstore)
    expect(sls.service.hasLogstore('127', logstore)).toBe(false)
  })
})

describe('@alicloud/log', () => {
  const client = (): OldLogClient => oldLogClient(sls.server.port, SLS_KEYS)

  test('logstore, index, put and query round', async () => {
    await client().createLogStore('127', 'old-store', { ttl: 7, shardCount: 1 })
    expect(await client().getLogStore('127', 'old-store')).toMatchObject({ ttl: 7, shardCount: 1 })
    expect((await client().listLogStore('127', { logstoreName: 'old-store' })).logstores).toEqual(['old-store'])
    await client().createIndex('127', 'old-store', SLS_INDEX)
    expect((await client().getIndexConfig('127', 'old-store')).keys).toEqual(SLS_INDEX.keys)
    await client().postLogStoreLogs('127', 'old-store', {
      logs: [{ timestamp: nowS, timestampNsPart: 42, content: { event_id: 'old-1', note: 'grüße, 世界' } }],
      tags: [{ host: 'a' }],
      topic: 'event',
      source: '10.0.0.1'
    })
    const [from, to] = [new Date((nowS - 60) * 1000), new Date((nowS + 60) * 1000)]
    expect(await client().getLogs('127', 'old-store', from, to, { query: 'event_id: old-1', line: 10 })).toEqual([
      {
        event_id: 'old-1',
        note: 'grüße, 世界',
        '__tag__:host': 'a',
        __topic__: 'event',
        __source__: '10.0.0.1',
        __time__: String(nowS),
        __time_ns_part__: '42'
      }
    ])
    await client().deleteLogStore('127', 'old-store')
    await expect(client().getLogStore('127', 'old-store')).rejects.toMatchObject({ code: 'LogStoreNotExist' })
  })
})
