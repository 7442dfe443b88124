import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import type { HeapProfiler } from 'node:inspector'
import { Session } from 'node:inspector/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { News, Tally } from '../../bench/pipeline/replay/orders.ts'
import { ReplayServer } from '../../bench/pipeline/replay/replay-server.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createService, type Service } from '../../src/service.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { withConfigFile } from '../support/harness.ts'

/** Enough that what happens once does not count. */
const WARMUP = 4_096
const EVENTS = 8_192
/** A heap sample for so many bytes, on average: some thousand samples in all. */
const SAMPLE_BYTES = 4_096

/** Per event. They count the replay server's side too, which makes no promises; in brackets what was measured. */
const LIMITS = {
  /** (0.128) Receives, deletes and puts: 2 calls for 16 events, and one put for what fits: batches are closed by their size, not by time. */
  requests: 0.14,
  /** (989) Records before compression, bytes: one in six events has an action's record beside its own. */
  rawBytes: 1_100,
  /** (0.21) Of the records' size, what is sent. */
  compression: 0.25,
  /** (4.2) Nearly all of them of calls, which each serve up to 16 events. */
  promises: 5,
  /** (0.45) Two for each request. */
  timers: 0.6,
  /** (10,600) What is left to the garbage collector, bytes; the message itself is 1,052. */
  heapBytes: 13_000
} as const

let replay: ReplayServer
let port = 0
let onDone: (tally: Tally) => void = () => undefined
let service: Service | undefined

beforeEach(async () => {
  const listening = new EventTarget()
  const open = once(listening, 'open')
  replay = new ReplayServer({ eventBytes: 789, ageMs: 3_600_000, pool: WARMUP }, (news: News) => {
    if (news.kind === 'done') onDone(news.tally)
    if (news.kind !== 'listening') return
    port = news.port
    listening.dispatchEvent(new Event('open'))
  })
  replay.listen()
  await open
})

afterEach(async () => {
  await service?.stop()
  await replay.close()
})

/** A service with everything switched on, as the benchmark runs it. */
function start(): Service {
  const url = `http://127.0.0.1:${port}`
  const text = JSON.stringify({
    region: 'cn-hangzhou',
    queue: { endpoint: url, name: 'bench' },
    logstore: { endpoint: url, project: 'bench', name: 'bench', batch: { linger: '1s' } },
    actions: { dryRun: false, restart: { enabled: true }, drain: { enabled: true } },
    snapshots: { enabled: true },
    endpoints: { ecs: url, slb: url, alb: url, nlb: url, actiontrail: url },
    http: { port: 0 },
    credentials: { accessKeyId: 'bench-id', accessKeySecret: 'bench-secret' }
  })
  const config = withConfigFile(text, (file) => loadConfig({ file, environment: {} }))
  return createService({ config, log: silentLog })
}

/** Has so many events consumed, and tells what came over the wire. */
function consume(events: number): Promise<Tally> {
  const done = new Promise<Tally>((resolve) => {
    onDone = resolve
  })
  replay.follow({ supply: { kind: 'counted', events }, putLatencyMs: 0 })
  return done
}

test('requests, bytes sent, promises and timers for each event stay under their limits', async () => {
  service = start()
  await consume(WARMUP)
  const made = new Map<string, number>()
  const hook = createHook({ init: (_id, type) => void made.set(type, (made.get(type) ?? 0) + 1) }).enable()
  const tally = await consume(EVENTS)
  hook.disable()
  const perEvent = (count: number): number => count / EVENTS
  expect(service.totals).toMatchObject({ received: WARMUP + EVENTS, putFaults: 0, receiveFaults: 0, givenBack: 0 })
  const requests = tally.receives + tally.deletes + tally.puts
  expect(perEvent(requests)).toBeLessThan(LIMITS.requests)
  expect(perEvent(tally.rawBytes)).toBeLessThan(LIMITS.rawBytes)
  expect(tally.sentBytes / tally.rawBytes).toBeLessThan(LIMITS.compression)
  expect(perEvent(made.get('PROMISE') ?? 0)).toBeLessThan(LIMITS.promises)
  expect(perEvent(made.get('Timeout') ?? 0)).toBeLessThan(LIMITS.timers)
})

test('what an event leaves to the garbage collector stays under its limit', async () => {
  service = start()
  await consume(WARMUP)
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLE_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true
  })
  await consume(EVENTS)
  const { profile } = await session.post('HeapProfiler.stopSampling')
  session.disconnect()
  expect(sampledBytes(profile.head) / EVENTS).toBeLessThan(LIMITS.heapBytes)
})

function sampledBytes({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number {
  return children.reduce((sum, child) => sum + sampledBytes(child), selfSize)
}
