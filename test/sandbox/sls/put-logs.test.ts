import { deflateSync } from 'node:zlib'
import { compressSync } from 'lz4-napi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeGroup, type PlainLog, putGroup, type SlsSandbox, startSls } from '../../support/sls-sandbox.ts'

const NOW_S = 1_795_000_000
let sls: SlsSandbox
beforeAll(async () => {
  sls = await startSls({ now: () => NOW_S * 1000, refuse: (fields) => fields['poison'] !== undefined })
})
afterAll(() => sls.close())

type Sending = Parameters<typeof putGroup>[2]
const put = (group: Buffer, more: Sending = {}) => putGroup(sls.server.port, group, { dateMs: NOW_S * 1000, ...more })
const log = (fields: Record<string, string>, time = NOW_S): PlainLog => ({ time, fields })
const idOf = (text: string) =>
  sls.service.valueCounts('my-audit', 'ecs-events', 'event_id').then((m) => m.get(text) ?? 0)

describe('a put is stored', () => {
  const group = (id: string) => encodeGroup([log({ event_id: id, note: 'x'.repeat(500) })])

  test.each([
    ['uncompressed', (raw: Buffer) => ({ body: raw, headers: {} })],
    ['lz4', (raw: Buffer) => ({ body: compressSync(raw).subarray(4), headers: { 'x-log-compresstype': 'lz4' } })],
    ['deflate', (raw: Buffer) => ({ body: deflateSync(raw), headers: { 'x-log-compresstype': 'deflate' } })]
  ])('%s', async (name, pack) => {
    const raw = group(name)
    const { body, headers } = pack(raw)
    const answer = await put(body, { headers: { ...headers, 'x-log-bodyrawsize': String(raw.length) } })
    expect([answer.status, answer.body.length]).toEqual([200, 0])
    expect(answer.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/)
    expect(await idOf(name)).toBe(1)
  })

  test.each(['/logstores/ecs-events', '/logstores/ecs-events/shards/route?key=14d2f850ad6ea48e46e4547edbbb27e0'])(
    'through %s',
    async (target) => {
      expect((await put(group(target), { target })).status).toBe(200)
      expect(await idOf(target)).toBe(1)
    }
  )

  test('chunked, without a content-length', async () => {
    expect((await put(group('chunked'), { chunked: true, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(
      200
    )
    expect(await idOf('chunked')).toBe(1)
  })

  test('at the edges of the limits', async () => {
    const edges = [
      log({ event_id: 'oldest' }, NOW_S - 7 * 86_400),
      log({ event_id: 'newest' }, NOW_S + 15 * 60),
      log({ ['k'.repeat(128)]: 'v', event_id: 'longest key' }),
      log({ event_id: 'largest value', v: 'x'.repeat(1024 * 1024) })
    ]
    expect((await put(encodeGroup(edges))).status).toBe(200)
    expect((await put(encodeGroup(Array.from({ length: 4096 }, () => log({ event_id: 'many' }))))).status).toBe(200)
    expect(await idOf('many')).toBe(4096)
  })
})

describe('a put is refused', () => {
  const ok = encodeGroup([log({ event_id: 'refused' })])
  const withInvalidUtf8 = (): Buffer => {
    const group = encodeGroup([log({ event_id: 'refused' }), log({ event_id: 'refused', note: 'REPLACE' })])
    group.write('\xff\xfe', group.indexOf('REPLACE'), 'latin1')
    return group
  }
  const duplicateKeys = (): Buffer => {
    const group = encodeGroup([log({ event_id: 'refused', note_a: '1', note_b: '2' })])
    group.write('note_a', group.indexOf('note_b'))
    return group
  }
  const cases: Array<[string, () => [Buffer, Sending?], number, string]> = [
    ['no content type', () => [ok, { headers: { 'content-type': undefined } }], 400, 'MissingContentType'],
    [
      'another content type',
      () => [ok, { headers: { 'content-type': 'application/json' } }],
      415,
      'InvalidContentType'
    ],
    ['no raw size', () => [ok, { headers: { 'x-log-bodyrawsize': undefined } }], 400, 'MissingBodyRawSize'],
    ['an unreadable raw size', () => [ok, { headers: { 'x-log-bodyrawsize': '-1' } }], 400, 'InvalidBodyRawSize'],
    ['a wrong raw size', () => [ok, { headers: { 'x-log-bodyrawsize': '1' } }], 400, 'InvalidBodyRawSize'],
    ['an unknown compression', () => [ok, { headers: { 'x-log-compresstype': 'snappy' } }], 400, 'InvalidCompressType'],
    ['no lz4 block', () => [ok, { headers: { 'x-log-compresstype': 'lz4' } }], 400, 'PostBodyUncompressError'],
    ['no zlib stream', () => [ok, { headers: { 'x-log-compresstype': 'deflate' } }], 400, 'PostBodyUncompressError'],
    ['no protobuf', () => [Buffer.from('not a log group')], 400, 'PostBodyInvalid'],
    ['a truncated group', () => [ok.subarray(0, -3)], 400, 'PostBodyInvalid'],
    ['a group without logs', () => [encodeGroup([], { topic: 'refused' })], 400, 'PostBodyInvalid'],
    ['a log without contents', () => [encodeGroup([log({})])], 400, 'PostBodyInvalid'],
    ['a raw size above 10 MB', () => [ok, { headers: { 'x-log-bodyrawsize': '10485761' } }], 413, 'PostBodyTooLarge'],
    [
      'a body above 10 MB',
      () => [encodeGroup(Array.from({ length: 11 }, () => log({ v: 'x'.repeat(1e6) })))],
      413,
      'PostBodyTooLarge'
    ],
    [
      '4097 logs',
      () => [encodeGroup(Array.from({ length: 4097 }, () => log({ event_id: 'refused' })))],
      413,
      'PostBodyTooLarge'
    ],
    ['a value above 1 MB', () => [encodeGroup([log({ v: 'x'.repeat(1024 * 1024 + 1) })])], 400, 'PostBodyInvalid'],
    ['an empty key', () => [encodeGroup([log({ '': 'x' })])], 400, 'InvalidKey'],
    ['a key above 128 bytes', () => [encodeGroup([log({ ['ü'.repeat(65)]: 'x' })])], 400, 'InvalidKey'],
    ['duplicate keys', () => [duplicateKeys()], 400, 'PostBodyInvalid'],
    ['invalid UTF-8', () => [withInvalidUtf8()], 400, 'InvalidEncoding'],
    ['a log older than 7 days', () => [encodeGroup([log({ a: '1' }, NOW_S - 7 * 86_400 - 1)])], 400, 'PostBodyInvalid'],
    ['a log from the future', () => [encodeGroup([log({ a: '1' }, NOW_S + 15 * 60 + 1)])], 400, 'PostBodyInvalid'],
    ['too many nanoseconds', () => [encodeGroup([{ ...log({ a: '1' }), timeNs: 1e9 }])], 400, 'InvalidTimestamp'],
    [
      'a poisoned log',
      () => [encodeGroup([log({ event_id: 'refused' }), log({ poison: '1' })])],
      400,
      'PostBodyInvalid'
    ],
    ['no such logstore', () => [ok, { target: '/logstores/missing/shards/lb' }], 404, 'LogStoreNotExist'],
    ['no such project', () => [ok, { project: 'missing' }], 404, 'ProjectNotExist']
  ]

  test.each(cases)('%s', async (_what, sending, status, code) => {
    const before = await sls.service.count('my-audit', 'ecs-events')
    const answer = await put(...sending())
    expect([answer.status, answer.errorCode]).toEqual([status, code])
    expect(answer.errorMessage).not.toBe('')
    expect(await sls.service.count('my-audit', 'ecs-events')).toBe(before)
  })

  test('U+FFFD that was really sent is not taken for invalid UTF-8', async () => {
    expect((await put(encodeGroup([log({ event_id: 'replacement \ufffd' })], { topic: '\ufffd' }))).status).toBe(200)
    expect(await idOf('replacement \ufffd')).toBe(1)
  })

  test('a chunked body, where the switch says so', async () => {
    const strict = await startSls({ now: () => NOW_S * 1000, refuseChunked: true })
    const headers = { 'transfer-encoding': 'chunked' }
    const answer = await putGroup(strict.server.port, ok, { dateMs: NOW_S * 1000, chunked: true, headers })
    await strict.close()
    expect([answer.status, answer.errorCode]).toEqual([411, 'MissingContentLength'])
  })
})
