import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { chooseCredentials } from '../src/cloud/choose-credentials.ts'
import { systemClock } from '../src/lib/clock.ts'
import { AuditError } from '../src/lib/errors.ts'
import { openReader } from '../src/logstore/open-logstore.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { createService, type Service, type ServiceOptions } from '../src/service.ts'
import { silentLog } from '../src/telemetry/log.ts'
import { stateChanges } from './support/events.ts'
import { configFor, openSandbox, requestCount, sendEvents, storedKeys } from './support/harness.ts'

type Line = Readonly<Record<string, unknown>> & { readonly msg: string }

let sandbox: Sandbox
let lines: Line[]
const running: Service[] = []

beforeEach(async () => {
  sandbox = await openSandbox()
  lines = []
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()))
  await sandbox.close()
})

function start(changes: Readonly<Record<string, unknown>> = {}, options: Partial<ServiceOptions> = {}): Service {
  const config = configFor(sandbox, { 'queue.waitSeconds': 1, 'logstore.batch.linger': '50ms', ...changes })
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) })
  const service = createService({ config, log, ...options })
  running.push(service)
  return service
}

function queueEmpty(): Promise<void> {
  const { queue } = sandbox.address
  return sandbox.mns.waitFor(() => {
    const { visible, invisible } = sandbox.mns.stats(queue)
    return visible + invisible === 0
  })
}

/** The names of what keeps this process busy. */
function busyWith(name: string): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === name).length
}

describe('service', () => {
  test('consumes as soon as it is created, and counts', async () => {
    sendEvents(sandbox, stateChanges(100))
    const service = start()
    await queueEmpty()
    await vi.waitUntil(() => service.totals.acknowledged === 100, { timeout: 60_000 })
    expect(service.totals).toMatchObject({ received: 100, stored: 100, acknowledged: 100, refused: 0, givenBack: 0 })
    expect(service.state).toMatchObject({ inFlight: 0, parked: 0, breaker: 'closed' })
    expect(service.state.lagMs).toBeGreaterThanOrEqual(0)
    expect(await storedKeys(sandbox)).toEqual({ distinct: 100, records: 100 })
  })

  test('with drains it reads the server groups before any event comes', async () => {
    start({ 'actions.drain.enabled': true })
    await vi.waitUntil(() => sandbox.counts.slb.has('DescribeLoadBalancers'), { timeout: 60_000 })
    await vi.waitUntil(() => sandbox.counts.alb.has('ListServerGroups'), { timeout: 60_000 })
    expect(sandbox.counts.sls.size).toBe(0)
  })

  test.each(['actions.restart.enabled', 'snapshots.enabled'])(
    'with %s it tells at once of a region that is none',
    (option) => {
      expect(() => start({ region: 'Mars', [option]: true })).toThrow(
        'Cannot use region: expected an id such as cn-hangzhou'
      )
    }
  )

  test('as a service it ends only when it is stopped; a second stop is the first one', async () => {
    const service = start()
    let ended = false
    void service.finished.then(() => {
      ended = true
    })
    await vi.waitUntil(() => service.totals.polls >= 8, { timeout: 60_000 })
    expect(ended).toBe(false)
    const [first, second] = [service.stop(), service.stop(AbortSignal.abort())]
    expect(second).toBe(first)
    expect(await first).toEqual({ abandoned: 0 })
    expect(await service.finished).toBeUndefined()
  })

  test('as a batch job it ends when the queue is empty', async () => {
    sendEvents(sandbox, stateChanges(50))
    const service = start({}, { untilEmpty: true })
    expect(await service.finished).toBeUndefined()
    expect(service.totals.acknowledged).toBe(50)
  })

  test('stopped, it asks for nothing more and leaves no timer and no connection behind', async () => {
    const before = { Timeout: busyWith('Timeout'), TCPSocketWrap: busyWith('TCPSocketWrap') }
    const leaks = (name: keyof typeof before): boolean => busyWith(name) > before[name]
    sendEvents(sandbox, stateChanges(50))
    const service = start({ 'queue.receivers': 6 })
    await queueEmpty()
    expect(leaks('TCPSocketWrap')).toBe(true)
    await service.stop()
    // Sockets end, and a library's own timer with them, a moment after they were told to.
    const giveUpMs = performance.now() + 30_000
    while (performance.now() < giveUpMs && (leaks('TCPSocketWrap') || leaks('Timeout'))) await nextTurn()
    expect([leaks('TCPSocketWrap'), leaks('Timeout')]).toEqual([false, false])
    const requests = requestCount(sandbox, 'mns') + requestCount(sandbox, 'sls')
    sendEvents(sandbox, stateChanges(5, 50))
    await nextTurn()
    expect(requestCount(sandbox, 'mns') + requestCount(sandbox, 'sls')).toBe(requests)
  })

  test('logs its counters at intervals, and nothing else of a message', async () => {
    sendEvents(sandbox, stateChanges(20))
    start({ 'log.interval': '1s' })
    await queueEmpty()
    await vi.waitUntil(() => lines.some(({ msg, acknowledged }) => msg === 'counters' && acknowledged === 20), {
      timeout: 60_000
    })
    const counters = lines.find(({ msg }) => msg === 'counters')
    expect(counters).toMatchObject({ received: 20, stored: 20, inFlight: 0, breaker: 'closed' })
    expect(JSON.stringify(lines)).not.toContain('i-test')
  })

  test('many receivers and many puts waiting are no leak to Node.js', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    try {
      const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
      sendEvents(sandbox, stateChanges(400))
      const service = start({ 'queue.receivers': 32, 'logstore.batch.maxCount': 8, 'logstore.puts': 32 })
      await vi.waitUntil(() => service.totals.putFaults >= 2, { timeout: 60_000 })
      clear()
      await queueEmpty()
      await service.stop()
      expect(warnings).toEqual([])
    } finally {
      process.off('warning', onWarning)
    }
  })

  test('tells a logstore in trouble once, with what to do, and its recovery once', async () => {
    const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'Unauthorized' })
    const service = start({ 'logstore.breaker.resetAfter': '100ms' })
    sendEvents(sandbox, stateChanges(20))
    await vi.waitUntil(() => service.totals.putFaults >= 4, { timeout: 60_000 })
    clear()
    await queueEmpty()
    const told = lines.filter(({ msg }) => /logstore/.test(msg)).map(({ msg }) => msg)
    expect(told.sort()).toEqual([
      'logstore answers again',
      'logstore breaker closed: records are being stored',
      'logstore breaker opened: events stay on the queue',
      'logstore in trouble'
    ])
    expect(lines.find(({ msg }) => msg === 'logstore in trouble')).toMatchObject({
      logstore: 'ecs-audit-sandbox/ecs-events',
      cannot: 'write to',
      advice: expect.stringContaining('ALIBABA_CLOUD_ACCESS_KEY_ID')
    })
  })

  test('tells that a queue answers again, though there is nothing on it', async () => {
    sandbox.faults.add({ service: 'mns', operation: 'BatchReceiveMessage', kind: 'empty', status: 503, count: 1 })
    start({ 'queue.receivers': 1 })
    await vi.waitUntil(() => lines.some(({ msg }) => msg === 'queue answers again'), { timeout: 60_000 })
    expect(lines.filter(({ msg }) => /^queue/.test(msg)).map(({ msg }) => msg)).toEqual([
      'queue in trouble',
      'queue answers again'
    ])
  })

  test.each([
    ['queue.name', '_bad'],
    ['queue.endpoint', 'http://mns.example.com'],
    ['logstore.endpoint', 'http://log.example.com']
  ])('a %s that cannot be one is a mistake in the configuration', (path, value) => {
    const config = configFor(sandbox)
    const [queue] = config.queues
    if (queue === undefined) throw new Error('no queue')
    const [, key = ''] = path.split('.')
    const wrong = path.startsWith('queue')
      ? { ...config, queues: [{ ...queue, [key]: value }] }
      : { ...config, logstore: { ...config.logstore, [key]: value } }
    expect(() => createService({ config: wrong, log: silentLog })).toThrow(AuditError)
    expect(() => createService({ config: wrong, log: silentLog })).toThrow(/queue\.|logstore\./)
  })

  test('reads back what it has stored', async () => {
    sendEvents(sandbox, stateChanges(3))
    await start({}, { untilEmpty: true }).finished
    const { reader, close } = openReader(configFor(sandbox), systemClock, silentLog)
    try {
      const nowS = Math.floor(Date.now() / 1000)
      const outcome = await reader.queryLogs({
        query: '* | SELECT count(*) AS events',
        fromS: nowS - 3_600,
        toS: nowS + 60
      })
      expect(outcome).toMatchObject({ kind: 'rows', rows: [{ events: '3' }] })
    } finally {
      await close()
    }
  })

  test('takes keys from the file where the schema allows them, and the default chain else', async () => {
    const config = configFor(sandbox)
    const fromFile = chooseCredentials(config, systemClock, silentLog)
    expect(await fromFile.get()).toMatchObject({ accessKeyId: sandbox.address.accessKeyId })
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'from-the-environment')
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'secret')
    try {
      const { credentials: _, ...without } = config
      const chain = chooseCredentials(without, systemClock, silentLog)
      expect(await chain.get()).toMatchObject({ accessKeyId: 'from-the-environment' })
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
