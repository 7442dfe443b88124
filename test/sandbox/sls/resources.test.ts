import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type RawAnswer, type SlsSandbox, sendRaw, startSls } from '../../support/sls-sandbox.ts'
import { alertBody, alertQuery, chartBody, dashboardBody, savedSearchBody } from './resource-bodies.ts'

let sls: SlsSandbox
beforeAll(async () => {
  sls = await startSls()
})
afterAll(() => sls.close())

function call(method: string, target: string, body?: unknown, { server } = sls): Promise<RawAnswer> {
  const content = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }
  return sendRaw(server.port, { method, target, headers: { 'content-type': 'application/json' }, ...content })
}

const outcome = ({ status, errorCode, errorMessage }: RawAnswer) => [status, errorCode, errorMessage]
const json = ({ body }: RawAnswer) => JSON.parse(body.toString()) as Record<string, unknown>

/** A project of its own: what is in others does not count. */
async function ownProject(
  name: string
): Promise<(method: string, target: string, body?: unknown) => Promise<RawAnswer>> {
  await sls.service.createProject(name)
  return (method, target, body) => {
    const content = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }
    const headers = { 'content-type': 'application/json' }
    return sendRaw(sls.server.port, { method, target, project: name, headers, ...content })
  }
}

const KINDS = [
  {
    path: '/savedsearches',
    bodyOf: savedSearchBody,
    missing: ['SavedSearchNotExist', 'specified savedsearch does not exist'],
    exists: ['ParameterInvalid', 'specified savedsearch already exists'],
    full: 'savedsearch quota exceed'
  },
  {
    path: '/dashboards',
    bodyOf: (name: string) => dashboardBody(name),
    missing: ['DashboardNotExist', 'specified dashboard does not exist'],
    exists: ['ParameterInvalid', 'specified dashboard already exists'],
    full: 'dashboard quota exceed'
  },
  {
    path: '/alerts',
    bodyOf: (name: string) => alertBody(name),
    missing: ['JobNotExist', 'Job ecs-one does not exist'],
    exists: ['JobAlreadyExist', 'Job ecs-one already exists'],
    full: 'Alert count exceeds the quota of the project'
  }
] as const

describe.each(KINDS)('$path', ({ path, bodyOf, missing, exists, full }) => {
  const one = `${path}/ecs-one`

  test('are made once, read, replaced and deleted', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      expect(outcome(await call(method, one))).toEqual([404, ...missing])
    }
    expect(outcome(await call('PUT', one, bodyOf('ecs-one')))).toEqual([404, ...missing])
    expect((await call('POST', path, bodyOf('ecs-one'))).status).toBe(200)
    expect(outcome(await call('POST', path, bodyOf('ecs-one')))).toEqual([400, ...exists])
    expect(json(await call('GET', one))).toMatchObject(bodyOf('ecs-one'))
    expect((await call('PUT', one, { ...bodyOf('ecs-one'), displayName: 'Another' })).status).toBe(200)
    expect(json(await call('GET', one))).toMatchObject({ ...bodyOf('ecs-one'), displayName: 'Another' })
    expect((await call('DELETE', one)).status).toBe(200)
    expect((await call('GET', one)).status).toBe(404)
  })

  test('a project holds 100 of them; they are listed in pages', async () => {
    const project = `full${path.slice(1)}`
    const inProject = await ownProject(project)
    for (let i = 0; i < 100; i += 1) expect((await inProject('POST', path, bodyOf(`ecs-${i}`))).status).toBe(200)
    expect(outcome(await inProject('POST', path, bodyOf('ecs-more')))).toEqual([403, 'ExceedQuota', full])
    expect(json(await inProject('GET', `${path}?offset=95&size=50`))).toMatchObject({ count: 5, total: 100 })
    expect(json(await call('GET', path))).toMatchObject({ total: 0 })
  })

  test('of a project that does not exist are not served', async () => {
    const answer = await sendRaw(sls.server.port, { method: 'GET', target: path, project: 'nobody' })
    expect(outcome(answer).slice(0, 2)).toEqual([404, 'ProjectNotExist'])
  })

  test('a body that is none is refused', async () => {
    for (const body of [undefined, [], {}, { ...bodyOf('ecs-one'), displayName: 7 }]) {
      expect(outcome(await call('POST', path, body)).slice(0, 2)).toEqual([400, 'PostBodyInvalid'])
    }
  })

  test('too many calls are refused on demand', async () => {
    const off = sls.faults.add({ kind: 'error', code: 'MetaOperationQpsLimitExceeded', service: 'sls', count: 1 })
    onTestFinished(off)
    expect(outcome(await call('GET', one)).slice(0, 2)).toEqual([403, 'MetaOperationQpsLimitExceeded'])
    expect(outcome(await call('GET', one))).toEqual([404, ...missing])
  })
})

test('outlive the process with a data directory, switched off or on', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ecs-audit-resources-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await startSls({ dataDir })
  for (const { path, bodyOf } of KINDS) await call('POST', path, bodyOf('ecs-kept'), first)
  await call('POST', '/savedsearches', savedSearchBody("it's gone"), first)
  await call('DELETE', "/savedsearches/it's%20gone", undefined, first)
  await call('PUT', '/alerts/ecs-kept?action=disable', undefined, first)
  await first.close()
  const second = await startSls({ dataDir })
  onTestFinished(() => second.close())
  for (const { path, bodyOf } of KINDS) {
    expect(json(await call('GET', `${path}/ecs-kept`, undefined, second))).toMatchObject(bodyOf('ecs-kept'))
  }
  expect(json(await call('GET', '/alerts/ecs-kept', undefined, second))).toMatchObject({ status: 'DISABLED' })
  expect(json(await call('GET', '/savedsearches', undefined, second))).toMatchObject({ total: 1 })
})

describe('a saved search', () => {
  test.each([
    ['a name of two letters', savedSearchBody('ab'), 'ParameterInvalid'],
    ['a name of 64 letters', savedSearchBody('a'.repeat(64)), 'ParameterInvalid'],
    ['no logstore', { ...savedSearchBody('abc'), logstore: '' }, 'PostBodyInvalid'],
    ['a query of 65,535 letters', { ...savedSearchBody('abc'), searchQuery: 'a'.repeat(65_535) }, 'PostBodyInvalid']
  ])('with %s is refused', async (_what, body, code) => {
    expect(outcome(await call('POST', '/savedsearches', body)).slice(0, 2)).toEqual([400, code])
  })
})

describe('a dashboard', () => {
  const right = chartBody('right', { xPos: 12 })
  const { display: _, ...blind } = chartBody('blind')
  const query = chartBody('query').search.chartQueries[0]

  test.each([
    ['a name of one letter', dashboardBody('a'), 'InvalidDashboardName'],
    ['a name of 129 letters', dashboardBody('a'.repeat(129)), 'InvalidDashboardName'],
    ['no charts', { ...dashboardBody('abc'), charts: undefined }, 'PostBodyInvalid'],
    ['two charts of one title', dashboardBody('abc', [right, right]), 'PostBodyInvalid'],
    ['a title with blanks', dashboardBody('abc', [chartBody('Two words')]), 'PostBodyInvalid'],
    ['a chart without display', dashboardBody('abc', [blind]), 'PostBodyInvalid'],
    ['a chart beyond column 24', dashboardBody('abc', [chartBody('wide', { xPos: 13 })]), 'PostBodyInvalid'],
    ['half a column', dashboardBody('abc', [chartBody('half', { xPos: 0.5 })]), 'PostBodyInvalid'],
    ['a chart of no height', dashboardBody('abc', [chartBody('flat', { height: 0 })]), 'PostBodyInvalid'],
    ['overlapping charts', dashboardBody('abc', [right, chartBody('over', { xPos: 11, width: 2 })]), 'PostBodyInvalid'],
    [
      'two queries of one name',
      dashboardBody('abc', [{ ...right, search: { ...right.search, chartQueries: [query, query] } }]),
      'PostBodyInvalid'
    ],
    [
      'a query without a logstore',
      dashboardBody('abc', [
        { ...right, search: { ...right.search, chartQueries: [{ ...query, logstore: undefined }] } }
      ]),
      'PostBodyInvalid'
    ],
    [
      '101 charts',
      dashboardBody(
        'abc',
        Array.from({ length: 101 }, (_, i) => chartBody(`chart-${i}`, { yPos: 8 * i }))
      ),
      'ExceedQuota'
    ]
  ])('with %s is refused', async (_what, body, code) => {
    expect(outcome(await call('POST', '/dashboards', body))[1]).toBe(code)
  })

  test('keeps charts side by side, drops unknown members of charts, and is free without an attribute', async () => {
    const charts = [chartBody('left'), { ...right, state: 'x' }, chartBody('below', { yPos: 8, width: 24 })]
    expect((await call('POST', '/dashboards', dashboardBody('grid', charts))).status).toBe(200)
    expect(json(await call('GET', '/dashboards/grid'))['charts']).toEqual([charts[0], right, charts[2]])
    const { attribute: _, ...free } = dashboardBody('free', [right, chartBody('over', { xPos: 11.5 })])
    expect((await call('POST', '/dashboards', free)).status).toBe(200)
    expect(json(await call('GET', '/dashboards/free'))).toMatchObject({ attribute: {} })
  })
})

describe('an alert', () => {
  const severity = (value: number, condition: string) => ({ severity: value, evalCondition: { condition } })

  test.each<[string, object]>([
    ['an interval of 59 s', { ...alertBody('abcd'), schedule: { type: 'FixedRate', interval: '59s' } }],
    ['an interval without a unit', { ...alertBody('abcd'), schedule: { type: 'FixedRate', interval: '300' } }],
    ['four fields of a cron', { ...alertBody('abcd'), schedule: { type: 'Cron', cronExpression: '* * * *' } }],
    ['a display name of three letters', { ...alertBody('abcd'), displayName: 'abc' }],
    ['a description of 257 bytes', { ...alertBody('abcd'), description: 'a'.repeat(257) }],
    ['version 1', alertBody('abcd', { version: '1.0' })],
    ['no query', alertBody('abcd', { queryList: [] })],
    ['two queries without a join', alertBody('abcd', { queryList: [alertQuery(), alertQuery()] })],
    ['a window of two days', alertBody('abcd', { queryList: [alertQuery({ start: '-2d' })] })],
    ['a severity of 7', alertBody('abcd', { severityConfigurations: [severity(7, 'cnt > 0')] })],
    ['an assignment', alertBody('abcd', { severityConfigurations: [severity(8, 'cnt = 0')] })],
    ['a long condition', alertBody('abcd', { severityConfigurations: [severity(8, `cnt > ${'0'.repeat(130)}`)] })],
    [
      'severities upside down',
      alertBody('abcd', { severityConfigurations: [severity(6, 'cnt > 0'), severity(8, 'cnt > 9')] })
    ]
  ])('with %s is refused', async (_what, body) => {
    expect(outcome(await call('POST', '/alerts', body)).slice(0, 2)).toEqual([400, 'PostBodyInvalid'])
  })

  test.each(['abc', 'Abcd', 'a'.repeat(65), '-abc'])('named %s is refused', async (name) => {
    expect(outcome(await call('POST', '/alerts', alertBody(name)))[1]).toBe('ParameterInvalid')
  })

  test('asks for a dashboard of its project', async () => {
    const alert = alertBody('ecs-shown', { dashboard: 'shown' })
    expect(outcome(await call('POST', '/alerts', alert))).toEqual([
      400,
      'ParameterInvalid',
      'Dashboard does not exist: shown'
    ])
    await call('POST', '/dashboards', dashboardBody('shown'))
    expect((await call('POST', '/alerts', alert)).status).toBe(200)
  })
})
