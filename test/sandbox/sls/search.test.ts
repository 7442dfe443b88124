import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGroup, putGroup, SLS_INDEX, type SlsSandbox, startSls } from '../../support/sls-sandbox.ts'

const nowS = Math.floor(Date.now() / 1000)
let sls: SlsSandbox
beforeAll(async () => {
  const labels = { type: 'json', token: [' '], index_all: true, max_depth: 2, doc_value: true }
  sls = await startSls({}, { ...SLS_INDEX, keys: { ...SLS_INDEX.keys, labels } })
  const logs: Array<Record<string, string>> = [
    {
      id: 'a',
      event_id: 'A-1',
      event_name: 'Instance:StateChange',
      latency_ms: '5',
      free: 'Disk full, retry',
      labels: '{"env":"prod","team":{"name":"Blue Team"},"a":{"b":{"c":"x"}}}'
    },
    { id: 'b', event_id: 'A-2', event_name: 'Disk Error', latency_ms: '50', score: '0.5', note: '' },
    { id: 'c', event_id: 'B-1', latency_ms: 'soon', note: 'stopped by "ops" (manual)', free: 'diskette' },
    { id: 'd', event_id: 'C-1', payload: '{"state":"Stopped","code":404}', free: "it's or not" }
  ]
  const group = encodeGroup(
    logs.map((fields) => ({ time: nowS, fields })),
    { topic: 'event', source: '10.0.0.1', tags: { 'client ip': '1.2.3.4', host: 'web-1' } }
  )
  expect((await putGroup(sls.server.port, group)).status).toBe(200)
})
afterAll(() => sls.close())

async function found(query: string): Promise<string> {
  const { rows } = await sls.service.query('my-audit', 'ecs-events', { from: nowS - 60, to: nowS + 60, query })
  return rows.map((row) => row['id']).join('')
}

test.each([
  ['', 'abcd'],
  ['*', 'abcd'],
  ['* and *', 'abcd'],
  // Bare words: whole words, in either case, of any field.
  ['disk', 'ab'],
  ['DISK', 'ab'],
  ['disk retry', 'a'],
  ['"disk retry"', 'a'],
  ['diskette', 'c'],
  ['disket', ''],
  ['disk error', 'b'],
  ['error or retry', 'ab'],
  ['not disk', 'cd'],
  ['disk not error', 'a'],
  ['disk and not error', 'a'],
  ["it's", 'd'],
  ['"or"', 'd'],
  // `not` binds closest, then `and`, then `or`.
  ['diskette or disk and error', 'bc'],
  ['(diskette or disk) and error', 'b'],
  ['not (disk or diskette)', 'd'],
  // Fields.
  ['event_id: A-1', 'a'],
  ['event_id:a-1', 'a'],
  ['event_id: A', ''],
  ['event_name: StateChange', 'a'],
  ['event_name: "statechange instance"', 'a'],
  ['event_name: disk and not event_id: A-1', 'b'],
  ['note: "\\"ops\\""', 'c'],
  ['note: "(manual)"', 'c'],
  ['event_name: *', 'ab'],
  ['not event_name: *', 'cd'],
  ['note: ""', 'b'],
  ['"event_id": "C-1"', 'd'],
  ['payload.state: stopped', 'd'],
  ['payload.code >= 404', 'd'],
  // Numbers.
  ['latency_ms > 5', 'b'],
  ['latency_ms >= 5', 'ab'],
  ['latency_ms < 50', 'a'],
  ['latency_ms <= 50 and latency_ms > 10', 'b'],
  ['latency_ms = 5', 'a'],
  ['latency_ms: 50', 'b'],
  ['latency_ms: soon', ''],
  ['not latency_ms > -1000000', 'cd'],
  ['score: 0.5', 'b'],
  ['latency_ms in [5 50]', 'ab'],
  ['latency_ms in (5 50]', 'b'],
  ['latency_ms in [5 50)', 'a'],
  ['latency_ms in (5 50)', ''],
  ['not latency_ms in [0 10]', 'bcd'],
  ['score in [0.25 0.75]', 'b'],
  ['payload.code in [400 499] and payload.state: stopped', 'd'],
  // Wildcards: in a word, never at its start.
  ['disk*', 'abc'],
  ['DISKE*e', 'c'],
  ['disk?', ''],
  ['diskett?', 'c'],
  ['event_id: A-*', 'ab'],
  ['event_id: a?1', 'a'],
  ['event_id: a*2', 'b'],
  ['event_id: A', ''],
  ['event_id: "A-*"', ''],
  ['event_name: state*', 'a'],
  ['event_name: inst*change', ''],
  ['event_name: e*r and disk', 'b'],
  // Phrases: the words one behind the other.
  ['#"disk full"', 'a'],
  ['#"full disk"', ''],
  ['#"Disk full, retry"', 'a'],
  ['event_name: #"disk error" and latency_ms: 50', 'b'],
  ['event_name: #"instance:state"', ''],
  ['event_name: #"instance:statechange"', 'a'],
  ['__source__: 10.0.*', 'abcd'],
  // Texts inside a JSON field that the index does not name.
  ['labels.env: prod', 'a'],
  ['labels.team.name: "blue team"', 'a'],
  // Reserved fields.
  ['__topic__: event', 'abcd'],
  ['__topic__: other', ''],
  ['__source__: "10.0.0.1"', 'abcd'],
  ['__tag__:host: web-1', 'abcd'],
  ['not __tag__:host: web-2', 'abcd'],
  ['"__tag__:client ip": "1.2.3.4"', 'abcd']
])('%s finds %s', async (query, ids) => {
  expect(await found(query)).toBe(ids)
})

test.each([
  ['a field without index', 'id: a', /key \(id\) is not config as key value config/],
  ['a number against text', 'event_id > 5', /key \(event_id\) is not config as numberic column/],
  ['an open parenthesis', '(disk', /syntax error/],
  ['a parenthesis too many', 'disk)', /syntax error.*from column:4/],
  ['a missing right side', 'disk or', /syntax error/],
  ['a missing left side', 'and disk', /syntax error/],
  ['a missing value', 'event_id:', /syntax error/],
  ['text in place of a number', 'latency_ms > many', /syntax error.*near < many >/],
  ['an open quote', 'event_id: "open', /syntax error.*from column:10/],
  ['31 conditions', Array.from({ length: 31 }, () => 'x').join(' or '), /condition number 31 is more than 30/],
  ['5000 parentheses', `${'('.repeat(5000)}x${')'.repeat(5000)}`, /nested too deeply/],
  ['a wildcard at the start', 'event_id: *1', /only support \* or \? in the middle or end of the query/],
  ['a question mark at the start', '?isk', /only support \* or \? in the middle or end of the query/],
  ['a wildcard of 65 characters', `${'x'.repeat(64)}*`, /64 characters/],
  ['a wildcard against a number', 'latency_ms: 5*', /text field/],
  ['a range of texts', 'event_id in [1 2]', /not config as numberic column/],
  ['a range that holds no numbers', 'latency_ms in [a b]', /syntax error.*near < a >/],
  ['a range with commas', 'latency_ms in [1, 2]', /syntax error/],
  ['a phrase under or', '#"disk full" or error', /phrase/],
  ['a phrase under not', 'not #"disk full"', /phrase/],
  ['a text deeper than max_depth', 'labels.a.b.c: x', /key \(labels.a.b.c\) is not config as key value config/]
])('%s is refused', async (_what, query, message) => {
  await expect(found(query)).rejects.toThrow(message)
})

test('quotes, backslashes and wildcards in a search stay text', async () => {
  for (const query of [`event_id: "x' or '1'='1"`, `"x') or (1=1) --"`, 'event_id: "A-%"', 'note: "[a-z]"', '"\\\\"']) {
    expect(await found(query)).toBe('')
  }
})

test('a logstore without full text index finds bare words in its text fields only', async () => {
  const keys = { name: { type: 'text', token: [' '], caseSensitive: true, doc_value: true } }
  await sls.service.createLogstore('my-audit', 'no-line', { ttl: 1, shards: 1 }, { keys })
  const group = encodeGroup([{ time: nowS, fields: { name: 'Alpha beta', other: 'gamma' } }])
  await putGroup(sls.server.port, group, { target: '/logstores/no-line' })
  const count = async (query: string) =>
    (await sls.service.query('my-audit', 'no-line', { from: nowS - 60, to: nowS + 60, query })).rows.length
  expect([await count('Alpha'), await count('alpha'), await count('gamma')]).toEqual([1, 0, 0])
})

test('include_keys and exclude_keys bound the full text index', async () => {
  const token = [' ']
  await sls.service.createLogstore(
    'my-audit',
    'included',
    { ttl: 1, shards: 1 },
    { line: { token, include_keys: ['a'] } }
  )
  await sls.service.createLogstore(
    'my-audit',
    'excluded',
    { ttl: 1, shards: 1 },
    { line: { token, exclude_keys: ['a'] } }
  )
  const group = encodeGroup([{ time: nowS, fields: { a: 'one', b: 'two' } }])
  for (const [logstore, one, two] of [
    ['included', 1, 0],
    ['excluded', 0, 1]
  ] as const) {
    await putGroup(sls.server.port, group, { target: `/logstores/${logstore}` })
    const count = async (query: string) =>
      (await sls.service.query('my-audit', logstore, { from: nowS - 60, to: nowS + 60, query })).rows.length
    expect([await count('one'), await count('two')]).toEqual([one, two])
  }
})
