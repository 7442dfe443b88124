import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { Stage } from '../../src/monitor/stage.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { createService, type Service, type ServiceOptions } from '../../src/service.ts'
import { allMetrics } from '../../src/telemetry/metrics.ts'
import { stateChange, stateChanges } from '../support/events.ts'
import { configFor, openSandbox, sendEvents } from '../support/harness.ts'
import { HurryClock } from '../support/hurry-clock.ts'

let sandbox: Sandbox
let lines: Array<Readonly<Record<string, unknown>>>
const running: Service[] = []

beforeEach(async () => {
  sandbox = await openSandbox()
  lines = []
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop(AbortSignal.abort())))
  await sandbox.close()
})

function start(changes: Readonly<Record<string, unknown>> = {}, options: Partial<ServiceOptions> = {}): Service {
  const config = configFor(sandbox, { 'queue.waitSeconds': 1, 'logstore.batch.linger': '50ms', ...changes })
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
  const service = createService({ config, log, ...options })
  running.push(service)
  return service
}

/** The value of one series, with its labels as the text has them: `name{a="b"}`. */
function valueIn(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

describe('metrics', () => {
  test('every metric of the table is served once, with its type and help, and no other of ours', async () => {
    const text = await start().metricsText()
    const served = [...text.matchAll(/^# TYPE (ecs_audit_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`)
    expect(served).toEqual([...allMetrics()].map(([name, { type }]) => `${name} ${type}`))
    for (const [name, { help }] of allMetrics()) expect(text).toContain(`# HELP ${name} ${help}\n`)
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m)
    expect(text).not.toMatch(/ (NaN|undefined)$/m)
  })

  test('count what came, how old it was, how it was batched and how long calls took', async () => {
    const service = start()
    const same = stateChange(1)
    const aged = stateChange(2, { timeMs: Date.now() - 100_000 })
    sendEvents(sandbox, [same, same, aged, 'no event'])
    await vi.waitUntil(() => service.totals.acknowledged === 4, { timeout: 60_000 })
    const text = await service.metricsText()
    const { queue } = sandbox.address
    expect(valueIn(text, 'ecs_audit_received_total')).toBe(4)
    expect(valueIn(text, 'ecs_audit_undecodable_total')).toBe(1)
    expect(valueIn(text, 'ecs_audit_duplicates_total')).toBe(1)
    expect(valueIn(text, `ecs_audit_queue_received_total{queue="${queue}"}`)).toBe(4)
    for (const name of ['ecs_audit_event_age_at_receive_seconds', 'ecs_audit_event_age_at_store_seconds']) {
      expect(valueIn(text, `${name}_bucket{le="60"}`)).toBe(2)
      expect(valueIn(text, `${name}_bucket{le="120"}`)).toBe(3)
      expect(valueIn(text, `${name}_bucket{le="+Inf"}`)).toBe(3)
      expect(valueIn(text, `${name}_count`)).toBe(3)
      expect(valueIn(text, `${name}_sum`)).toBeGreaterThanOrEqual(100)
    }
    expect(valueIn(text, 'ecs_audit_batch_records_sum')).toBe(4)
    const puts = service.totals.puts
    expect(valueIn(text, 'ecs_audit_put_seconds_count{outcome="stored"}')).toBe(puts)
    expect(valueIn(text, 'ecs_audit_batch_records_count')).toBe(puts)
    expect(valueIn(text, `ecs_audit_delete_seconds_count{queue="${queue}",outcome="acknowledged"}`)).toBe(
      service.totals.deletes
    )
    expect(valueIn(text, 'ecs_audit_breaker_state{dependency="logstore"}')).toBe(0)
    expect(valueIn(text, 'ecs_audit_dependency_up{dependency="logstore"}')).toBe(1)
    expect(valueIn(text, 'ecs_audit_credits_limit{unit="messages"}')).toBe(4_096)
    expect(valueIn(text, 'ecs_audit_in_flight_messages')).toBe(0)
  })

  test('faults by dependency and class; the breaker; redeliveries', async () => {
    const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
    const service = start({ 'logstore.breaker.resetAfter': '200ms' })
    sendEvents(sandbox, stateChanges(5))
    await vi.waitUntil(() => service.totals.putFaults >= 1 && service.state.breaker === 'open', { timeout: 60_000 })
    const during = await service.metricsText()
    expect(valueIn(during, 'ecs_audit_breaker_state{dependency="logstore"}')).toBe(2)
    expect(valueIn(during, 'ecs_audit_dependency_up{dependency="logstore"}')).toBe(0)
    expect(valueIn(during, 'ecs_audit_faults_total{dependency="logstore",class="unavailable"}')).toBeGreaterThan(0)
    expect(valueIn(during, 'ecs_audit_in_flight_messages')).toBe(5)
    await service.stop(AbortSignal.abort())
    clear()
    const next = start()
    await vi.waitUntil(() => next.totals.acknowledged === 5, { timeout: 60_000 })
    const after = await next.metricsText()
    expect(valueIn(after, `ecs_audit_queue_redelivered_total{queue="${sandbox.address.queue}"}`)).toBe(5)
    // What came back tells nothing of how long new messages wait.
    expect(valueIn(after, 'ecs_audit_lag_seconds')).toBe(0)
  })

  test('calls of the control plane, and the age at which an action began', async () => {
    const service = start({ 'actions.restart.enabled': true, 'actions.restart.settle': '0s' })
    sendEvents(sandbox, [stateChange(1, { state: 'Stopped', instanceId: 'i-nobody' })])
    await vi.waitUntil(() => service.totals.actionRecords >= 1, { timeout: 60_000 })
    const text = await service.metricsText()
    expect(valueIn(text, 'ecs_audit_event_age_at_action_seconds_count{action="restart"}')).toBe(1)
    expect(text).toMatch(/^ecs_audit_api_call_seconds_count\{product="ecs",outcome="done"\} [1-9]/m)
  })
})

describe('readiness', () => {
  test('ready once the queue answers; every problem is gone when it stops being one', async () => {
    const service = start()
    expect(service.health()).toMatchObject({ ready: false, problems: [{ reason: 'starting' }] })
    await vi.waitUntil(() => service.health().ready, { timeout: 60_000 })
  })

  test('not ready at once for a queue that does not exist, and it is told what to do', async () => {
    const service = start({ 'queue.name': 'no-such-queue' })
    await vi.waitUntil(() => service.health().problems.some(({ reason }) => reason === 'queue-missing'), {
      timeout: 60_000
    })
    expect(service.health()).toMatchObject({
      healthy: true,
      problems: [{ detail: expect.stringContaining('QueueNotExist'), do: expect.stringContaining('no-such-queue') }]
    })
  })

  test('a logstore that refuses for longer than outageAfter: told in the log once, and when it is over', async () => {
    const service = start({ 'health.outageAfter': '300ms', 'logstore.breaker.resetAfter': '200ms' })
    sendEvents(sandbox, [stateChange(1)])
    await vi.waitUntil(() => service.totals.stored === 1, { timeout: 60_000 })
    const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'Unauthorized' })
    sendEvents(sandbox, [stateChange(2)])
    await vi.waitUntil(() => !service.health().ready, { timeout: 60_000 })
    expect(service.health().problems).toMatchObject([{ reason: 'logstore-down', do: expect.any(String) }])
    const told = (msg: string) => lines.filter((line) => line['msg'] === msg)
    await vi.waitUntil(() => told('not ready').length > 0, { timeout: 60_000 })
    expect(told('not ready')).toMatchObject([{ level: 50, reason: 'logstore-down' }])
    clear()
    await vi.waitUntil(() => told('ready again').length > 0, { timeout: 60_000 })
    expect(told('not ready')).toHaveLength(1)
  })

  test('stopping is not ready; a stopped service answers still', async () => {
    const service = start()
    await service.stop()
    expect(service.health()).toMatchObject({ ready: false, healthy: true, problems: [{ reason: 'stopping' }] })
    expect(await service.metricsText()).toContain('ecs_audit_ready 0')
  })
})

describe('health records', () => {
  const ask = async (name: string) => {
    const { project, logstore } = sandbox.address
    const question = loadCatalogue().get(name)
    const nowS = Math.floor(Date.now() / 1_000)
    const query = question?.query.join(' ') ?? ''
    const { rows } = await sandbox.sls.query(project, logstore, { from: nowS - 3_600, to: nowS + 60, query })
    return rows
  }

  test('are written while nothing else happens, and answer the questions on health', async () => {
    const service = start({ 'health.interval': '100ms' })
    const log = await sandbox.sls.waitForLog(({ topic, fields }) => topic === 'health' && fields['status'] === 'ok', {
      timeoutMs: 60_000
    })
    expect(log.fields).toMatchObject({ kind: 'health', event_name: 'Service:Health', level: 'INFO' })
    expect(JSON.parse(log.fields['content'] ?? '')).toMatchObject({
      version: expect.any(String),
      totals: { received: 0 },
      inFlight: 0,
      queues: [{ name: sandbox.address.queue, inFlight: 0, parked: 0 }]
    })
    expect(service.totals.received).toBe(0)
    const [latest] = await ask('service-health')
    expect(latest).toMatchObject({ status: 'ok' })
    expect(await ask('alert-silence')).toMatchObject([{ events: '0' }])
  })

  test('name what is not well, and the alert sees it', async () => {
    sendEvents(sandbox, [stateChange(1)])
    start(
      { 'health.interval': '100ms', 'health.maxLag': '1s' },
      { clock: { ...systemClock, now: () => Date.now() + 9_000 } }
    )
    await sandbox.sls.waitForLog(({ fields }) => fields['reason'] === 'lagging', { timeoutMs: 60_000 })
    const [row] = await ask('alert-unhealthy')
    expect(Number(row?.['unhealthy'])).toBeGreaterThan(0)
  })

  test('wait one at a time while the logstore is down, and never hold up a stop', async () => {
    const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
    const clock = new HurryClock()
    const service = start({ 'health.interval': '50ms', 'logstore.breaker.resetAfter': '100ms' }, { clock })
    await vi.waitUntil(() => service.totals.putFaults >= 2, { timeout: 60_000 })
    expect(await service.metricsText()).toContain('ecs_audit_batches_waiting 1\n')
    clear()
    await sandbox.sls.waitForLog(({ topic }) => topic === 'health', { timeoutMs: 60_000 })
    const again = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'stall-before' })
    await vi.waitUntil(() => sandbox.faults.hits.has('sls.PutLogs:stall-before'), { timeout: 60_000 })
    const startedMs = clock.elapsed()
    expect(await service.stop(AbortSignal.abort())).toEqual({ abandoned: 0 })
    expect(clock.elapsed() - startedMs).toBeLessThan(8_000)
    again()
  })

  test('are not written by the batch form, nor with an interval of 0', async () => {
    const batch = start({ 'health.interval': '20ms' }, { untilEmpty: true })
    const never = start({ 'health.interval': '0s' })
    expect(await batch.finished).toBeUndefined()
    expect([batch.totals.puts, never.totals.puts]).toEqual([0, 0])
  })
})

test('traces: what throws on a stage loses and repeats nothing', async () => {
  const service = start(
    {},
    {
      onStage: () => {
        throw new Error('a bug of somebody else')
      }
    }
  )
  sendEvents(sandbox, stateChanges(20))
  await vi.waitUntil(() => service.totals.acknowledged === 20, { timeout: 60_000 })
  expect(service.totals).toMatchObject({ received: 20, stored: 20, givenBack: 0 })
})

test('traces: one stage for each receive that brought messages, each put and each delete', async () => {
  const stages: Stage[] = []
  const service = start({}, { onStage: (stage) => stages.push(stage) })
  sendEvents(sandbox, stateChanges(20))
  await vi.waitUntil(() => service.totals.acknowledged === 20, { timeout: 60_000 })
  for (const stage of ['receive', 'put', 'delete'] as const) {
    const records = stages.filter((each) => each.stage === stage).map((each) => each.records)
    expect(
      records.reduce((sum, count) => sum + count, 0),
      stage
    ).toBe(20)
  }
})
