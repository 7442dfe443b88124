import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { queryReleased } from '../audit/released.ts'
import { loadConfig } from '../config/load.ts'
import { systemClock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import { Scope } from '../lib/scope.ts'
import { indexConfiguration } from '../logstore/index-configuration.ts'
import { openReader } from '../logstore/open-logstore.ts'
import type { SlsReader } from '../logstore/sls-reader.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { createService, type Service } from '../service.ts'
import { createLog } from '../telemetry/log.ts'
import { openView } from '../view/open-view.ts'
import type { ViewServer } from '../view/view-server.ts'
import { ActionLines } from './action-lines.ts'
import { EXIT, type Invocation, wholeNumberOption } from './command.ts'
import { balance, demoConfig, HISTORY_MS, openFleet } from './demo-stage.ts'
import { releasedHeading, releasedLine } from './released-table.ts'

/** How often the table of released instances is brought up to date, ms. */
const REFRESH_MS = 1_000
/** How often the page refreshes itself: there is always something new. */
const PAGE_REFRESH_S = 15
/** How often the counters are told, in refreshes. */
const COUNTERS_EVERY = 15

/** Shows the product at work. Loads DuckDB: not to be imported by other commands. */
export async function demo(invocation: Invocation): Promise<number> {
  const size = wholeNumberOption(invocation, 'instances', { min: 1, max: 1_000 }) ?? 12
  const log = createLog({ level: 'warn' })
  const scope = new Scope()
  const stop = stopSignal(invocation, scope)
  const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-demo-'))
  scope.defer('directory', () => rmSync(directory, { recursive: true, force: true }))
  try {
    const fleet = openFleet(size, systemClock)
    const sandbox = await startSandbox({ port: 0, fleet, index: { ...indexConfiguration() } })
    scope.defer('sandbox', () => sandbox.close())
    scope.defer('balance', balance(sandbox, systemClock))
    const configFile = join(directory, 'ecs-audit.yaml')
    writeFileSync(configFile, demoConfig(sandbox))
    const config = loadConfig({ file: configFile, environment: {}, flags: { 'log.level': 'warn' } })
    const service = createService({ config, log })
    scope.defer('service', () => end(invocation, service))
    const { reader, close } = openReader(config, systemClock, log)
    scope.defer('reader', close)
    const page = await openPage(reader, sandbox)
    scope.defer('page', () => page.close())
    introduce(invocation, sandbox, { configFile, pageUrl: `${page.url}#/?last=${2 * HISTORY_MS}` })
    await watch({ invocation, service, reader, stop })
    return EXIT.done
  } finally {
    await scope.close()
  }
}

async function end({ say, hurry }: Invocation, service: Service): Promise<void> {
  say('\nStopping: what is held is stored first.')
  await service.stop(hurry)
  const { received, stored, acknowledged } = service.totals
  say(`${received} messages received, ${stored} records stored, ${acknowledged} messages deleted from the queue.`)
}

function openPage(reader: SlsReader, { address }: Sandbox): Promise<ViewServer> {
  const logstore = `${address.project}/${address.logstore}`
  const place = { logstore, endpoint: address.sls, host: '127.0.0.1', port: 0 }
  return openView({ reader, clock: systemClock, ...place, refreshS: PAGE_REFRESH_S })
}

function introduce(
  { print }: Invocation,
  { address }: Sandbox,
  { configFile, pageUrl }: { configFile: string; pageUrl: string }
): void {
  print(`ecs-audit demo. Everything runs on this machine; no cloud account is used or needed.

  queue      ${address.mns}/queues/${address.queue}  (a stand-in that speaks MNS's protocol)
  logstore   ${address.sls}  project ${address.project}, logstore ${address.logstore}  (the same for SLS)
  fleet      simulated instances are created, stopped, interrupted and released; their events go to the queue
             (those of its last three hours at once: the page tells them as late)
  service    the real consumer takes them from the queue in batches and ships every one to the logstore; it restarts
             what stopped unexpectedly, takes interrupted spot instances out of their load balancers, and replaces them
  page       ${pageUrl}  (the dashboards, and every instance's life: open it in a browser)

Ask it yourself from another terminal, while this runs:
  node dist/main.js released --config ${configFile}

The released instances, which the ECS console can no longer find, and (>>) what was done, both as the logstore
tells them (Ctrl-C ends this):
`)
}

async function watch(parts: {
  invocation: Invocation
  service: Service
  reader: SlsReader
  stop: AbortSignal
}): Promise<void> {
  const { invocation, service, reader, stop } = parts
  const { print } = invocation
  const told = new Set<string>()
  const actions = new ActionLines(reader, systemClock)
  print(releasedHeading())
  for (let round = 1; !stop.aborted; round++) {
    const toMs = systemClock.now()
    const outcome = await queryReleased(reader, { fromMs: toMs - 2 * HISTORY_MS, toMs, signal: stop })
    const rows = outcome.kind === 'rows' ? [...outcome.rows].reverse() : []
    for (const row of rows) {
      if (told.has(row.instanceId)) continue
      told.add(row.instanceId)
      print(releasedLine(row))
    }
    for (const line of await actions.next(stop)) print(line)
    if (round % COUNTERS_EVERY === 0) print(counters(service, told.size))
    await systemClock.sleep(REFRESH_MS, stop).catch(() => undefined)
  }
}

function counters({ totals, state }: Service, released: number): string {
  const { received, stored, acknowledged } = totals
  return `-- ${received} events received, ${stored} records stored, ${acknowledged} deleted from the queue, ${state.inFlight} in flight, ${released} instances released so far`
}

/** The command's own stop signal, or one that comes after `--seconds`. */
function stopSignal(invocation: Invocation, scope: Scope): AbortSignal {
  const seconds = wholeNumberOption(invocation, 'seconds', { min: 1, max: 1_000_000 })
  if (seconds === undefined) return invocation.stop
  const { signal, clear } = deadline(systemClock, seconds * 1_000, invocation.stop)
  scope.defer('deadline', clear)
  return signal
}
