// How quickly the local page shows its charts: `npm run bench:page -- --help`.
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { openAuditStore } from '../../test/audit/support/audit-store.ts'
import { CHROMIUM, launchBrowser } from '../../test/view/support/browser.ts'
import { spreadOf } from '../pipeline/stats.ts'
import { type Look, lookAt } from './measure-page.ts'
import { pageLog } from './page-log.ts'

const USAGE = `npm run bench:page -- [--events N] [--rounds N] [--json]

Fills a sandbox logstore with N events (default 100000), duplicates, snapshots and actions, serves the page over it, and opens
each dashboard and an instance's page in a headless Chromium, each time in a fresh profile, so many rounds (default 7).
Needs a Chromium (CHROME names one). Exit status 1 when the median of a first chart reaches two seconds.`
const BAR_MS = 2_000
const CHART = '.tile[data-state="drawn"]:not(.tile-markdown)'
const TIMELINE = '.timeline-svg'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false }
  }
})
const print = (line: string): void => void process.stdout.write(`${line}\n`)

if (values.help) print(USAGE)
else if (CHROMIUM === undefined) wrong('Cannot measure the page: no Chromium is installed; CHROME may name one.')
else await run(wholeNumber('events'), wholeNumber('rounds'))

async function run(events: number, rounds: number): Promise<void> {
  const { records, untilMs, instanceId } = pageLog(events)
  const store = await openAuditStore()
  const reader = await store.keep(records)
  // As built: a browser runs no TypeScript.
  const built = pathToFileURL(`${process.cwd()}/dist/view/open-view.js`).href
  const { openView } = (await import(built)) as typeof import('../../src/view/open-view.ts')
  const clock: Clock = { ...systemClock, now: () => untilMs }
  const page = await openView({
    ...{ reader, clock, logstore: 'my-audit/log', endpoint: 'local', host: '127.0.0.1', port: 0 }
  })
  const browser = await launchBrowser()
  try {
    const targets = [
      ...['released', 'interruptions', 'restarts', 'trust'].map(
        (name) => [name, `#/dashboards/${name}`, CHART] as const
      ),
      ['instance', `#/instances/${instanceId}`, TIMELINE] as const
    ]
    const looks = new Map<string, Look[]>(targets.map(([name]) => [name, []]))
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, hash, ready] of targets)
        looks.get(name)?.push(await lookAt(browser, `${page.url}${hash}`, ready))
    }
    report(events, records.length, looks)
  } finally {
    await browser.close()
    await page.close()
    await store.close()
  }
}

function report(events: number, records: number, looks: ReadonlyMap<string, readonly Look[]>): void {
  const rows = Array.from(looks, ([name, own]) => ({
    name,
    first: spreadOf(own.map(({ firstMs }) => firstMs)),
    all: spreadOf(own.map(({ allMs }) => allMs))
  }))
  if (values.json) print(JSON.stringify({ events, records, pages: rows }))
  else {
    print(`${events} events, ${records} records; ms from the navigation, median (least to most)\n`)
    print(`${'page'.padEnd(14)} ${'first chart'.padEnd(24)} everything`)
    for (const { name, first, all } of rows) print(`${name.padEnd(14)} ${told(first).padEnd(24)} ${told(all)}`)
  }
  if (rows.some(({ first }) => first.median >= BAR_MS)) process.exitCode = 1
}

function told({ median, min, max }: ReturnType<typeof spreadOf>): string {
  return `${Math.round(median)} (${Math.round(min)} to ${Math.round(max)})`
}

function wholeNumber(option: 'events' | 'rounds'): number {
  const value = Number(values[option])
  if (Number.isInteger(value) && value > 0) return value
  return wrong(`Cannot use --${option}: expected a whole number above 0, found ${JSON.stringify(values[option])}`)
}

function wrong(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}
