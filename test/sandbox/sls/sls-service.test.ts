import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { compressSync } from 'lz4-napi'
import { afterEach, describe, expect, test } from 'vitest'
import { encodeGroup, putGroup, SLS_INDEX, type SlsSandbox, sendRaw, startSls } from '../../support/sls-sandbox.ts'

const nowS = Math.floor(Date.now() / 1000)
let sls: SlsSandbox
afterEach(() => sls.close())

const putIds = (...ids: string[]) =>
  putGroup(sls.server.port, encodeGroup(ids.map((event_id) => ({ time: nowS, fields: { event_id } }))))

test('what goes in by PutLogs comes out of logs()', async () => {
  sls = await startSls()
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const key = fc.oneof(fc.constantFrom(...Object.keys(SLS_INDEX.keys), '__proto__', 'constructor'), text.filter(isKey))
  const value = fc.oneof(text, fc.constantFrom('12', '-9223372036854775809', '1e400', '007', ' 5 ', '{"state":1}', '{'))
  const log = fc.record({
    time: fc.integer({ min: nowS - 86_400, max: nowS }),
    timeNs: fc.option(fc.integer({ min: 0, max: 999_999_999 }), { nil: undefined }),
    fields: fc.dictionary(key, value, { minKeys: 1, maxKeys: 8, noNullPrototype: true })
  })
  const group = fc.record({
    logs: fc.array(log, { minLength: 1, maxLength: 20 }),
    topic: text,
    source: text,
    tags: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true })
  })
  let stored = 0
  await fc.assert(
    fc.asyncProperty(group, fc.boolean(), async ({ logs, topic, source, tags }, lz4) => {
      const raw = encodeGroup(
        logs.map(({ timeNs, ...rest }) => ({ ...rest, ...(timeNs !== undefined && { timeNs }) })),
        {
          topic,
          source,
          tags
        }
      )
      const headers = { 'x-log-bodyrawsize': String(raw.length), ...(lz4 && { 'x-log-compresstype': 'lz4' }) }
      const answer = await putGroup(sls.server.port, lz4 ? compressSync(raw).subarray(4) : raw, { headers })
      expect([answer.status, answer.errorMessage]).toEqual([200, undefined])
      const all = await sls.service.logs('my-audit', 'ecs-events')
      expect(all.slice(stored)).toEqual(logs.map((each) => ({ ...each, topic, source, tags })))
      stored = all.length
      expect(await sls.service.count('my-audit', 'ecs-events')).toBe(stored)
    }),
    { numRuns: 60 }
  )
})

const isKey = (text: string) => text !== '' && Buffer.byteLength(text) <= 128

test('a search gives a log back as it was sent, whatever its keys', async () => {
  sls = await startSls()
  const fields = { event_id: 'e1', latency_ms: '007', 'a b': 'x\0y', '__tag__:own': 'field', ['世界']: '"\\\n\u2028' }
  await putGroup(sls.server.port, encodeGroup([{ time: nowS, fields }]))
  const { rows } = await sls.service.query('my-audit', 'ecs-events', { from: nowS, to: nowS + 1 })
  expect(rows).toEqual([{ ...fields, __topic__: '', __source__: '', __time__: String(nowS) }])
})

test('valueCounts tells duplicates, for fields with and without an index', async () => {
  sls = await startSls()
  await putIds('a', 'b', 'a')
  await putGroup(sls.server.port, encodeGroup([{ time: nowS, fields: { 'odd/key': 'x' } }]))
  expect(await sls.service.valueCounts('my-audit', 'ecs-events', 'event_id')).toEqual(
    new Map([
      ['a', 2],
      ['b', 1]
    ])
  )
  expect(await sls.service.valueCounts('my-audit', 'ecs-events', 'odd/key')).toEqual(new Map([['x', 1]]))
  expect(await sls.service.valueCounts('my-audit', 'ecs-events', 'missing')).toEqual(new Map())
})

test('many puts at a time are all stored, each whole', async () => {
  sls = await startSls()
  const puts = Array.from({ length: 40 }, (_, i) => putIds(...Array.from({ length: 25 }, (_, k) => `${i}-${k}`)))
  expect((await Promise.all(puts)).every((answer) => answer.status === 200)).toBe(true)
  expect(await sls.service.count('my-audit', 'ecs-events')).toBe(1000)
  expect((await sls.service.valueCounts('my-audit', 'ecs-events', 'event_id')).size).toBe(1000)
})

test('an index that changes while puts come in loses none of them', async () => {
  sls = await startSls()
  const extended = (i: number) => {
    const keys = { ...SLS_INDEX.keys, [`extra${i}`]: { type: 'long', doc_value: true } }
    return sls.service.updateIndex('my-audit', 'ecs-events', { ...SLS_INDEX, keys })
  }
  const changes = Array.from({ length: 10 }, (_, i) => extended(i))
  const puts = Array.from({ length: 30 }, (_, i) => putIds(`p${i}`))
  await Promise.all(changes)
  expect((await Promise.all(puts)).every((answer) => answer.status === 200)).toBe(true)
  expect((await sls.service.valueCounts('my-audit', 'ecs-events', 'event_id')).size).toBe(30)
  // The columns of fields that were taken out are there again when the fields come back.
  await extended(3)
  await putIds('last')
  expect(await sls.service.count('my-audit', 'ecs-events')).toBe(31)
})

describe('watching', () => {
  test('onPut sees every stored put before its client has the answer, until it is switched off', async () => {
    sls = await startSls()
    const seen: string[] = []
    const off = sls.service.onPut(({ project, logstore, logs }) => {
      seen.push(`${project}/${logstore}: ${logs.map((log) => log.fields['event_id']).join(' ')}`)
    })
    await putIds('a', 'b')
    expect(seen).toEqual(['my-audit/ecs-events: a b'])
    off()
    await putIds('c')
    expect(seen).toHaveLength(1)
  })

  test('waitForLog finds a log that is there, and one that comes', async () => {
    sls = await startSls()
    await putIds('a', 'b')
    const there = await sls.service.waitForLog((log) => log.fields['event_id'] === 'b', { timeoutMs: 60_000 })
    expect(there).toMatchObject({ time: nowS, fields: { event_id: 'b' } })
    const coming = sls.service.waitForLog((log) => log.fields['event_id'] === 'd', { timeoutMs: 60_000 })
    await putIds('c')
    await putIds('d')
    expect((await coming).fields['event_id']).toBe('d')
  })

  test('waitForLog gives up after its time, and when the service closes', async () => {
    sls = await startSls()
    await expect(sls.service.waitForLog(() => false, { timeoutMs: 20 })).rejects.toThrow(/within 20 ms/)
    const waiting = expect(sls.service.waitForLog(() => false, { timeoutMs: 60_000 })).rejects.toThrow(/closed/)
    await sls.close()
    await waiting
  })
})

describe('with a data directory', () => {
  test('projects, logstores, indexes and logs outlive the process', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sls-sandbox-'))
    try {
      sls = await startSls({ dataDir: join(dataDir, 'new') })
      await putIds('before')
      const keys = { ...SLS_INDEX.keys, added: { type: 'long', doc_value: true } }
      await sls.service.updateIndex('my-audit', 'ecs-events', { keys })
      await sls.close()

      sls = await startSls({ dataDir: join(dataDir, 'new') })
      await sls.service.createLogstore('my-audit', 'second', { ttl: 1, shards: 1 })
      await putGroup(sls.server.port, encodeGroup([{ time: nowS, fields: { event_id: 'after', added: '5' } }]))
      const range = { from: nowS - 60, to: nowS + 60 }
      const query = '* | select event_id, added order by event_id'
      expect((await sls.service.query('my-audit', 'ecs-events', { ...range, query })).rows).toEqual([
        { event_id: 'after', added: '5' },
        { event_id: 'before', added: 'null' }
      ])
      expect(await sls.service.count('my-audit', 'second')).toBe(0)
      const read = { ...range, query: "* | select * from read_text('/etc/passwd')" }
      await expect(sls.service.query('my-audit', 'ecs-events', read)).rejects.toMatchObject({
        code: 'ParameterInvalid'
      })
    } finally {
      await sls.close()
      await rm(dataDir, { recursive: true })
    }
  })
})

describe('faults', () => {
  test.each([
    ['ServerBusy', 503],
    ['WriteQuotaExceed', 403],
    ['ShardWriteQuotaExceed', 403],
    ['SignatureNotMatch', 401],
    ['PostBodyTooLarge', 413],
    ['MissingContentLength', 411],
    ['InternalServerError', 500]
  ])('the error fault %s answers %d in the service form, and stores nothing', async (code, status) => {
    sls = await startSls()
    const off = sls.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code })
    const answer = await putIds('a')
    expect([answer.status, answer.errorCode]).toEqual([status, code])
    expect(answer.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/)
    expect(await sls.service.count('my-audit', 'ecs-events')).toBe(0)
    off()
    expect((await putIds('a')).status).toBe(200)
  })

  test('a connection that is reset after the put leaves the logs stored', async () => {
    sls = await startSls()
    sls.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'reset-after', count: 1 })
    const stored = sls.service.waitForLog(() => true, { timeoutMs: 60_000 })
    await expect(putIds('a')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await stored).fields['event_id']).toBe('a')
  })

  test('requests are counted by operation', async () => {
    sls = await startSls()
    await putIds('a')
    await sendRaw(sls.server.port, { method: 'GET', target: '/logstores/ecs-events?type=log&from=1&to=2' })
    await sendRaw(sls.server.port, { method: 'GET', target: '/logstores/ecs-events' })
    expect(Object.fromEntries(sls.server.counts)).toEqual({ PutLogs: 1, GetLogs: 1, GetLogStore: 1 })
  })
})

test('close() can be called twice, and ends a query that runs', async () => {
  sls = await startSls()
  const query = '* | select count(*) from range(1000000) a, range(1000000) b where a.range * b.range = 7'
  const running = expect(sls.service.query('my-audit', 'ecs-events', { from: 1, to: nowS, query })).rejects.toThrow()
  await Promise.all([sls.close(), sls.close()])
  await running
})
