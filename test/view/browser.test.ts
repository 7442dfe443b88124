import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { decode } from '../../src/events/decode.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { eventRecord } from '../../src/logstore/record.ts'
import type { ViewServer } from '../../src/view/view-server.ts'
import { type ActionLog, actionLog, standing } from '../audit/support/action-log.ts'
import { type AuditStore, openAuditStore } from '../audit/support/audit-store.ts'
import { type FleetLog, fleetLog, type ToldLife } from '../audit/support/fleet-log.ts'
import { type Arrival, logOf } from '../audit/support/log-variants.ts'
import { restlessLog } from '../audit/support/restless-fleet.ts'
import { snapshotArrivals, snapshotsOf } from '../audit/support/snapshots.ts'
import { stateChange } from '../support/events.ts'
import { CHROMIUM, launchBrowser, openWatched, settled } from './support/browser.ts'
import { FIXTURES } from './support/open-page.ts'

/** Questions about this very moment: these histories ended before. Their tiles may say that there is nothing. */
const ABOUT_NOW = ['interrupted-now', 'alive-long']
const PATIENCE_MS = 240_000
const HOUR = 3_600_000

describe.skipIf(CHROMIUM === undefined)('the page in a browser', { timeout: PATIENCE_MS }, () => {
  let browser: Browser
  let store: AuditStore
  let page: ViewServer
  let fixtures: ViewServer
  let fleet: FleetLog
  let actions: ActionLog

  beforeAll(async () => {
    actions = actionLog(1)
    const { untilMs } = actions
    fleet = fleetLog({ seed: 1, size: 20, endMs: untilMs })
    const snapshots = snapshotArrivals(snapshotsOf(fleet))
    const arrivals = [
      ...fleet.arrivals,
      ...storm(untilMs - 6 * HOUR),
      ...actions.arrivals,
      ...restlessLog(1).arrivals,
      ...snapshots
    ]
    store = await openAuditStore()
    const reader = await store.keep(logOf(arrivals, 'duplicates', 1))
    // As built: a browser runs no TypeScript.
    const built = pathToFileURL(inject('main').replace('main.js', 'view/open-view.js')).href
    const { openView } = (await import(built)) as typeof import('../../src/view/open-view.ts')
    const clock: Clock = { ...systemClock, now: () => untilMs }
    const common = { reader, clock, logstore: 'my-audit/log', endpoint: 'local', host: '127.0.0.1', port: 0 }
    page = await openView(common)
    fixtures = await openView({ ...common, dashboards: FIXTURES })
    browser = await launchBrowser()
  }, PATIENCE_MS)

  afterAll(async () => {
    await browser?.close()
    await fixtures?.close()
    await page?.close()
    await store?.close()
  })

  test.each(['released', 'interruptions', 'restarts', 'trust'])('draws every chart of %s, with data', async (name) => {
    const { page: tab, complaints } = await openWatched(browser, `${page.url}#/dashboards/${name}`)
    await settled(tab)
    const states = await tab.locator('.tile').evaluateAll(chartStates)
    expect(states.filter(([, state]) => state === 'failed' || state === 'loading')).toEqual([])
    const empty = states.filter(([, state]) => state === 'empty').map(([id]) => id)
    expect(empty.filter((id) => !ABOUT_NOW.includes(id))).toEqual([])
    const drawn = await tab.locator('canvas').evaluateAll(paintedShares)
    expect(drawn.length).toBeGreaterThan(0)
    expect(Math.min(...drawn)).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    await tab.context().close()
  })

  test('narrows every chart by a filter, and keeps it in the address', async () => {
    const { page: tab, complaints } = await openWatched(browser, fixtures.url)
    await settled(tab)
    const [before, regions] = [await figure(tab, 'stat-events'), await rowsOf(tab, 'bar-regions')]
    const [region = '', events = ''] = regions[0] ?? []
    await tab.locator('[data-control="region_id"] button').first().click()
    await tab.getByRole('checkbox', { name: region, exact: true }).check()
    await settled(tab)
    expect(await figure(tab, 'stat-events')).toBe(events)
    expect(events).not.toBe(before)
    expect(await rowsOf(tab, 'bar-regions')).toEqual([[region, events]])
    await tab.reload()
    await settled(tab)
    expect(await figure(tab, 'stat-events')).toBe(events)
    await tab.goBack()
    await settled(tab)
    expect(await figure(tab, 'stat-events')).toBe(before)
    expect(complaints).toEqual([])
    await tab.context().close()
  })

  test('shows a broken chart’s error in its own place, and what the service said', async () => {
    const { page: tab } = await openWatched(browser, fixtures.url)
    await settled(tab)
    const broken = tab.locator('[data-chart="broken"]')
    expect(await broken.getByRole('alert').textContent()).toContain('nothing_of_this_name')
    expect(await tab.locator('[data-state="failed"]').count()).toBe(1)
    await tab.context().close()
  })

  test('tells the life of an instance from creation to release', async () => {
    const life = [...fleet.lives.values()].find(isWhole)
    if (life === undefined) throw new Error('no such life in this history')
    const { page: tab, complaints } = await openWatched(browser, `${page.url}#/instances/${life.truth.instanceId}`)
    await settled(tab)
    const rows = await tab.locator('tr[data-family="state"]').evaluateAll(cellTexts)
    expect(rows.map(([time, , state]) => [time, state])).toEqual(
      life.states.map(({ state, atMs }) => [spelled(atMs), state])
    )
    expect(await tab.locator('.timeline-svg .state').count()).toBe(life.states.length)
    expect(await tab.locator('tr[data-family="notice"]').count()).toBe(life.noticesMs.length)
    const facts = await tab.locator('.facts').textContent()
    expect(facts).toContain(spelled(life.states[0]?.atMs ?? 0).slice(0, 19))
    expect(facts).toContain(spelled(life.states.at(-1)?.atMs ?? 0).slice(0, 19))
    expect(complaints).toEqual([])
    await tab.context().close()
  })

  test('tells every action on it, once, and leads to its replacement', async () => {
    const [{ instanceId, newInstanceId } = { instanceId: '', newInstanceId: '' }] = actions.replacements
    const keys = standing(actions.steps).filter(({ subject }) => subject.instanceId === instanceId)
    const { page: tab, complaints } = await openWatched(browser, `${page.url}#/instances/${instanceId}`)
    await settled(tab)
    expect(await tab.locator('tr[data-family="action"]').count()).toBe(keys.length)
    await tab.getByRole('link', { name: newInstanceId }).first().click()
    await tab.getByRole('heading', { level: 1, name: newInstanceId }).waitFor()
    await tab.getByRole('link', { name: instanceId }).first().waitFor()
    expect(complaints).toEqual([])
    await tab.context().close()
  })

  test('is used by keyboard alone, and in the dark', async () => {
    const { page: tab, complaints } = await openWatched(browser, page.url, { dark: true })
    await settled(tab)
    expect(await tab.locator('html').getAttribute('data-theme')).toBe('dark')
    const id = [...fleet.lives.keys()][0] ?? ''
    await tab.keyboard.press('/')
    await tab.keyboard.type(id.slice(2, 14))
    await tab.getByRole('option').first().waitFor()
    await tab.keyboard.press('ArrowDown')
    await tab.keyboard.press('Enter')
    await tab.getByRole('heading', { level: 1, name: id }).waitFor()
    await settled(tab)
    await tab.locator('.timeline-area').focus()
    const whole = await tab.locator('.tick-label').allTextContents()
    await tab.keyboard.press('+')
    expect(await tab.locator('.tick-label').allTextContents()).not.toEqual(whole)
    await tab.keyboard.press('0')
    expect(await tab.locator('.tick-label').allTextContents()).toEqual(whole)
    expect(complaints).toEqual([])
    await tab.context().close()
  })

  test('speaks Chinese, keeps the choice, and has nothing wider than a telephone', async () => {
    const { page: tab, complaints } = await openWatched(browser, page.url, { width: 390 })
    await settled(tab)
    await tab.locator('[data-part="language"]').selectOption('zh')
    await tab.getByRole('heading', { level: 1, name: /已释放的实例/ }).waitFor()
    await tab.reload()
    await settled(tab)
    expect(await tab.locator('html').getAttribute('lang')).toBe('zh')
    expect(await tab.locator('html').evaluate(widthOf)).toBeLessThanOrEqual(390)
    expect(complaints).toEqual([])
    await tab.context().close()
  })
})

/** Many releases at once: more than this small fleet has by itself. */
function storm(beganMs: number): Arrival[] {
  return Array.from({ length: 30 }, (_, index) => {
    const atMs = beganMs + index * 1_000
    const messageId = `storm-${index}`
    const decoded = decode(stateChange(index, { state: 'Deleted', timeMs: atMs }), { messageId })
    if (decoded.kind !== 'event') throw new Error('not an event')
    const delivery = { queue: 'ecs-cms-event', messageId, dequeueCount: 1 }
    return { atMs, record: (receivedMs) => eventRecord(decoded.event, { ...delivery, receivedMs }, receivedMs) }
  })
}

// These run in the browser: its types are not those of the tests.

type Tile = { readonly dataset: Readonly<Record<string, string | undefined>> }
type Canvas = { readonly width: number; readonly height: number; getContext(kind: '2d'): Context }
type Context = { getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8Array } }
type Row = { readonly children: Iterable<{ readonly textContent: string }> }

/** Sections and notes have no state of their own that could be wrong. */
function chartStates(tiles: unknown): Array<[id: string, state: string]> {
  return Array.from(tiles as Tile[], ({ dataset }) => [dataset['chart'] ?? '', dataset['state'] ?? ''])
}

/** How much of each drawing is not empty. */
function paintedShares(canvases: unknown): number[] {
  return Array.from(canvases as Canvas[], (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let painted = 0
    for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) painted += 1
    return painted / (data.length / 4)
  })
}

function widthOf(element: unknown): number {
  return (element as { readonly scrollWidth: number }).scrollWidth
}

function cellTexts(rows: unknown): string[][] {
  return Array.from(rows as Row[], ({ children }) => Array.from(children, ({ textContent }) => textContent))
}

/** Created, interrupted and released while the log was kept. */
function isWhole({ states, noticesMs }: ToldLife): boolean {
  const first = states[0]?.state
  return (first === 'Created' || first === 'Pending') && states.at(-1)?.state === 'Deleted' && noticesMs.length > 0
}

/** As the page writes a moment, in UTC. */
function spelled(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
}

async function figure(tab: Page, chart: string): Promise<string | null> {
  return await tab.locator(`[data-chart="${chart}"] .figure-value`).first().textContent()
}

/** What stands behind a chart, as its table shows it. */
async function rowsOf(tab: Page, chart: string): Promise<string[][]> {
  const tile = tab.locator(`[data-chart="${chart}"]`)
  if ((await tile.locator('table').count()) === 0) {
    await tile.locator('.menu summary').click()
    await tile.getByRole('menuitem', { name: 'Show as a table' }).click()
  }
  return await tile.locator('tbody tr').evaluateAll(cellTexts)
}
