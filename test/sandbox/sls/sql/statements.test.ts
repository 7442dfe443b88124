import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeGroup, putGroup, SLS_INDEX, type SlsSandbox, startSls } from '../../../support/sls-sandbox.ts'

// 2026-11-22 10:00:00 UTC
const NOW_S = 1_795_341_600
const long = { type: 'long', doc_value: true }
const word = { type: 'text', token: [], doc_value: true }
let sls: SlsSandbox

beforeAll(async () => {
  sls = await startSls(
    { now: () => NOW_S * 1000 },
    { ...SLS_INDEX, keys: { id: word, kind: word, n: long, list: word } }
  )
  await sls.service.createLogstore('my-audit', 'other-store', { ttl: 1, shards: 1 }, { keys: { id: word, who: word } })
  await put('ecs-events', [
    { id: 'a', kind: 'x', n: '1', list: '["p","q"]' },
    { id: 'b', kind: 'y', n: '2', list: '[]' },
    { id: 'c', kind: 'x', n: '3' },
    { id: 'd', n: '4', list: '["r"]' }
  ])
  await put('other-store', [
    { id: 'a', who: 'ann' },
    { id: 'a', who: 'al' },
    { id: 'z', who: 'zoe' }
  ])
})
afterAll(() => sls.close())

async function put(logstore: string, logs: ReadonlyArray<Readonly<Record<string, string>>>): Promise<void> {
  const group = encodeGroup(
    logs.map((fields, i) => ({ time: NOW_S + i * 60, fields })),
    { tags: { host: 'web-1' } }
  )
  const answer = await putGroup(sls.server.port, group, { dateMs: NOW_S * 1000, target: `/logstores/${logstore}` })
  expect(answer.status).toBe(200)
}

/** Rows as texts: values joined by a blank. */
async function run(sql: string, search = '*', range = { from: NOW_S, to: NOW_S + 86_400 }): Promise<string[]> {
  const { rows } = await sls.service.query('my-audit', 'ecs-events', { ...range, query: `${search} | ${sql}` })
  return rows.map((row) => Object.values(row).join(' '))
}

describe('names', () => {
  test.each([
    ['are the same in either case', 'select ID, Kind from LOG where N = 1', ['a x']],
    ['may be quoted', 'select "id" as "the id" from log where "n" = 1', ['a']],
    ['may be qualified', 'select log.id, l.n from log cross join log l where log.n = 1 and l.n = 2', ['a 2']],
    [
      'of words that only look reserved',
      'select n as desc, id as "order", kind as first, 1 as date from log where n = 1',
      ['1 a x 1']
    ],
    ['of the logstore itself', 'select count(*) from "ecs-events"', ['4']],
    ['of tags', 'select "__tag__:host" from log limit 1', ['web-1']],
    [
      'of tags in two places',
      'select a."__tag__:host", count(b."__tag__:host") from log a join log b on a.id = b.id group by a."__tag__:host"',
      ['web-1 4']
    ]
  ])('%s: %s', async (_what, sql, rows) => {
    expect(await run(sql)).toEqual(rows)
  })

  test('a column without a name takes that of its place', async () => {
    const query = {
      from: NOW_S,
      to: NOW_S + 86_400,
      query: '* | select max(n), id as i, id, n + 1 group by id, n order by id limit 1'
    }
    expect((await sls.service.query('my-audit', 'ecs-events', query)).keys).toEqual(['_col0', 'i', 'id', '_col3'])
  })
})

describe('groups and order', () => {
  test.each([
    ['by an alias', 'select n % 2 as odd, count(*) as c group by odd order by odd', ['0 2', '1 2']],
    ['by a place', 'select n % 2, count(*) from log group by 1 order by 1', ['0 2', '1 2']],
    ['by an expression', 'select n % 2 as odd, count(*) from log group by n % 2 order by n % 2 desc', ['1 2', '0 2']],
    [
      'by an expression with a checked divisor',
      'select 12 / n as q, count(*) from log group by 12 / n order by q',
      ['3 1', '4 1', '6 1', '12 1']
    ],
    [
      'by part of what is shown',
      'select (n % 2) * 10 as t, sum(n) from log group by n % 2 order by t',
      ['0 6', '10 4']
    ],
    ['having an aggregate', 'select kind from log group by kind having count(*) > 1', ['x']],
    ['having an alias', 'select kind, count(*) as c from log group by kind having c > 1', ['x 2']],
    ['having without groups', 'select count(*) from log having count(*) > 9', []],
    ['NULL last, upwards', 'select kind, count(*) from log group by kind order by kind', ['x 2', 'y 1', 'null 1']],
    [
      'NULL last, downwards',
      'select kind, count(*) from log group by kind order by kind desc',
      ['y 1', 'x 2', 'null 1']
    ],
    [
      'NULL first when asked',
      'select kind, count(*) from log group by kind order by kind nulls first',
      ['null 1', 'x 2', 'y 1']
    ],
    ['by an alias in an expression', 'select id, n as m from log order by m * -1 limit 1', ['d 4']],
    ['by an alias before a column of its name', 'select id, -n as n from log order by n limit 1', ['d -4']],
    ['by what is not shown', 'select id from log order by n desc limit 2', ['d', 'c']],
    [
      'rollup',
      'select kind, count(*) c, grouping(kind) g from log group by rollup(kind) order by c desc, g, kind',
      ['null 4 1', 'x 2 0', 'y 1 0', 'null 1 0']
    ],
    ['cube', 'select count(*) c from log group by cube(kind, n % 2) order by c desc limit 2', ['4', '2']],
    [
      'grouping sets',
      "select kind, n % 2, count(*) c from log where kind = 'x' group by grouping sets ((kind), (n % 2)) order by c, kind",
      ['null 1 2', 'x null 2'].toSorted()
    ],
    ['distinct', 'select distinct kind from log order by kind', ['x', 'y', 'null']],
    ['distinct in an aggregate', 'select count(distinct kind), sum(distinct n % 2) from log', ['2 1']],
    ['filter', "select count(*) filter (where kind = 'x'), sum(n) filter (where n > 9) from log", ['2 null']]
  ])('%s: %s', async (_what, sql, rows) => {
    const found = await run(sql)
    expect(_what === 'grouping sets' ? found.toSorted() : found).toEqual(rows)
  })
})

describe('queries in queries', () => {
  test.each([
    ['in FROM', 'select m from (select max(n) as m from log)', ['4']],
    ['in FROM with other names', 'select s.x from (select n, id from log) as s(y, x) where s.y = 2', ['b']],
    [
      'three deep',
      'select c from (select count(*) as c from (select id from (select id, n from log) where n > 1))',
      ['3']
    ],
    ['with their own order and limit', 'select max(n) from (select n from log order by n limit 2)', ['2']],
    ['with a page', 'select id from (select id from log order by id limit 1, 2) order by id', ['b', 'c']],
    ['with star', 'select * from (select id, n * 2 as m from log where n = 1)', ['a 2']],
    ['with star and more', 'select *, m + 1 as k from (select n as m from log where n = 1)', ['1 2']],
    [
      'one star of two',
      'select b.* from (select 1 as x from log limit 1) a cross join (select 2 as y from log limit 1) b',
      ['2']
    ],
    [
      'with a name',
      'with s as (select kind, n from log where n > 1) select kind, sum(n) from s group by kind order by kind',
      ['x 3', 'y 2', 'null 4']
    ],
    ['one on the other', 'with a as (select n from log), b(m) as (select n * 10 from a) select max(m) from b', ['40']],
    ['named twice used', 'with a as (select id, n from log) select count(*) from a x join a y on x.n = y.n', ['4']],
    ['as a value', 'select id from log where n = (select max(n) from log)', ['d']],
    [
      'as a value for each row',
      'select id, (select count(*) from log i where i.n < o.n) as less from log o order by id limit 2',
      ['a 0', 'b 1']
    ],
    ['in IN', "select id from log where id in (select id from log where kind = 'x') order by id", ['a', 'c']],
    ['in NOT IN', "select id from log where id not in (select id from log where kind = 'x') order by id", ['b', 'd']],
    ['in EXISTS', 'select id from log o where exists (select 1 from log i where i.n = o.n + 3)', ['a']],
    ['of nothing', 'select (select n from log where n > 9) is null from log limit 1', ['true']],
    ['of values', "select k, v from (values ('a', 1), ('b', 2.5)) as t(k, v) order by k", ['a 1.0', 'b 2.5']]
  ])('%s: %s', async (_what, sql, rows) => {
    expect(await run(sql)).toEqual(rows)
  })
})

describe('sets', () => {
  test.each([
    ['union', 'select kind from log union select kind from log order by kind', ['x', 'y', 'null']],
    ['union all', 'select n from log where n < 3 union all select n from log where n = 1 order by n', ['1', '1', '2']],
    [
      'union of whole numbers and fractions',
      'select n from log where n = 1 union all select 0.5 from log where n = 1 order by 1',
      ['0.5', '1.0']
    ],
    [
      'union with NULL',
      "select 'a' as v from log where n = 1 union all select null from log where n = 1 order by v",
      ['a', 'null']
    ],
    ['intersect', 'select n from log where n > 1 intersect select n from log where n < 3', ['2']],
    ['except', 'select n from log except select n from log where n > 1', ['1']],
    [
      'in parentheses',
      '(select n from log order by n limit 1) union all (select n from log order by n desc limit 1) order by n',
      ['1', '4']
    ],
    ['in FROM', 'select sum(n) from (select n from log union all select n from log)', ['20']],
    ['with a limit', 'select n from log union all select n from log order by n limit 1, 2', ['1', '2']]
  ])('%s: %s', async (_what, sql, rows) => {
    expect(await run(sql)).toEqual(rows)
  })
})

describe('joins', () => {
  const other = '"other-store"'
  test.each([
    ['inner', `select l.id, who from log l join ${other} o on l.id = o.id order by who`, ['a al', 'a ann']],
    [
      'left',
      `select l.id, who from log l left join ${other} o on l.id = o.id order by l.id, who`,
      ['a al', 'a ann', 'b null', 'c null', 'd null']
    ],
    [
      'right',
      `select l.n, who from log l right outer join ${other} o on l.id = o.id order by who`,
      ['1 al', '1 ann', 'null zoe']
    ],
    ['full', `select count(*) from log l full join ${other} o on l.id = o.id`, ['6']],
    ['cross', `select count(*) from log cross join ${other}`, ['12']],
    ['by a comma', `select count(*) from log l, ${other} o where l.id = o.id`, ['2']],
    ['using', `select id, who from log join ${other} using (id) order by who`, ['a al', 'a ann']],
    [
      'left using',
      `select id, count(who) from log left join ${other} using (id) group by id order by id limit 2`,
      ['a 2', 'b 0']
    ],
    [
      'right using',
      `select id, max(n) from log right join ${other} using (id) group by id order by id`,
      ['a 1', 'z null']
    ],
    [
      'of three',
      `select l.id from log l join ${other} o on l.id = o.id join log m on m.id = o.id and o.who = 'al'`,
      ['a']
    ],
    [
      'of queries',
      `select a.id, b.c from (select id from log) a join (select id, count(*) as c from ${other} group by id) b on a.id = b.id`,
      ['a 2']
    ]
  ])('%s: %s', async (_what, sql, rows) => {
    expect(await run(sql)).toEqual(rows)
  })

  test('the search is that of the logstore that is asked; the time range is that of all', async () => {
    expect(await run(`select count(*) from ${other}`, 'n > 3')).toEqual(['3'])
    expect(await run(`select count(*) from ${other}`, '*', { from: NOW_S, to: NOW_S + 60 })).toEqual(['1'])
  })
})

describe('unnest', () => {
  const parsed = 'cast(json_parse(list) as array(varchar))'
  test.each([
    [
      'of an array of each row',
      `select id, v from log cross join unnest(${parsed}) as t(v) order by id, v`,
      ['a p', 'a q', 'd r']
    ],
    ['by a comma', `select id, v from log, unnest(${parsed}) as t(v) order by id, v`, ['a p', 'a q', 'd r']],
    [
      'with places',
      `select v, i from log cross join unnest(${parsed}) with ordinality as t(v, i) where id = 'a' order by i`,
      ['p 1', 'q 2']
    ],
    ['of two arrays', "select a, b from unnest(array[1, 2], array['x']) as t(a, b) order by a", ['1 x', '2 null']],
    ['of a map', "select k, v from unnest(map(array['x', 'y'], array[1, 2])) as t(k, v) order by k", ['x 1', 'y 2']],
    [
      'of an aggregate',
      'select v from (select array_agg(n) as a from log) cross join unnest(a) as t(v) order by v desc limit 1',
      ['4']
    ],
    [
      'of one in another',
      'select y from unnest(array[array[1, 2], array[3]]) as t(x) cross join unnest(x) as u(y) order by y',
      ['1', '2', '3']
    ]
  ])('%s: %s', async (_what, sql, rows) => {
    expect(await run(sql)).toEqual(rows)
  })
})

describe('running statements fail as the service does', () => {
  test.each([
    ['a division by zero', 'select 1 / (n - 1) from log', 'Division by zero'],
    ['a remainder of zero', 'select n % (n - n) from log', 'Division by zero'],
    ['a literal zero', 'select n / 0 from log', 'Division by zero'],
    ['a text that is no number', 'select cast(id as bigint) from log', 'Cannot cast value to BIGINT'],
    ['a fraction that is no whole number', "select cast('1.5' as bigint)", 'Cannot cast value to BIGINT'],
    ['a text that is no time', "select cast('2020-01-01T00:00:00Z' as timestamp)", 'Value cannot be cast to timestamp'],
    ['a time with a blank as ISO 8601', "select from_iso8601_timestamp('2020-01-01 00:00:00')", 'Invalid format'],
    ['a place beyond an array', 'select array[1, 2][n] from log', 'Array subscript out of bounds'],
    ['place zero', 'select element_at(array[1], n - n) from log', 'SQL array indices start at 1'],
    ['a key that a map lacks', "select map(array['k'], array[n])[id] from log", 'Key not present in map'],
    [
      'a pair without a delimiter',
      "select split_to_map('a=1,b', ',', '=')",
      'Key-value delimiter must appear exactly once in each entry'
    ],
    ['a sum that overflows', 'select 9223372036854775807 + n from log', /[Oo]verflow/],
    ['a value of several rows', 'select (select n from log)', /[Mm]ore than one row/]
  ])('%s: %s', async (_what, sql, message) => {
    await expect(run(sql)).rejects.toMatchObject({ code: 'ParameterInvalid', status: 400 })
    await expect(run(sql)).rejects.toThrow(message)
  })

  test('a divisor that is never zero for the rows that are left does no harm', async () => {
    expect(await run('select 12 / (n - 1) from log where n > 1 order by n')).toEqual(['12', '6', '4'])
    expect(await run('select if(n = 1, 0, 12 / (n - 1)) as q from log order by n')).toEqual(['0', '12', '6', '4'])
  })
})

test('the time zone of the service can be another one', async () => {
  const utc = await startSls({ now: () => NOW_S * 1000, timeZone: 'UTC' })
  try {
    await putGroup(utc.server.port, encodeGroup([{ time: NOW_S, fields: { event_id: 'e' } }]), { dateMs: NOW_S * 1000 })
    const sql =
      "select date_format(__time__, '%H') h, hour(from_unixtime(__time__)) i, to_unixtime(date_trunc('day', __time__)) d, now() n, current_timezone() z"
    const { rows } = await utc.service.query('my-audit', 'ecs-events', {
      from: NOW_S,
      to: NOW_S + 60,
      query: `* | ${sql}`
    })
    expect(rows).toEqual([{ h: '10', i: '10', d: '1.7953056E9', n: '2026-11-22 10:00:00.000 UTC', z: 'UTC' }])
  } finally {
    await utc.close()
  }
})
