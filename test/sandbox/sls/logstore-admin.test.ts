import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RawAnswer, SLS_INDEX, type SlsSandbox, sendRaw, startSls } from '../../support/sls-sandbox.ts'

let sls: SlsSandbox
beforeAll(async () => {
  sls = await startSls()
})
afterAll(() => sls.close())

function call(method: string, target: string, body?: unknown, project = 'my-audit'): Promise<RawAnswer> {
  const content = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }
  return sendRaw(sls.server.port, {
    method,
    target,
    project,
    headers: { 'content-type': 'application/json' },
    ...content
  })
}

const outcome = ({ status, errorCode }: RawAnswer) => [status, errorCode]
const json = ({ body }: RawAnswer) => JSON.parse(body.toString()) as Record<string, unknown>

describe('logstores', () => {
  test('are created, read, changed, listed and deleted', async () => {
    const settings = { logstoreName: 'life', ttl: 30, shardCount: 2, autoSplit: true, maxSplitShard: 8 }
    expect(outcome(await call('POST', '/logstores', settings))).toEqual([200, undefined])
    expect(json(await call('GET', '/logstores/life'))).toMatchObject(settings)
    expect(outcome(await call('PUT', '/logstores/life', { logstoreName: 'life', ttl: 90, shardCount: 9 }))).toEqual([
      200,
      undefined
    ])
    expect(json(await call('GET', '/logstores/life'))).toMatchObject({ ...settings, ttl: 90 })
    expect(json(await call('GET', '/logstores?logstoreName=lif'))).toEqual({ count: 1, total: 1, logstores: ['life'] })
    expect(json(await call('GET', '/logstores?offset=1&size=5'))).toEqual({ count: 1, total: 2, logstores: ['life'] })
    expect(outcome(await call('DELETE', '/logstores/life'))).toEqual([200, undefined])
    expect(outcome(await call('GET', '/logstores/life'))).toEqual([404, 'LogStoreNotExist'])
  })

  test.each<[string, unknown, number, string]>([
    ['one that is there', { logstoreName: 'ecs-events', ttl: 1, shardCount: 1 }, 400, 'LogStoreAlreadyExist'],
    ['a name with capitals', { logstoreName: 'Events', ttl: 1, shardCount: 1 }, 400, 'LogStoreInfoInvalid'],
    ['a name of two letters', { logstoreName: 'ab', ttl: 1, shardCount: 1 }, 400, 'LogStoreInfoInvalid'],
    ['no ttl', { logstoreName: 'no-ttl', shardCount: 1 }, 400, 'LogStoreInfoInvalid'],
    ['a ttl above 3650', { logstoreName: 'long-ttl', ttl: 3651, shardCount: 1 }, 400, 'LogStoreInfoInvalid'],
    ['no shards', { logstoreName: 'no-shard', ttl: 1, shardCount: 0 }, 400, 'LogStoreInfoInvalid']
  ])('%s is not created', async (_what, body, status, code) => {
    expect(outcome(await call('POST', '/logstores', body))).toEqual([status, code])
  })

  test('a project holds 200 of them', async () => {
    await sls.service.createProject('full-project')
    for (let i = 0; i < 200; i += 1)
      await sls.service.createLogstore('full-project', `store-${i}`, { ttl: 1, shards: 1 })
    const body = { logstoreName: 'one-more', ttl: 1, shardCount: 1 }
    expect(outcome(await call('POST', '/logstores', body, 'full-project'))).toEqual([400, 'ProjectQuotaExceed'])
  })
})

describe('projects', () => {
  test('are read by their host name; `127.0.0.1` names the project 127', async () => {
    expect(json(await call('GET', '/'))).toMatchObject({
      projectName: 'my-audit',
      status: 'Normal',
      region: 'cn-hangzhou'
    })
    expect(outcome(await call('GET', '/', undefined, 'nobody'))).toEqual([404, 'ProjectNotExist'])
    await sls.service.createProject('127')
    const headers = { host: `127.0.0.1:${sls.server.port}` }
    expect(json(await sendRaw(sls.server.port, { method: 'GET', target: '/', headers }))).toMatchObject({
      projectName: '127'
    })
  })

  test('are created through the API', async () => {
    const body = { projectName: 'by-wire', description: '' }
    expect(outcome(await call('POST', '/', body, 'by-wire'))).toEqual([200, undefined])
    expect(sls.service.hasProject('by-wire')).toBe(true)
    expect(outcome(await call('POST', '/', body, 'by-wire'))).toEqual([400, 'ProjectAlreadyExist'])
    expect(outcome(await call('POST', '/', { projectName: 7 }))).toEqual([400, 'ParameterInvalid'])
  })

  test('are made once', async () => {
    await expect(sls.service.createProject('my-audit')).rejects.toMatchObject({ code: 'ProjectAlreadyExist' })
    await expect(sls.service.createProject('No Project')).rejects.toMatchObject({ code: 'ParameterInvalid' })
  })
})

describe('the index', () => {
  test('is created, read back as sent, replaced and deleted', async () => {
    await sls.service.createLogstore('my-audit', 'indexed', { ttl: 7, shards: 1 })
    const path = '/logstores/indexed/index'
    expect(outcome(await call('GET', path))).toEqual([404, 'IndexConfigNotExist'])
    expect(outcome(await call('PUT', path, SLS_INDEX))).toEqual([404, 'IndexConfigNotExist'])
    expect(outcome(await call('POST', path, SLS_INDEX))).toEqual([200, undefined])
    expect(outcome(await call('POST', path, SLS_INDEX))).toEqual([400, 'IndexAlreadyExist'])
    expect(json(await call('GET', path))).toEqual({
      ...SLS_INDEX,
      index_mode: 'v2',
      storage: 'pg',
      ttl: 7,
      lastModifyTime: expect.any(Number)
    })
    const smaller = { keys: { event_id: SLS_INDEX.keys.event_id }, log_reduce: false }
    expect(outcome(await call('PUT', path, smaller))).toEqual([200, undefined])
    const { line, keys } = json(await call('GET', path))
    expect({ line, keys }).toEqual({ line: undefined, keys: smaller.keys })
    expect(outcome(await call('DELETE', path))).toEqual([200, undefined])
    expect(outcome(await call('DELETE', path))).toEqual([404, 'IndexConfigNotExist'])
  })

  const token = [' ']
  test.each<[string, unknown]>([
    ['nothing', {}],
    ['no keys and no line', { keys: {} }],
    ['a list', []],
    ['a line without token', { line: { caseSensitive: false } }],
    ['both include_keys and exclude_keys', { line: { token, include_keys: ['a'], exclude_keys: ['b'] } }],
    ['an unknown type', { keys: { a: { type: 'number' } } }],
    ['a text without token', { keys: { a: { type: 'text' } } }],
    ['a token of two characters', { keys: { a: { type: 'text', token: ['ab'] } } }],
    ['doc_value as text', { keys: { a: { type: 'long', doc_value: 'true' } } }],
    ['json inside json', { keys: { a: { type: 'json', token, json_keys: { b: { type: 'json' } } } } }],
    ['max_text_len of 63', { line: { token }, max_text_len: 63 }],
    ['max_text_len of 16385', { line: { token }, max_text_len: 16_385 }],
    [
      'more than 64 KB',
      { keys: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key-${i}`, { type: 'long' }])) }
    ]
  ])('with %s is refused', async (_what, document) => {
    const answer = await call('PUT', '/logstores/ecs-events/index', document)
    expect(outcome(answer)).toEqual([400, 'IndexInfoInvalid'])
    expect(answer.errorMessage).not.toBe('')
  })

  test('keeps a key whose doc_value was misspelled out of SQL, as the service does', async () => {
    const keys = { state: { type: 'text', token, docValue: true } }
    await sls.service.createLogstore('my-audit', 'camel', { ttl: 1, shards: 1 }, { keys })
    const query = { from: 0, to: 10, query: '* | select state' }
    await expect(sls.service.query('my-audit', 'camel', query)).rejects.toThrow("Column 'state' cannot be resolved")
  })

  test('takes any key that a log may have', async () => {
    const names = ['constructor', 'a"b', "a'b", 'Upper', 'upper', 'a/b~c', 'select', '世界', 'rest', 'time']
    const keys = Object.fromEntries(names.map((name) => [name, { type: 'text', token: [], doc_value: true }]))
    await sls.service.createLogstore('my-audit', 'odd-names', { ttl: 1, shards: 1 }, { keys })
    const query = { from: 0, to: 10, query: '* | select "a""b", "世界", "select", "rest", "time" from log' }
    expect((await sls.service.query('my-audit', 'odd-names', query)).rows).toEqual([])
  })
})

test.each([
  ['POST', '/scheduledsqls', 'CreateScheduledSQL'],
  ['GET', '/scheduledsqls', 'ListScheduledSQLs'],
  ['DELETE', '/scheduledsqls/hourly', 'DeleteScheduledSQL'],
  ['PATCH', '/alerts', 'Unknown'],
  ['GET', '/logstores/ecs-events?type=histogram', 'GetHistograms'],
  ['GET', '/machinegroups', 'Unknown']
])('%s %s says that it is not served yet', async (method, target, operation) => {
  const answer = await call(method, target, method === 'POST' || method === 'PUT' ? {} : undefined)
  expect(outcome(answer)).toEqual([501, 'NotImplemented'])
  expect(answer.errorMessage).toContain(`${operation} (`)
  expect(answer.errorMessage).toContain('not served by the sandbox yet')
  expect(sls.server.counts.get(operation)).toBeGreaterThan(0)
})
