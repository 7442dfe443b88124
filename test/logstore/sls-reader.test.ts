import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { indexConfiguration } from '../../src/logstore/index-configuration.ts'
import { cellOf, SlsReader, windowSeconds } from '../../src/logstore/sls-reader.ts'
import { serve } from '../queue/serve-script.ts'
import type { SlsSandbox } from '../support/sls-sandbox.ts'
import { openClient, openSink, openSls, someRecords } from './open-sink.ts'

const nowS = Math.floor(Date.now() / 1000)
const LAST_HOUR = { fromS: nowS - 3_600, toS: nowS + 600 }

/** Waiting between repeats takes no time. */
const hastyClock = { ...systemClock, sleep: async () => undefined }

describe('a query', () => {
  it('holds the last second of its window too', () => {
    expect(windowSeconds({ fromMs: 1_999, toMs: 5_000 })).toEqual({ fromS: 1, toS: 6 })
  })

  it("tells SQL's null from a text", () => {
    expect(['null', undefined, '', 'nothing'].map(cellOf)).toEqual([null, null, '', 'nothing'])
  })
})

describe('queryLogs', () => {
  it('brings the rows of an SQL query as text, columns in its order', async () => {
    const { reader } = await openReader(3)
    const query =
      'kind: event | select event_key, count(*) as n, sum(lag_ms) as lag group by event_key order by event_key'
    expect(await reader.queryLogs({ ...LAST_HOUR, query })).toEqual({
      kind: 'rows',
      columns: ['event_key', 'n', 'lag'],
      rows: ['key-0', 'key-1', 'key-2'].map((event_key) => ({ event_key, n: '1', lag: 'null' })),
      complete: true
    })
  })

  it('knows the columns of a query without rows', async () => {
    const { reader } = await openReader(0)
    const outcome = await reader.queryLogs({ ...LAST_HOUR, query: '* | select event_key, kind' })
    expect(outcome).toEqual({ kind: 'rows', columns: ['event_key', 'kind'], rows: [], complete: true })
  })

  it('brings all logs of a search, page by page', async () => {
    const { reader, sandbox } = await openReader(250)
    const outcome = await reader.queryLogs({ ...LAST_HOUR, query: 'kind: event' })
    expect(outcome).toMatchObject({ kind: 'rows', complete: true })
    const keys = outcome.kind === 'rows' ? outcome.rows.map((row) => row['event_key']) : []
    expect(new Set(keys).size).toBe(250)
    expect(sandbox.server.counts.get('GetLogsV2')).toBe(3)
  })

  it('stops a search at the most rows that were asked for, and says so', async () => {
    const { reader } = await openReader(150)
    const outcome = await reader.queryLogs({ ...LAST_HOUR, query: 'kind: event', maxRows: 120 })
    expect(outcome).toMatchObject({ kind: 'rows', complete: false })
    expect(outcome.kind === 'rows' && outcome.rows.length).toBe(120)
  })

  it('takes a | within quotes for part of the search', async () => {
    const { reader } = await openReader(2)
    const outcome = await reader.queryLogs({ ...LAST_HOUR, query: 'event_key: "a|b" or kind: event' })
    expect(outcome).toMatchObject({ kind: 'rows', rows: [{}, {}] })
    const sql = `event_key: "a|b" or kind: event | select count(*) as n where content <> '"|'`
    expect(await reader.queryLogs({ ...LAST_HOUR, query: sql })).toMatchObject({ kind: 'rows', rows: [{ n: '2' }] })
  })

  it('asks again while the answer is incomplete', async () => {
    const { reader, sandbox } = await openReader(4)
    sandbox.service.answerIncomplete(3)
    const told: number[] = []
    const query = '* | select event_key'
    const outcome = await reader.queryLogs({
      ...LAST_HOUR,
      query,
      onIncomplete: ({ repeat, rows }) => told.push(repeat, rows)
    })
    expect(outcome).toMatchObject({ kind: 'rows', complete: true })
    expect(outcome.kind === 'rows' && outcome.rows.length).toBe(4)
    expect(told).toEqual([1, 2, 2, 2, 3, 2])
  })

  it('gives what it has, marked incomplete, after ten repeats', async () => {
    const { reader, sandbox } = await openReader(4)
    sandbox.service.answerIncomplete(100)
    const outcome = await reader.queryLogs({ ...LAST_HOUR, query: '* | select event_key' })
    expect(outcome).toMatchObject({ kind: 'rows', complete: false, rows: [{}, {}] })
    expect(sandbox.server.counts.get('GetLogsV2')).toBe(11)
  })

  it('reads a compressed answer', async () => {
    const { reader } = await openReader(200)
    const outcome = await reader.queryLogs({ ...LAST_HOUR, query: '* | select content from log limit 200' })
    expect(outcome.kind === 'rows' && outcome.rows.every((row) => row['content'] === '{"a":1}')).toBe(true)
  })

  it('asks for lz4', async () => {
    const answer = JSON.stringify({ meta: { progress: 'Complete', keys: ['a'] }, data: [{ a: 1, b: null }] })
    const server = await serve((response) => response.writeHead(200, { 'x-log-requestid': 'R1' }).end(answer))
    const outcome = await readerOf(server.url).queryLogs({ ...LAST_HOUR, query: '* | select 1' })
    expect(outcome).toMatchObject({ kind: 'rows', columns: ['a'], rows: [{ a: '1', b: 'null' }] })
    expect(server.arrivals[0]?.headers['accept-encoding']).toBe('lz4')
    expect(server.arrivals[0]?.headers).not.toHaveProperty('transfer-encoding')
    expect(JSON.parse(server.arrivals[0]?.body ?? '')).toEqual({
      from: LAST_HOUR.fromS,
      to: LAST_HOUR.toS,
      query: '* | select 1',
      line: 0,
      offset: 0
    })
  })

  it('ends at once as aborted', async () => {
    const server = await serve(() => undefined)
    const stop = new AbortController()
    const running = readerOf(server.url).queryLogs({ ...LAST_HOUR, query: '* | select 1', signal: stop.signal })
    await server.arrived(1)
    stop.abort()
    expect(await running).toMatchObject({ kind: 'failed', fault: { class: 'aborted' } })
    await server.drained()
  })

  it('is aborted between two repeats too', async () => {
    const answer = JSON.stringify({ meta: { progress: 'Incomplete' }, data: [] })
    const server = await serve((response) => response.writeHead(200, { 'x-log-requestid': 'R1' }).end(answer))
    const stop = new AbortController()
    const query = '* | select 1'
    const onIncomplete = () => stop.abort()
    const outcome = await readerOf(server.url).queryLogs({ ...LAST_HOUR, query, signal: stop.signal, onIncomplete })
    expect(outcome).toMatchObject({ kind: 'failed', fault: { class: 'aborted' } })
    expect(server.arrivals).toHaveLength(1)
  })

  it('tells what the service says of a query that it refuses', async () => {
    const { reader } = await openReader(1)
    const outcome = await reader.queryLogs({ ...LAST_HOUR, query: '* | select nothing_like_it' })
    expect(outcome).toMatchObject({ kind: 'failed', fault: { class: 'rejected', status: 400 } })
    expect(outcome).toHaveProperty('fault.message', expect.stringContaining('nothing_like_it'))
  })

  it('tells a missing logstore', async () => {
    const { server } = await openSls()
    const outcome = await readerOf(server.url, 'nowhere').queryLogs({ ...LAST_HOUR, query: '*' })
    expect(outcome).toMatchObject({ kind: 'failed', fault: { class: 'missing', code: 'LogStoreNotExist' } })
  })

  it.each([
    ['no JSON', 'oops', {}],
    ['half of it', '{"meta":{"progress":"Comp', {}],
    ['nothing', '', {}],
    ['no rows', '{"meta":{"progress":"Complete"}}', {}],
    ['no meta', '{"data":[]}', {}],
    ['an unknown progress', '{"meta":{"progress":"Perhaps"},"data":[]}', {}],
    ['broken lz4', 'oops', { 'x-log-compresstype': 'lz4', 'x-log-bodyrawsize': '999' }],
    ['an unknown compression', 'oops', { 'x-log-compresstype': 'zstd', 'x-log-bodyrawsize': '999' }],
    ['no size', 'oops', { 'x-log-compresstype': 'lz4', 'x-log-bodyrawsize': 'x' }]
  ])('an answer that holds %s is a fault', async (_, body, headers) => {
    const server = await serve((response) => response.writeHead(200, { 'x-log-requestid': 'R1', ...headers }).end(body))
    const outcome = await readerOf(server.url).queryLogs({ ...LAST_HOUR, query: '* | select 1' })
    expect(outcome).toMatchObject({ kind: 'failed', fault: { class: 'unavailable', code: 'BrokenAnswer' } })
  })

  it('does not unpack what says it is too large', async () => {
    const headers = { 'x-log-requestid': 'R1', 'x-log-compresstype': 'lz4', 'x-log-bodyrawsize': '4000000000' }
    const server = await serve((response) => response.writeHead(200, headers).end('oops'))
    const outcome = await readerOf(server.url).queryLogs({ ...LAST_HOUR, query: '* | select 1' })
    expect(outcome).toMatchObject({ kind: 'failed', fault: { code: 'AnswerTooLarge' } })
  })

  it('is held to its time limit', async () => {
    const server = await serve(() => undefined)
    const outcome = await readerOf(server.url, 'ecs-events', 200).queryLogs({ ...LAST_HOUR, query: '*' })
    expect(outcome).toMatchObject({ kind: 'failed', fault: { class: 'unavailable', code: 'Timeout' } })
  })
})

/** A reader on a sandbox with the real index, holding `count` events. */
async function openReader(count: number): Promise<{ reader: SlsReader; sandbox: SlsSandbox }> {
  const sandbox = await openSls({}, { ...indexConfiguration() })
  await openSink(sandbox.server.url).put('event', someRecords(count))
  return { reader: readerOf(sandbox.server.url), sandbox }
}

function readerOf(endpoint: string, logstore = 'ecs-events', timeoutMs = 10_000): SlsReader {
  return new SlsReader({ client: openClient(endpoint), logstore, clock: hastyClock, timeoutMs })
}
