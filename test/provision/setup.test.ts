import { describe, expect, test } from 'vitest'
import { indexConfiguration } from '../../src/logstore/index-configuration.ts'
import { openStage, type Stage } from './stage.ts'

const INDEX = '/logstores/ecs-events/index'
const LOGSTORE = '/logstores/ecs-events'
const SEARCH = '/savedsearches/ecs-audit-released'
const DASHBOARD = '/dashboards/ecs-audit-released'
const ALERT = '/alerts/ecs-audit-release-storm'

/** Everything was done. */
function expectDone(results: Awaited<ReturnType<Stage['setUp']>>): void {
  expect(results.filter(({ kind }) => kind !== 'done')).toEqual([])
}

describe('setup', () => {
  test('makes everything, and changes nothing the second time', async () => {
    const stage = await openStage()
    expect((await stage.plan()).map(({ kind }) => kind)).toEqual(stage.resources.map(() => 'create'))
    const results = await stage.setUp()
    expectDone(results)
    expect(results).toHaveLength(stage.resources.length)
    const written = stage.writes()
    expect(written).toEqual({
      ...{ CreateLogStore: 1, CreateIndex: 1, CreateSavedSearch: 2, CreateDashboard: 1, CreateAlert: 6 }
    })
    expect(await stage.setUp()).toEqual([])
    expect(await stage.drift()).toEqual([])
    expect(stage.writes()).toEqual(written)
  })

  test('fills the target in, and makes what the service shows in return', async () => {
    const stage = await openStage({ actionPolicy: 'people', lang: 'zh' })
    expectDone(await stage.setUp())
    expect(await stage.byHand('GET', LOGSTORE)).toMatchObject({ ttl: 365, shardCount: 2, autoSplit: true })
    expect((await stage.byHand('GET', INDEX))['keys']).toEqual(indexConfiguration().keys)
    expect(await stage.byHand('GET', SEARCH)).toMatchObject({ logstore: 'ecs-events', displayName: /已释放/ })
    const [{ search }] = (await stage.byHand('GET', DASHBOARD))['charts'] as [Record<string, Record<string, unknown>>]
    const target = { region: 'cn-hangzhou', project: 'fresh-project', logstore: 'ecs-events' }
    expect(search).toMatchObject({ chartQueries: [target] })
    expect(await stage.byHand('GET', ALERT)).toMatchObject({
      status: 'ENABLED',
      configuration: {
        queryList: [{ region: 'cn-hangzhou', project: 'fresh-project', store: 'ecs-events' }],
        policyConfiguration: { alertPolicyId: 'sls.builtin.dynamic', actionPolicyId: 'people' }
      }
    })
  })
})

describe('after one thing was deleted by hand, the check names it and setup mends only it', () => {
  test.each([
    ['index ecs-events', INDEX, 'CreateIndex'],
    ['saved search ecs-audit-released', SEARCH, 'CreateSavedSearch'],
    ['dashboard ecs-audit-released', DASHBOARD, 'CreateDashboard'],
    ['alert ecs-audit-release-storm', ALERT, 'CreateAlert']
  ])('%s', async (named, path, operation) => {
    const stage = await openStage()
    expectDone(await stage.setUp())
    await stage.byHand('DELETE', path)
    const written = stage.writes()
    expect(await stage.drift()).toEqual([named])
    expectDone(await stage.setUp())
    expect(stage.writes()).toEqual({ ...written, [operation]: (written[operation] ?? 0) + 1 })
    expect(await stage.drift()).toEqual([])
  })

  test('a logstore takes its index with it', async () => {
    const stage = await openStage()
    expectDone(await stage.setUp())
    await stage.byHand('DELETE', LOGSTORE)
    expect(await stage.drift()).toEqual(['logstore ecs-events', 'index ecs-events'])
    expectDone(await stage.setUp())
    expect(stage.writes()).toMatchObject({ CreateLogStore: 2, CreateIndex: 2, CreateDashboard: 1, CreateAlert: 6 })
    expect(await stage.drift()).toEqual([])
  })
})

/** What somebody makes of a document that was read. */
type Edit = (document: Readable) => object

interface Readable {
  readonly [key: string]: unknown
  readonly keys: object
  readonly charts: readonly object[]
  readonly configuration: object
}

describe('after one thing was edited by hand, the check names it and setup mends only it', () => {
  test.each<[string, string, string, string, Edit]>([
    ['logstore ecs-events', 'a shorter retention', LOGSTORE, 'UpdateLogStore', (it) => ({ ...it, ttl: 30 })],
    [
      'index ecs-events',
      'a field less',
      INDEX,
      'UpdateIndex',
      (it) => ({ ...it, keys: { ...it.keys, event_ms: undefined } })
    ],
    [
      'index ecs-events',
      'a field without statistics',
      INDEX,
      'UpdateIndex',
      (it) => ({ ...it, keys: { ...it.keys, event_ms: { type: 'long', doc_value: false } } })
    ],
    ['index ecs-events', 'no full text', INDEX, 'UpdateIndex', (it) => ({ ...it, line: undefined })],
    ['index ecs-events', 'shorter texts', INDEX, 'UpdateIndex', (it) => ({ ...it, max_text_len: 64 })],
    [
      'saved search ecs-audit-released',
      'another query',
      SEARCH,
      'UpdateSavedSearch',
      (it) => ({ ...it, searchQuery: '*' })
    ],
    [
      'saved search ecs-audit-released',
      'another title',
      SEARCH,
      'UpdateSavedSearch',
      (it) => ({ ...it, displayName: 'x' })
    ],
    [
      'dashboard ecs-audit-released',
      'a chart less',
      DASHBOARD,
      'UpdateDashboard',
      (it) => ({ ...it, charts: it.charts.slice(1) })
    ],
    [
      'dashboard ecs-audit-released',
      'a chart moved',
      DASHBOARD,
      'UpdateDashboard',
      (it) => ({ ...it, charts: it.charts.map((chart, at) => (at === 0 ? moved(chart) : chart)) })
    ],
    [
      'alert ecs-audit-release-storm',
      'another schedule',
      ALERT,
      'UpdateAlert',
      (it) => ({ ...it, schedule: { type: 'FixedRate', interval: '1d' } })
    ],
    [
      'alert ecs-audit-release-storm',
      'another threshold',
      ALERT,
      'UpdateAlert',
      (it) => ({ ...it, configuration: { ...it.configuration, threshold: 5 } })
    ]
  ])('%s: %s', async (named, _what, path, operation, edit) => {
    const stage = await openStage()
    expectDone(await stage.setUp())
    const before = await stage.byHand('GET', path)
    await stage.byHand('PUT', path, edit(before as unknown as Readable))
    const written = stage.writes()
    expect(await stage.drift()).toEqual([named])
    expectDone(await stage.setUp())
    expect(stage.writes()).toEqual({ ...written, [operation]: (written[operation] ?? 0) + 1 })
    expect(await stage.drift()).toEqual([])
    const times = { lastModifyTime: expect.any(Number), lastModifiedTime: expect.any(Number) }
    const after = await stage.byHand('GET', path)
    expect(after).toEqual({ ...before, ...Object.fromEntries(Object.entries(times).filter(([key]) => key in before)) })
  })
})

describe('what others have made', () => {
  test('stays: logstores, saved searches, dashboards, alerts, keys and delimiters of the index', async () => {
    const stage = await openStage()
    await stage.byHand('POST', '/logstores', { logstoreName: 'ecs-events', ttl: 3_650, shardCount: 4 })
    const theirs = { type: 'text', token: [' '], doc_value: true, caseSensitive: true, alias: 'mine' }
    const line = { token: ['|'], caseSensitive: true, chn: true }
    await stage.byHand('POST', INDEX, { line, keys: { theirs }, max_text_len: 2_048, log_reduce: true })
    await stage.byHand('POST', '/savedsearches', {
      ...{ savedsearchName: 'ecs-audit-mine', displayName: 'Mine', logstore: 'other', topic: '', searchQuery: '*' }
    })
    expectDone(await stage.setUp())
    expect(await stage.byHand('GET', INDEX)).toMatchObject({
      ...{ line, log_reduce: true, max_text_len: 16_384 },
      keys: { theirs, ...indexConfiguration().keys }
    })
    expect(await stage.byHand('GET', LOGSTORE)).toMatchObject({ ttl: 3_650, shardCount: 4 })
    expect(await stage.byHand('GET', '/savedsearches/ecs-audit-mine')).toMatchObject({ logstore: 'other' })
    expect(stage.writes()).not.toHaveProperty('UpdateLogStore')
    expect(await stage.drift()).toEqual([])
  })

  test('a field that is indexed with another type is named and left alone, until its change is asked for', async () => {
    const other = { type: 'text', doc_value: true, token: [' '] }
    const stage = await openStage()
    await stage.byHand('POST', '/logstores', { logstoreName: 'ecs-events', ttl: 365, shardCount: 2 })
    await stage.byHand('POST', INDEX, { keys: { event_ms: other } })
    expectDone(await stage.setUp())
    expect((await stage.byHand('GET', INDEX))['keys']).toMatchObject({ event_ms: other, lag_ms: { type: 'long' } })
    const [step] = (await stage.plan()).filter(({ kind, resource }) => kind === 'keep' && resource.kind === 'index')
    expect(step).toMatchObject({ comparison: { obstacles: [expect.stringContaining('event_ms is indexed as text')] } })
    expect(await stage.drift()).toEqual(['index ecs-events'])
  })

  test('its type is changed when that is asked for', async () => {
    const stage = await openStage({ changeTypes: true })
    await stage.byHand('POST', '/logstores', { logstoreName: 'ecs-events', ttl: 365, shardCount: 2 })
    await stage.byHand('POST', INDEX, { keys: { event_ms: { type: 'text', doc_value: true, token: [' '] } } })
    expectDone(await stage.setUp())
    expect((await stage.byHand('GET', INDEX))['keys']).toEqual(indexConfiguration().keys)
  })

  test('an alert stays switched off, muted and with its action policy when something else of it is mended', async () => {
    const stage = await openStage()
    expectDone(await stage.setUp())
    const alert = await stage.byHand('GET', ALERT)
    const configuration = alert['configuration'] as Record<string, object>
    const policyConfiguration = { ...configuration['policyConfiguration'], actionPolicyId: 'people' }
    const changed = { ...configuration, policyConfiguration, muteUntil: 4_000_000_000, threshold: 3 }
    await stage.byHand('PUT', ALERT, { ...alert, configuration: changed })
    await stage.byHand('PUT', `${ALERT}?action=disable`)
    expectDone(await stage.setUp())
    expect(await stage.byHand('GET', ALERT)).toMatchObject({
      status: 'DISABLED',
      configuration: { threshold: 1, muteUntil: 4_000_000_000, policyConfiguration }
    })
    const remarks = (await stage.plan()).flatMap((step) => (step.kind === 'keep' ? step.comparison.remarks : []))
    expect(remarks).toEqual(['is switched off in the project'])
  })
})

function moved(chart: object): object {
  const display = 'display' in chart && typeof chart.display === 'object' ? chart.display : {}
  return { ...chart, display: { ...display, yPos: 8 } }
}
