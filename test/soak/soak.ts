// npm run test:soak -- --minutes N --rate N: constant load against the real service in its own process. Prints what it
// holds while it runs, and in the end whether that grows. Exit 1 when it does, or when events are missing.
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openSandbox, sandboxConfigText } from '../support/harness.ts'
import { startLeanLogstore } from './lean-logstore.ts'
import { findings, SAMPLE_HEADING, sampleLine } from './report.ts'
import { startSteadyLoad } from './steady-load.ts'
import { type Sample, SERVICE_MAIN, startWatchedService } from './watched-service.ts'

const SAMPLE_MS = 5_000
/** Lines of the table, whatever the length of the run. */
const LINES = 40
/** The part of the run in which code is compiled and pools are filled. */
const WARM_UP = 0.25
/** The queue never holds more than this many seconds of load. */
const MAX_BACKLOG_S = 30
/** Of what was to be sent, the part that must have been: less means that this machine is too slow for the rate. */
const SENT_SHARE = 0.99

const { minutes, rate } = readOptions()
let unanswered = 0
const print = (line: string): void => void process.stdout.write(`${line}\n`)
const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-soak-'))
const logFile = join(directory, 'service.log')
const sandbox = await openSandbox()
const logstore = await startLeanLogstore()
const config = join(directory, 'ecs-audit.yaml')
const port = await freePort()
const options = { 'logstore.endpoint': logstore.url, 'http.port': port, 'health.interval': '10s' }
writeFileSync(config, sandboxConfigText(sandbox, options))
const service = startWatchedService({ main: SERVICE_MAIN, config, logFile })
const load = startSteadyLoad(sandbox, rate, MAX_BACKLOG_S * rate)
process.once('SIGINT', () => service.process.kill('SIGKILL'))
print(`${rate} events a second for ${minutes} minutes; process ${service.process.pid}; its log: ${logFile}`)
print(SAMPLE_HEADING)
process.exitCode = (await watch()) ? 0 : 1
await sandbox.close()
await logstore.close()

/** True when all is well. */
async function watch(): Promise<boolean> {
  const samples: Sample[] = []
  const totalMs = minutes * 60_000
  const startedMs = performance.now()
  let nextLineMs = 0
  while (performance.now() - startedMs < totalMs) {
    await delay(Math.min(SAMPLE_MS, totalMs / 40))
    await scrape()
    const sample = await service.sample()
    samples.push(sample)
    const backlog = sandbox.mns.stats(sandbox.address.queue).visible
    if (sample.atMs < nextLineMs) continue
    print(sampleLine(sample, backlog))
    nextLineMs = sample.atMs + totalMs / LINES
  }
  load.stop()
  const complete = await ended()
  const all = findings(samples, totalMs * WARM_UP)
  for (const { line } of all) print(line)
  print(`requests for metrics and health that were not answered: ${unanswered}`)
  const keptUp = load.sent >= SENT_SHARE * (load.sent + load.heldBack)
  if (!keptUp)
    print(`NOT AT FULL LOAD: ${load.heldBack} events were held back, the queue being ${MAX_BACKLOG_S} s of load long`)
  return complete && keptUp && !all.some(({ leak }) => leak)
}

/** What Prometheus and a cluster ask for all the time. */
async function scrape(): Promise<void> {
  for (const path of ['metrics', 'readyz', 'healthz']) {
    const answer = await fetch(`http://127.0.0.1:${port}/${path}`).catch(() => undefined)
    if (answer === undefined) unanswered += 1
    else await answer.text()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address() as AddressInfo
  server.close()
  return free
}

/** Stops the service when the queue is empty, and compares what was sent with what was stored. */
async function ended(): Promise<boolean> {
  const left = (): number => {
    const { visible, invisible } = sandbox.mns.stats(sandbox.address.queue)
    return visible + invisible
  }
  await sandbox.mns.waitFor(() => left() === 0, { timeoutMs: 60_000 }).catch(() => undefined)
  const remaining = left()
  const status = await service.stop()
  const stored = [...logstore.records].filter(([topic]) => topic !== 'health')
  const records = stored.reduce((total, [, count]) => total + count, 0)
  print(
    `sent ${load.sent}, stored ${stored.map(([topic, count]) => `${count} ${topic}`).join(', ')}; exit status ${status}`
  )
  if (remaining > 0) print(`MESSAGES ARE LEFT: ${remaining}`)
  if (records < load.sent) print(`RECORDS ARE MISSING: ${load.sent - records}`)
  return remaining === 0 && records >= load.sent && status === 0
}

function readOptions(): { minutes: number; rate: number } {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, rate: { type: 'string' } } })
  const read = (name: 'minutes' | 'rate', otherwise: number): number => {
    const value = Number(values[name] ?? otherwise)
    if (value > 0 && Number.isFinite(value)) return value
    process.stderr.write(`--${name} takes a number above 0, found ${values[name]}\n`)
    return process.exit(2)
  }
  return { minutes: read('minutes', 5), rate: read('rate', 2_000) }
}
