import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { ChartRows, DashboardView, InstanceLife, ViewSetup } from '../../src/view/answers.ts'
import { stateChange } from '../support/events.ts'
import { openSandbox } from '../support/harness.ts'
import { ask, openPage, store, type TestPage } from './support/open-page.ts'

const MINUTE = 60_000
const ONE = 'i-test0000000001'
const TWO = 'i-test0000000002'
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE

let sandbox: Sandbox
let page: TestPage

beforeAll(async () => {
  sandbox = await openSandbox()
  const life = (instanceId: string, index: number, beganMs: number): string[] =>
    ['Pending', 'Starting', 'Running', 'Deleted'].map((state, step) =>
      stateChange(index + step, { state, instanceId, timeMs: beganMs + step * MINUTE })
    )
  const bodies = [...life(ONE, 0, NOW - 30 * MINUTE), ...life(TWO, 10, NOW - 20 * MINUTE)]
  // What comes twice counts once.
  await store(sandbox, [...bodies, ...bodies.slice(0, 3)])
  page = await openPage(sandbox)
})

afterAll(async () => {
  await page.close()
  await sandbox.close()
})

async function chart(id: string, changes: Readonly<Record<string, unknown>> = {}) {
  return await ask(page.port, {
    path: '/api/chart',
    method: 'POST',
    body: { dashboard: 'overview', chart: id, ...changes }
  })
}

describe('the page', () => {
  test('is served with everything that it names, and says that nothing else may be loaded', async () => {
    const index = await ask(page.port, { path: '/' })
    expect(index.status).toBe(200)
    const named = [...index.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(named).toContain('/vendor/chart.js')
    for (const path of named.filter((each) => each !== '/page/main.js')) {
      const file = await ask(page.port, { path })
      expect(file.status, path).toBe(200)
      expect(file.headers['x-content-type-options']).toBe('nosniff')
    }
    expect(index.headers['content-security-policy']).toMatch(/^default-src 'self';/)
    expect(index.headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/)
    expect(index.headers['access-control-allow-origin']).toBeUndefined()
  })

  test('is not sent again while it has not changed', async () => {
    const { headers } = await ask(page.port, { path: '/page/page.css' })
    const again = await ask(page.port, {
      path: '/page/page.css',
      headers: { 'if-none-match': String(headers['etag']) }
    })
    expect(again).toMatchObject({ status: 304, body: '' })
  })

  test('tells the dashboards, each as it is to be drawn, without its queries', async () => {
    const setup = (await ask(page.port, { path: '/api/setup' })).json as ViewSetup
    expect(setup.dashboards).toEqual([{ name: 'overview', title: { en: 'Overview', zh: '概览' } }])
    const { body, json } = await ask(page.port, { path: '/api/dashboards/overview?language=zh' })
    const view = json as DashboardView
    expect(view.title).toBe('概览')
    expect(view.charts.map(({ spec }) => spec.kind)).toEqual([
      ...['control', 'control', 'control', 'section', 'stat', 'stat', 'markdown', 'section'],
      ...['line', 'aggregate', 'bar', 'pie', 'table', 'table']
    ])
    expect(body).not.toContain('select ')
  })
})

describe('a chart', () => {
  test('brings its rows with the kinds of their columns, each event once', async () => {
    const { json } = await chart('table-released')
    const { kind, columns, rows, complete, cut } = json as ChartRows
    expect({ kind, complete, cut }).toEqual({ kind: 'rows', complete: true, cut: false })
    const at = (name: string): number => columns.findIndex((column) => column.name === name)
    expect(columns[at('released_ms')]).toMatchObject({ kind: 'time', title: { en: 'Released', zh: '释放时间' } })
    expect(rows.map((row) => [row[at('instance_id')], row[at('events')]])).toEqual([
      [TWO, '4'],
      [ONE, '4']
    ])
    expect(rows[0]?.[at('notice_ms')]).toBeNull()
  })

  test('shows what its filters leave, in the range that was picked', async () => {
    const only = (await chart('stat-events', { filters: { instance_id: [ONE] } })).json as ChartRows
    expect(only.rows).toEqual([['4', '1']])
    const both = (await chart('stat-events', { filters: { instance_id: [ONE, TWO] } })).json as ChartRows
    expect(both.rows).toEqual([['8', '2']])
    const other = (await chart('stat-events', { filters: { region_id: ['nowhere'] } })).json as ChartRows
    expect(other.rows).toEqual([['0', '0']])
    const range = { fromMs: NOW - 20 * MINUTE, toMs: NOW - 18 * MINUTE - 1_000 }
    const early = (await chart('stat-events', { range })).json as ChartRows
    expect(early).toMatchObject({ rows: [['2', '1']], ...range })
  })

  test('puts tokens in, and finds a fitting number of minutes where nobody has chosen', async () => {
    const chosen = (await chart('agg-states', { tokens: { minutes: '10' } })).json as ChartRows
    expect(chosen.query).toContain('event_ms % (10 * 60000)')
    const hour = (await chart('agg-states', { range: { lastMs: 60 * MINUTE } })).json as ChartRows
    expect(hour.query).toContain('event_ms % (1 * 60000)')
    const month = (await chart('agg-states', { range: { lastMs: 30 * 24 * 60 * MINUTE } })).json as ChartRows
    expect(month.query).toContain('event_ms % (720 * 60000)')
  })

  test('whose query is wrong fails alone, with what the service said', async () => {
    const { status, json } = await chart('broken')
    expect(status).toBe(200)
    expect(json).toMatchObject({ kind: 'failed', message: expect.stringContaining('nothing_of_this_name') })
  })

  test('says when the service had not read everything', async () => {
    sandbox.sls.answerIncomplete(100)
    const { json } = await chart('table-released')
    sandbox.sls.answerIncomplete(0)
    expect(json).toMatchObject({ kind: 'rows', complete: false })
  })

  test.each([
    ['an unknown dashboard', { dashboard: '../released' }, 404],
    ['an unknown chart', { chart: '__proto__' }, 404],
    ['a chart that asks nothing', { chart: 'note' }, 404],
    ['a query of its own', { query: '* | select 1' }, 400],
    ['a filter that the dashboard has not', { filters: { content: ['x'] } }, 400],
    ['a filter with a line break', { filters: { region_id: ['a\nb'] } }, 400],
    ['a variable that the dashboard has not', { tokens: { instance: 'x' } }, 400],
    ['SQL in a variable', { chart: 'agg-states', tokens: { minutes: '1) from log --' } }, 400],
    ['a range without an end', { range: { fromMs: 1 } }, 400],
    ['a range that ends before it begins', { range: { fromMs: 2_000, toMs: 1_000 } }, 400],
    ['a time zone that is none', { zone: 'Mars' }, 400]
  ])('is not asked for with %s', async (_, changes, status) => {
    const answer = await chart('table-released', changes)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error: expect.any(String) })
  })
})

test('a control offers what the logstore knows', async () => {
  const body = { dashboard: 'overview', chart: 'filter-instance' }
  const known = await ask(page.port, { path: '/api/candidates', method: 'POST', body })
  expect(known.json).toEqual({ kind: 'candidates', values: [ONE, TWO], cut: false })
  const none = await ask(page.port, {
    path: '/api/candidates',
    method: 'POST',
    body: { ...body, chart: 'line-events' }
  })
  expect(none.status).toBe(404)
})

describe('an instance', () => {
  test('has its life, each happening once', async () => {
    const life = (await ask(page.port, { path: `/api/instances/${ONE}` })).json as InstanceLife
    const beganMs = NOW - 30 * MINUTE
    expect(life).toMatchObject({ kind: 'life', createdMs: beganMs, releasedMs: beganMs + 3 * MINUTE, complete: true })
    expect(life.states.map(({ state, fromMs }) => [state, (fromMs - beganMs) / MINUTE])).toEqual([
      ['Pending', 0],
      ['Starting', 1],
      ['Running', 2],
      ['Deleted', 3]
    ])
    expect(life.records).toHaveLength(4)
  })

  test('that was never seen says so; what is no id is refused', async () => {
    expect((await ask(page.port, { path: '/api/instances/i-never' })).json).toEqual({ kind: 'nothing' })
    for (const id of ['x', 'i-A', "i-x'", 'i-x%27%20or']) {
      expect((await ask(page.port, { path: `/api/instances/${id}` })).status, id).toBe(400)
    }
  })

  test('is found by a part of its id', async () => {
    const { json } = await ask(page.port, { path: '/api/instances?text=TEST000000000' })
    expect(json).toEqual({
      kind: 'found',
      instances: [TWO, ONE].map((instanceId) => expect.objectContaining({ instanceId, state: 'Deleted' }))
    })
    expect((await ask(page.port, { path: '/api/instances?text=nobody' })).json).toEqual({
      kind: 'found',
      instances: []
    })
    expect((await ask(page.port, { path: "/api/instances?text=a'b" })).status).toBe(400)
  })
})

describe('nobody else is served', () => {
  test.each([
    ['a name that was rebound to this machine', { host: 'evil.example' }, 421],
    ['that name with our port', { host: 'evil.example:PORT' }, 421],
    ['another port', { host: '127.0.0.1:1' }, 421],
    ['a name that only begins like ours', { host: '127.0.0.1.evil.example:PORT' }, 421],
    ['another origin', { origin: 'http://evil.example' }, 403],
    ['another origin on this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403]
  ])('%s: %j', async (_, headers, status) => {
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(page.port))])
    )
    for (const path of ['/api/setup', '/page/page.css']) {
      expect(await ask(page.port, { path, headers: given })).toMatchObject({ status })
    }
  })

  test('but the page itself, by any name of this machine, and who follows a link to it', async () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${page.port}`)) {
      const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
      expect((await ask(page.port, { path: '/api/setup', headers: own })).status).toBe(200)
    }
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await ask(page.port, { path: '/', headers: link })).status).toBe(200)
    expect((await ask(page.port, { path: '/api/setup', headers: link })).status).toBe(403)
  })

  test.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST'])('with %s', async (method) => {
    const body = method === 'POST' ? {} : undefined
    expect((await ask(page.port, { path: '/api/setup', method, body })).status).toBe(405)
    expect((await ask(page.port, { path: '/page/page.css', method, body })).status).toBe(405)
  })

  test('a query by GET, or a form', async () => {
    expect((await ask(page.port, { path: '/api/chart' })).status).toBe(405)
    const form = { 'content-type': 'text/plain' }
    expect((await ask(page.port, { path: '/api/chart', method: 'POST', headers: form, body: '{}' })).status).toBe(415)
    expect((await ask(page.port, { path: '/api/chart', method: 'POST', body: '{' })).status).toBe(400)
  })

  test.each([
    '/../package.json',
    '/page/../../../package.json',
    '/page/%2e%2e/%2e%2e/package.json',
    '/page/..%5c..%5cpackage.json',
    '/page/main.ts',
    '/page/tsconfig.json',
    '/vendor/../chart.js',
    '//etc/passwd',
    '/api/dashboards/..%2fpackage',
    '/api/dashboards/__proto__',
    '/api/dashboards/%ff',
    '/nothing'
  ])('a file that is not the page’s: %s', async (path) => {
    const { status, body } = await ask(page.port, { path })
    expect([400, 404]).toContain(status)
    expect(body).not.toContain('ecs-audit')
  })

  test('too much at once', async () => {
    const body = { dashboard: 'x'.repeat(20_000) }
    expect((await ask(page.port, { path: '/api/chart', method: 'POST', body })).status).toBe(413)
    expect((await ask(page.port, { path: `/${'x'.repeat(2_000)}` })).status).toBe(414)
  })

  test('a line that is no HTTP ends', async () => {
    const socket = connect(page.port, '127.0.0.1')
    socket.end('hello\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('the server', () => {
  test.each(['0.0.0.0', '::', '192.168.1.1', 'example.com'])('does not listen at %s', async (host) => {
    await expect(openPage(sandbox, { host })).rejects.toMatchObject({ code: 'usage' })
  })

  test('says so when its port is taken', async () => {
    await expect(openPage(sandbox, { port: page.port })).rejects.toMatchObject({
      ...{ code: 'unavailable', message: expect.stringContaining('--port') }
    })
  })

  test('ends at once, with a query under way and a browser that keeps its connection', async () => {
    const other = await openPage(sandbox)
    const body = { dashboard: 'overview', chart: 'table-released' }
    const asked = ask(other.port, { path: '/api/chart', method: 'POST', body }).catch(() => 'ended')
    const kept = connect(other.port, '127.0.0.1')
    const ended = new Promise((resolve) => kept.on('error', () => undefined).on('close', resolve))
    await once(kept, 'connect')
    await other.close()
    await Promise.all([ended, asked])
  })
})
