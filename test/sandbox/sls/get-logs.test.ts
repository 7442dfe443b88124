import { inflateSync } from 'node:zlib'
import { uncompressSync } from 'lz4-napi'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGroup, putGroup, type RawAnswer, type SlsSandbox, sendRaw, startSls } from '../../support/sls-sandbox.ts'

const NOW_S = 1_795_341_600
let sls: SlsSandbox
beforeAll(async () => {
  sls = await startSls({ now: () => NOW_S * 1000 })
  // Out of order on purpose: answers are sorted by the log's own time.
  const logs = Array.from({ length: 250 }, (_, i) => ({ time: NOW_S - ((i * 7) % 250), fields: { event_id: `e${i}` } }))
  for (const [topic, part] of [
    ['even', logs.slice(0, 120)],
    ['odd', logs.slice(120)]
  ] as const) {
    expect((await putGroup(sls.server.port, encodeGroup(part, { topic }), { dateMs: NOW_S * 1000 })).status).toBe(200)
  }
})
afterAll(() => sls.close())

const RANGE = { from: String(NOW_S - 1000), to: String(NOW_S + 1) }

function getLogs(parameters: Record<string, string>, logstore = 'ecs-events'): Promise<RawAnswer> {
  const target = `/logstores/${logstore}?${new URLSearchParams({ type: 'log', ...RANGE, ...parameters })}`
  return sendRaw(sls.server.port, { method: 'GET', target, dateMs: NOW_S * 1000 })
}

function getLogsV2(body: unknown, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return sendRaw(sls.server.port, {
    method: 'POST',
    target: '/logstores/ecs-events/logs',
    dateMs: NOW_S * 1000,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body))
  })
}

const times = ({ body }: RawAnswer) =>
  (JSON.parse(body.toString()) as Array<Record<string, string>>).map((row) => Number(row['__time__']))

test('a search without line gives 100 logs, oldest first', async () => {
  const answer = await getLogs({})
  expect(answer.status).toBe(200)
  expect(times(answer)).toEqual(Array.from({ length: 100 }, (_, i) => NOW_S - 249 + i))
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'x-log-progress': 'Complete',
    'x-log-count': '100',
    'x-log-processed-rows': '250',
    'x-log-has-sql': 'false'
  })
})

test('line, offset and reverse page through a search', async () => {
  expect(times(await getLogs({ line: '2', reverse: 'true' }))).toEqual([NOW_S, NOW_S - 1])
  expect(times(await getLogs({ line: '2', offset: '248' }))).toEqual([NOW_S - 1, NOW_S])
  expect(times(await getLogs({ offset: '250' }))).toEqual([])
  expect(times(await getLogs({ line: '0' }))).toEqual([])
})

test('logs of one second keep the order of storing', async () => {
  const group = encodeGroup(['x', 'y', 'z'].map((event_id) => ({ time: NOW_S + 60, fields: { event_id } })))
  await putGroup(sls.server.port, group, { dateMs: NOW_S * 1000 })
  const ids = async (reverse: boolean) => {
    const query = { from: NOW_S + 60, to: NOW_S + 61, reverse }
    return (await sls.service.query('my-audit', 'ecs-events', query)).rows.map((row) => row['event_id'])
  }
  expect([await ids(false), await ids(true)]).toEqual([
    ['x', 'y', 'z'],
    ['z', 'y', 'x']
  ])
})

test('from is included and to is not; topic filters', async () => {
  expect(times(await getLogs({ from: String(NOW_S - 2), to: String(NOW_S) }))).toEqual([NOW_S - 2, NOW_S - 1])
  expect((await getLogs({ query: '* | select count(*) n', topic: 'even' })).body.toString()).toBe('[{"n":"120"}]')
})

test('the query info header survives names that a header can not hold', async () => {
  const answer = await getLogs({ query: '* | select 1 as "größe 世界"' })
  expect(JSON.parse(String(answer.headers['x-log-query-info'])).keys).toEqual(['größe 世界'])
})

test.each<[string, Record<string, string>, number, string]>([
  ['from equal to to', { to: RANGE.from }, 400, 'InvalidTimeRange'],
  ['from after to', { from: RANGE.to, to: RANGE.from }, 400, 'InvalidTimeRange'],
  ['no readable from', { from: 'yesterday' }, 400, 'InvalidTimeRange'],
  ['more than 100 lines', { line: '101' }, 400, 'InvalidLine'],
  ['a negative line', { line: '-1' }, 400, 'InvalidLine'],
  ['a negative offset', { offset: '-1' }, 400, 'InvalidOffset'],
  ['an unreadable reverse', { reverse: 'perhaps' }, 400, 'InvalidReverse'],
  ['offset with SQL', { query: '* | select 1', offset: '1' }, 400, 'ParameterInvalid'],
  ['a search that can not be read', { query: '(' }, 400, 'ParameterInvalid'],
  ['a NUL in the query', { query: 'a\0b' }, 400, 'InvalidQueryString']
])('%s is refused', async (_what, parameters, status, code) => {
  const answer = await getLogs(parameters)
  expect([answer.status, answer.errorCode]).toEqual([status, code])
})

test('a logstore without an index can not be queried', async () => {
  await sls.service.createLogstore('my-audit', 'bare-store', { ttl: 1, shards: 1 })
  const answer = await getLogs({}, 'bare-store')
  expect([answer.status, answer.errorCode]).toEqual([400, 'IndexConfigNotExist'])
  expect((await getLogs({}, 'missing')).errorCode).toBe('LogStoreNotExist')
})

test.each([
  ['lz4', (body: Buffer, raw: number) => uncompressSync(Buffer.concat([sizePrefix(raw), body]))],
  ['deflate', (body: Buffer) => inflateSync(body)],
  ['gzip', (body: Buffer) => inflateSync(body)]
])('GetLogsV2 answers %s when asked', async (type, unpack) => {
  const query = { from: NOW_S - 5, to: NOW_S + 1, query: 'event_id: e0', line: 10 }
  const answer = await getLogsV2(query, { 'accept-encoding': `br, ${type}` })
  expect(answer.headers['x-log-compresstype']).toBe(type)
  const rawSize = Number(answer.headers['x-log-bodyrawsize'])
  const raw = unpack(answer.body, rawSize)
  expect(raw).toHaveLength(rawSize)
  expect(JSON.parse(raw.toString())).toMatchObject({
    meta: {
      progress: 'Complete',
      count: 1,
      hasSQL: false,
      processedRows: 1,
      isAccurate: true,
      whereQuery: 'event_id: e0'
    },
    data: [{ event_id: 'e0', __time__: String(NOW_S), __topic__: 'even' }]
  })
})

test('GetLogsV2 answers plain JSON to a client that accepts no compression, and refuses a body that is none', async () => {
  const { body, headers } = await getLogsV2({ from: NOW_S, to: NOW_S + 1, query: '* | select count(*) n' })
  expect(headers['x-log-compresstype']).toBeUndefined()
  expect(JSON.parse(body.toString()).data).toEqual([{ n: '1' }])
  expect((await getLogsV2('not an object')).errorCode).toBe('InvalidTimeRange')
  const target = '/logstores/ecs-events/logs'
  const request = { method: 'POST', target, dateMs: NOW_S * 1000, headers: { 'content-type': 'application/json' } }
  expect((await sendRaw(sls.server.port, { ...request, body: Buffer.from('{') })).errorCode).toBe('PostBodyInvalid')
})

test('answerIncomplete makes the next answers partial, and no more', async () => {
  sls.service.answerIncomplete(1)
  const partial = await getLogs({ line: '10' })
  expect([partial.headers['x-log-progress'], times(partial).length]).toEqual(['Incomplete', 5])
  const whole = await getLogs({ line: '10' })
  expect([whole.headers['x-log-progress'], times(whole).length]).toEqual(['Complete', 10])
})

test('a fault makes answers partial', async () => {
  sls.faults.add({ service: 'sls', kind: 'incomplete', count: 1 })
  const partial = await getLogs({ line: '10' })
  expect([partial.headers['x-log-progress'], times(partial).length]).toEqual(['Incomplete', 5])
  expect((await getLogs({ line: '10' })).headers['x-log-progress']).toBe('Complete')
})

function sizePrefix(size: number): Buffer {
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32LE(size)
  return prefix
}
