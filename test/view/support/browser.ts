import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

/** A Chromium that is there: the one that CHROME names, or where Linux distributions put it. */
export const CHROMIUM = [process.env['CHROME'] ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== '' && existsSync(path)
)

export async function launchBrowser(): Promise<Browser> {
  // Containers have no user namespaces for Chromium's sandbox; it loads nothing but our own page.
  return await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** A page, and everything that it did and should not have: errors, warnings, requests to elsewhere. */
export interface WatchedPage {
  readonly page: Page
  readonly complaints: readonly string[]
}

/** A page at a dark or light screen, in English, in UTC. */
export async function openWatched(
  browser: Browser,
  url: string,
  options: { dark?: boolean; width?: number } = {}
): Promise<WatchedPage> {
  const context = await browser.newContext({
    ...{ locale: 'en-US', timezoneId: 'UTC', viewport: { width: options.width ?? 1440, height: 900 } },
    colorScheme: options.dark === true ? 'dark' : 'light'
  })
  // Only what hangs is to be caught.
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (fault) => complaints.push(`error: ${fault.message}`))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`request to ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints }
}

/** Waits until no chart waits for its answer any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').waitFor()
  await page.locator('[data-state], .facts, .note').first().waitFor()
  while ((await page.locator('[aria-busy="true"]').count()) > 0) {
    await page
      .locator('[aria-busy="true"]')
      .first()
      .waitFor({ state: 'detached', timeout: 120_000 })
      .catch(() => undefined)
  }
}
