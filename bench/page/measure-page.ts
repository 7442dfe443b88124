import type { Browser } from 'playwright-core'

/** One look at a page in a browser that has seen nothing of it before, ms from the beginning of the navigation. */
export interface Look {
  /** Until the first chart, or the timeline, stood there with its data. */
  readonly firstMs: number
  /** Until nothing was waited for any more. */
  readonly allMs: number
}

const PATIENCE_MS = 60_000

/** @param ready selector of the first thing that people came for */
export async function lookAt(browser: Browser, url: string, ready: string): Promise<Look> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  try {
    const page = await context.newPage()
    await page.goto(url, { waitUntil: 'commit' })
    const first = await page.waitForFunction(`document.querySelector(${JSON.stringify(ready)}) && performance.now()`)
    const idle = `!document.querySelector('[aria-busy="true"]') && performance.now()`
    const firstMs = Number(await first.jsonValue())
    const all = await page.waitForFunction(idle, undefined, { timeout: PATIENCE_MS })
    return { firstMs, allMs: Number(await all.jsonValue()) }
  } finally {
    await context.close()
  }
}
