import type { Browser } from 'playwright-core'
import { settled } from '../../test/view/support/browser.ts'

/** One look at a page in a browser that has seen nothing of it before, ms from the beginning of the navigation. */
export interface Look {
  /** Until the first chart, or the timeline, stood there with its data. */
  readonly firstMs: number
  /** Until nothing was waited for any more. */
  readonly allMs: number
}

/** @param ready selector of the first thing that people came for */
export async function lookAt(browser: Browser, url: string, ready: string): Promise<Look> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  try {
    const page = await context.newPage()
    await page.goto(url, { waitUntil: 'commit' })
    await page.locator(ready).first().waitFor()
    const firstMs = await page.evaluate(sinceNavigation)
    await settled(page)
    return { firstMs, allMs: await page.evaluate(sinceNavigation) }
  } finally {
    await context.close()
  }
}

/** Runs in the browser. */
function sinceNavigation(): number {
  return performance.now()
}
