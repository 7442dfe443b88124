import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGroup, putGroup, SLS_INDEX, type SlsSandbox, startSls } from '../../support/sls-sandbox.ts'

// 2026-11-22 10:00:00 UTC
const NOW_S = 1_795_341_600
let sls: SlsSandbox
beforeAll(async () => {
  sls = await startSls({ now: () => NOW_S * 1000, queryTimeoutMs: 2000 })
  const logs: Array<Record<string, string>> = [
    { event_id: 'e1', event_name: 'start', latency_ms: '10', score: '0.5', note: 'hidden', payload: '{"code":7}' },
    { event_id: 'e2', event_name: 'stop', latency_ms: '30', score: '1e8', plain: 'x' },
    { event_id: 'e3', event_name: 'stop', latency_ms: 'soon', payload: 'not json' }
  ]
  const timed = logs.map((fields, i) => ({ time: NOW_S + i * 60, fields }))
  const group = encodeGroup(timed, { topic: 'event', source: 'web', tags: { host: 'web-1' } })
  expect((await putGroup(sls.server.port, group, { dateMs: NOW_S * 1000 })).status).toBe(200)
})
afterAll(() => sls.close())

const run = (query: string, logstore = 'ecs-events') =>
  sls.service.query('my-audit', logstore, { from: NOW_S, to: NOW_S + 3600, query })
const rowsOf = async (sql: string, search = '*') => (await run(`${search} | ${sql}`)).rows

test.each<[string, Array<Record<string, string>>]>([
  ['select count(*) as n', [{ n: '3' }]],
  ['select count(*) as n from log', [{ n: '3' }]],
  ["select count(*) as n where event_name = 'stop'", [{ n: '2' }]],
  [
    'select event_name, count(*) as n group by event_name order by n desc',
    [
      { event_name: 'stop', n: '2' },
      { event_name: 'start', n: '1' }
    ]
  ],
  // Presto names an expression without alias by its place.
  ['select min(latency_ms), max(latency_ms) as top', [{ _col0: '10', top: '30' }]],
  ['select max_by(event_id, latency_ms) a, min_by(event_id, latency_ms) b', [{ a: 'e2', b: 'e1' }]],
  // All values are text; a missing one is `null`; doubles print as Java's.
  [
    'select latency_ms, score, payload order by event_id desc limit 1',
    [{ latency_ms: 'null', score: 'null', payload: 'not json' }]
  ],
  ['select score order by event_id limit 2', [{ score: '0.5' }, { score: '1.0E8' }]],
  ['select latency_ms / 4 as whole, latency_ms > 5 as more order by event_id limit 1', [{ whole: '2', more: 'true' }]],
  ['select "payload.code" as code, "payload.state" as state order by event_id limit 1', [{ code: '7', state: 'null' }]],
  ['select event_id order by event_id limit 1, 1', [{ event_id: 'e2' }]],
  ['select event_id order by event_id limit 0, 2', [{ event_id: 'e1' }, { event_id: 'e2' }]],
  ["select try_cast('12' as bigint) a, try_cast('x' as bigint) b limit 1", [{ a: '12', b: 'null' }]],
  ["select count(if(event_name = 'stop', 1)) n, count_if(latency_ms > 99) c", [{ n: '2', c: '0' }]],
  ["select if(true, 'yes', 'no') a, if(false, if(true, 1)) b limit 1", [{ a: 'yes', b: 'null' }]],
  ['select from_unixtime(__time__) t order by 1 limit 1', [{ t: '2026-11-22 18:00:00.000' }]],
  ["select date_format(__time__, '%Y-%m-%d %H:%i:%s') t order by 1 limit 1", [{ t: '2026-11-22 18:00:00' }]],
  ["select date_format(from_unixtime(__time__), '%d/%m') t limit 1", [{ t: '22/11' }]],
  ["select to_unixtime(date_trunc('day', __time__)) t limit 1", [{ t: '1.7952768E9' }]],
  ['select __time__ - __time__ % 3600 as t, count(*) n group by t', [{ t: String(NOW_S), n: '3' }]],
  [
    'select __topic__, __source__, "__tag__:host" limit 1',
    [{ __topic__: 'event', __source__: 'web', '__tag__:host': 'web-1' }]
  ],
  [
    "select json_extract_scalar(payload, '$.code') c order by event_id desc limit 3",
    [{ c: 'null' }, { c: 'null' }, { c: '7' }]
  ],
  ['select approx_distinct(event_name) n', [{ n: '2' }]],
  [
    "select regexp_extract('i-bp123', '\\d+') a, regexp_extract('x', '\\d') b, regexp_like('ab', 'b') c limit 1",
    [{ a: '123', b: 'null', c: 'true' }]
  ],
  ["select concat('a', null) c, coalesce(null, 'x') d limit 1", [{ c: 'null', d: 'x' }]],
  [
    'select map_agg(event_name, event_id) m from (select event_name, event_id from log order by event_id)',
    [{ m: '{"start":"e1","stop":"e2"}' }]
  ],
  ['select array_agg(event_id) a from (select event_id from log order by 1)', [{ a: '["e1","e2","e3"]' }]],
  ['with s as (select event_id from log) select count(*) n from s', [{ n: '3' }]],
  ["select ';', 'limit 5', 1 -- , limit 2, 3\n limit 1", [{ _col0: ';', _col1: 'limit 5', _col2: '1' }]],
  ['select row_number() over (order by event_id desc) r, event_id order by r limit 1', [{ r: '1', event_id: 'e3' }]]
])('%s', async (sql, expected) => {
  expect(await rowsOf(sql)).toEqual(expected)
})

test('the search part filters what SQL sees, and the time range is [from, to)', async () => {
  expect(await rowsOf('select count(*) n', 'event_name: stop and not event_id: e3')).toEqual([{ n: '1' }])
  const query = { from: NOW_S, to: NOW_S + 120, query: '* | select count(*) n' }
  expect((await sls.service.query('my-audit', 'ecs-events', query)).rows).toEqual([{ n: '2' }])
})

test('select * shows the fields with statistics on, and no tags', async () => {
  const { keys, columnTypes } = await run('* | select * from log')
  const own = ['event_id', 'event_name', 'latency_ms', 'score', 'payload', 'payload.state', 'payload.code']
  expect(keys).toEqual([...own, '__topic__', '__source__', '__time__'])
  expect(columnTypes.slice(0, 4)).toEqual(['varchar', 'varchar', 'bigint', 'double'])
})

const unresolved = (name: string, column = 8) =>
  `ErrorType:ColumnNotExists.ErrorPosition,line:1,column:${column}.ErrorMessage:line 1:${column}: Column '${name}' cannot be resolved;please add the column in the index attribute`
const refused = (message: string, column = 8) =>
  `ErrorType:SyntaxError.ErrorPosition,line:1,column:${column}.ErrorMessage:line 1:${column}: ${message}`

test.each([
  ['a field that no log has', 'select nope', unresolved('nope')],
  ['a field without index', 'select plain', unresolved('plain')],
  ['a field without statistics', 'select note', unresolved('note')],
  ['a qualified missing field', 'select log.nope from log', unresolved('log.nope')],
  [
    'a text in double quotes',
    'select "stop" from log',
    /it seems stop is wrapper by ";if stop is a string ,not a key field, please use 'stop'/
  ],
  [
    'a field that is not grouped',
    'select event_id, count(*)',
    refused("Column 'event_id' not in GROUP BY clause;please add the column in the index attribute")
  ],
  ['nonsense', 'selec 1', refused("mismatched input 'selec'", 1)],
  ['nothing', '', refused("mismatched input '<EOF>'", 1)],
  ['a semicolon', 'select 1;', refused("mismatched input ';'", 9)],
  ['a limit above a million', 'select 1 limit 1000001', /only allow reading max 1000000/],
  ['a page beyond a million', 'select 1 limit 999999, 2', /only allow reading max 1000000/],
  [
    'a number against text',
    'select count(*) where event_name > 5',
    refused("'>' cannot be applied to varchar, bigint", 34)
  ],
  ['a subquery without FROM', 'select a from (select 1 as a)', /please specify FROM LogStore in the innermost sql/],
  ['a logstore that is not there', 'select 1 from nowhere', refused('LogStore (nowhere) is not found', 15)],
  [
    'an eleventh distinct',
    `select ${Array.from({ length: 11 }, () => 'count(distinct event_id)').join(', ')}`,
    /max distinct num is:10, please use approx_distinct/
  ]
])('%s is refused', async (_what, sql, message) => {
  await expect(rowsOf(sql)).rejects.toMatchObject({
    code: 'ParameterInvalid',
    status: 400,
    message: typeof message === 'string' ? message : expect.stringMatching(message)
  })
})

test.each([
  "select * from read_text('/etc/passwd')",
  "select * from '/etc/passwd'",
  "select * from read_csv_auto('/etc/passwd')",
  "select (select content from read_text('/etc/passwd'))",
  "select count(*) from log where exists (select 1 from glob('/*'))",
  "copy log to '/tmp/out.csv'",
  "select 1; copy log to '/tmp/out.csv'",
  "attach '/tmp/x.duckdb'",
  'install httpfs',
  'set enable_external_access = true',
  'drop view log',
  'insert into log select 1',
  'select * from store.log_1',
  'select * from memory.store.log_1',
  'select * from duckdb_tables()',
  'select * from information_schema.tables',
  'select * from pg_class',
  'select * from pg_class, (with pg_class as (select 1) select * from pg_class)',
  "select getenv('HOME')",
  'with q as (select * from store.log_1) select * from q',
  "select * from query('select 1')",
  'show tables',
  'describe log',
  'explain select 1',
  'pragma database_list',
  'call duckdb_settings()'
])('only SELECT over log: %s is refused', async (sql) => {
  await expect(rowsOf(sql)).rejects.toMatchObject({ code: 'ParameterInvalid' })
})

test('a statement without LIMIT gives 100 rows, with LIMIT as many as asked', async () => {
  const many = 'from unnest(sequence(0, 2999)) as t(i)'
  expect(await rowsOf(`select i ${many}`)).toHaveLength(100)
  expect(await rowsOf(`select i ${many} limit 2500`)).toHaveLength(2500)
  expect(await rowsOf(`select i ${many} order by i limit 2998, 10`)).toEqual([{ i: '2998' }, { i: '2999' }])
})

test('a result above the bound is refused', async () => {
  await expect(
    rowsOf("select lpad('x', 1000000, 'x') from unnest(sequence(1, 101)) as t(i) limit 101")
  ).rejects.toThrow(/too large/)
})

test('a statement that takes too long is interrupted, and others go on', async () => {
  const million = 'unnest(sequence(1, 1000000))'
  const endless = `select count(*) from ${million} as a(x) cross join ${million} as b(y) where x * y = 7`
  const slow = expect(rowsOf(endless)).rejects.toMatchObject({ code: 'RequestTimeout' })
  expect(await rowsOf('select count(*) n')).toEqual([{ n: '3' }])
  await slow
})

test('an alias is the name in SQL; texts are cut at max_text_len in SQL and found whole by a search', async () => {
  const keys = {
    'event-id': { type: 'text', token: [], doc_value: true, alias: 'id' },
    long: { type: 'text', token: [' '], doc_value: true }
  }
  await sls.service.createLogstore('my-audit', 'aliased', { ttl: 1, shards: 1 }, { keys, max_text_len: 64 })
  const group = encodeGroup([{ time: NOW_S, fields: { 'event-id': 'e1', long: `${'x'.repeat(99)} tail` } }])
  await putGroup(sls.server.port, group, { dateMs: NOW_S * 1000, target: '/logstores/aliased' })
  expect((await run('long: tail and event-id: e1 | select id, length(long) n', 'aliased')).rows).toEqual([
    { id: 'e1', n: '64' }
  ])
})

test('an index update applies to new logs only, and keeps what old logs hold', async () => {
  const put = (id: string) =>
    putGroup(sls.server.port, encodeGroup([{ time: NOW_S, fields: { event_id: id, plain: '5' } }]), {
      dateMs: NOW_S * 1000,
      target: '/logstores/updated'
    })
  const idOnly = { keys: { event_id: SLS_INDEX.keys.event_id } }
  const withPlain = { keys: { ...idOnly.keys, plain: { type: 'long', doc_value: true } } }
  await sls.service.createLogstore('my-audit', 'updated', { ttl: 1, shards: 1 }, idOnly)
  await put('old')
  await sls.service.updateIndex('my-audit', 'updated', withPlain)
  await put('new')
  const read = async () => (await run('* | select event_id, plain order by event_id', 'updated')).rows
  expect(await read()).toEqual([
    { event_id: 'new', plain: '5' },
    { event_id: 'old', plain: 'null' }
  ])
  await sls.service.updateIndex('my-audit', 'updated', idOnly)
  await expect(read()).rejects.toThrow("Column 'plain' cannot be resolved")
  const fields = (await sls.service.logs('my-audit', 'updated')).map((log) => ({ ...log.fields }))
  expect(fields).toEqual([
    { event_id: 'old', plain: '5' },
    { event_id: 'new', plain: '5' }
  ])
})
