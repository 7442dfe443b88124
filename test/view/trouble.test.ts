import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { indexConfiguration } from '../../src/logstore/index-configuration.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { openReader } from '../../src/service.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import type { ViewServer } from '../../src/view/view-server.ts'
import { configFor, openSandbox } from '../support/harness.ts'
import { CHROMIUM, launchBrowser, openWatched, settled } from './support/browser.ts'

const PATIENCE_MS = 120_000

describe.skipIf(CHROMIUM === undefined)('the page in a browser, with nothing to show', { timeout: PATIENCE_MS }, () => {
  let browser: Browser
  let sandbox: Sandbox
  const closers: Array<() => Promise<void>> = []

  beforeAll(async () => {
    sandbox = await openSandbox()
    browser = await launchBrowser()
  }, PATIENCE_MS)

  afterAll(async () => {
    for (const close of closers.reverse()) await close()
    await browser?.close()
    await sandbox?.close()
  })

  /** The page over a logstore of the sandbox, there or not. */
  async function pageOver(logstore: string): Promise<ViewServer> {
    const { reader, close } = openReader(configFor(sandbox, { 'logstore.name': logstore }), systemClock, silentLog)
    closers.push(close)
    // As built: a browser runs no TypeScript.
    const built = pathToFileURL(inject('main').replace('main.js', 'view/open-view.js')).href
    const { openView } = (await import(built)) as typeof import('../../src/view/open-view.ts')
    const place = { logstore: `${sandbox.address.project}/${logstore}`, endpoint: sandbox.address.sls }
    const page = await openView({ reader, clock: systemClock, ...place, host: '127.0.0.1', port: 0 })
    closers.push(() => page.close())
    return page
  }

  test('an empty log is told once, and figures are 0', async () => {
    const { url } = await pageOver(sandbox.address.logstore)
    const { page: tab, complaints } = await openWatched(browser, url)
    await settled(tab)
    const note = tab.locator('.trouble')
    expect(await note.getAttribute('role')).toBe('status')
    expect(await note.textContent()).toContain('ecs-audit run')
    expect(await tab.locator('[data-state="failed"]').count()).toBe(0)
    expect(await tab.locator('[data-chart="stat-released"] .figure-value').textContent()).toBe('0')
    // Rows with nothing in them are low: less than two screens instead of four.
    expect(await tab.locator('main').evaluate(heightOf)).toBeLessThan(1_800)
    expect(complaints).toEqual([])
    await tab.context().close()
  })

  test('a missing logstore is told once, with what to do, and asked again when it is there', async () => {
    const { url } = await pageOver('later')
    const { page: tab, complaints } = await openWatched(browser, url)
    await settled(tab)
    const failed = await tab.locator('[data-state="failed"]').count()
    expect(failed).toBeGreaterThan(10)
    expect(await tab.locator('.told-above').count()).toBe(failed)
    expect(await tab.locator('.trouble[role="alert"]').textContent()).toContain('ecs-audit setup')
    expect(await tab.getByText('LogStoreNotExist').filter({ visible: true }).count()).toBe(1)
    await sandbox.sls.createLogstore(
      sandbox.address.project,
      'later',
      { ttl: 30, shards: 1 },
      { ...indexConfiguration() }
    )
    await tab.locator('.trouble button').click()
    await tab.locator('.trouble[role="status"]').waitFor()
    expect(await tab.locator('[data-state="failed"]').count()).toBe(0)
    expect(complaints).toEqual([])
    await tab.context().close()
  })
})

/** Runs in the browser. */
function heightOf(element: unknown): number {
  return (element as { readonly scrollHeight: number }).scrollHeight
}
