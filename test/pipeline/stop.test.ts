import { describe, test } from 'vitest'
import type { Service } from '../../src/service.ts'
import { stateChanges } from '../support/events.ts'
import { sendEvents, storedKeys } from '../support/harness.ts'
import { Stage, until } from './stage.ts'

/** Opens a stage for one test and closes it after. */
async function on(stage: Stage, run: (stage: Stage) => Promise<void>): Promise<void> {
  try {
    await run(stage)
  } finally {
    await stage.close()
  }
}

interface Stopped {
  readonly abandoned: number
  readonly tookMs: number
}

async function stop({ clock }: Stage, service: Service, hurryAfterMs?: number): Promise<Stopped> {
  const startMs = clock.elapsed()
  const hurry = new AbortController()
  if (hurryAfterMs !== undefined) clock.after(hurryAfterMs, () => hurry.abort())
  const { abandoned } = await service.stop(hurry.signal)
  return { abandoned, tookMs: clock.elapsed() - startMs }
}

describe.concurrent('stop', () => {
  test('while polls are held: at once', ({ expect }) =>
    Stage.open().then((stage) =>
      on(stage, async ({ sandbox }) => {
        const service = stage.start({ 'queue.waitSeconds': 30, 'queue.receivers': 8 })
        await sandbox.mns.waitFor(() => sandbox.mns.stats(sandbox.address.queue).polls === 8)
        const { abandoned, tookMs } = await stop(stage, service)
        expect(abandoned).toBe(0)
        expect(tookMs).toBeLessThan(2_000)
        await until(() => sandbox.mns.stats(sandbox.address.queue).polls === 0)
      })
    ))

  test('in the middle of a flush: what is held is stored and deleted, and nothing stays behind', ({ expect }) =>
    Stage.open().then((stage) =>
      on(stage, async ({ sandbox }) => {
        sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 300 })
        const service = stage.start({ 'logstore.batch.maxCount': 20, 'logstore.puts': 2 })
        sendEvents(sandbox, stateChanges(200))
        await until(() => service.state.breaker === 'closed' && service.totals.received === 200)
        const { abandoned } = await stop(stage, service)
        expect(abandoned).toBe(0)
        expect(stage.queue.all).toBe(0)
        expect(await storedKeys(sandbox)).toEqual({ distinct: 200, records: 200 })
        expect(stage.deletedEarly).toEqual([])
      })
    ))

  test('while the logstore is down: everything is visible again within two seconds, what was parked too', ({
    expect
  }) =>
    Stage.open({ visibilityS: 2 }).then((stage) =>
      on(stage, async ({ sandbox }) => {
        sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
        const service = stage.start({ 'queue.visibility': '2s' })
        sendEvents(sandbox, stateChanges(40))
        await until(() => service.totals.parked === 24)
        const { abandoned, tookMs } = await stop(stage, service)
        expect(abandoned).toBe(0)
        expect(tookMs).toBeLessThan(3_000)
        expect(stage.hiddenForMs).toBeLessThanOrEqual(2_000)
        await until(() => stage.queue.visible === 40)
        expect(stage.stored).toEqual([])
      })
    ))

  test('while the logstore stalls, in a hurry: within seconds, all given back', ({ expect }) =>
    Stage.open().then((stage) =>
      on(stage, async ({ sandbox }) => {
        const service = stage.start({ 'logstore.timeout': '60s' })
        sendEvents(sandbox, stateChanges(20))
        await stage.drained()
        sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'stall-before' })
        sendEvents(sandbox, stateChanges(100, 20))
        await until(() => stage.hits('sls.PutLogs', 'stall-before') > 0 && service.totals.received === 120)
        const { abandoned, tookMs } = await stop(stage, service, 300)
        expect(abandoned).toBe(0)
        expect(tookMs).toBeLessThan(3_000)
        expect(stage.hiddenForMs).toBeLessThanOrEqual(3_000)
        await until(() => stage.queue.visible === 100)
      })
    ))

  test('while the breaker is half-open and its probe is under way: the probe ends it', ({ expect }) =>
    Stage.open().then((stage) =>
      on(stage, async ({ sandbox }) => {
        sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 700, count: 1 })
        const service = stage.start()
        sendEvents(sandbox, stateChanges(64))
        await until(() => service.totals.puts === 1 && service.totals.received > 16)
        expect(service.state.breaker).toBe('half-open')
        const { abandoned } = await stop(stage, service)
        const { distinct } = await storedKeys(sandbox)
        expect([abandoned, distinct + stage.queue.all, stage.queue.invisible]).toEqual([0, 64, 0])
        expect(distinct).toBe(service.totals.received)
      })
    ))

  test('while the breaker is half-open and its probe fails: everything is given back', ({ expect }) =>
    Stage.open().then((stage) =>
      on(stage, async ({ sandbox }) => {
        sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy', ms: 700 })
        const service = stage.start()
        sendEvents(sandbox, stateChanges(64))
        await until(() => service.totals.puts === 1 && service.totals.received > 16)
        const { abandoned } = await stop(stage, service)
        expect(abandoned).toBe(0)
        expect(stage.hiddenForMs).toBeLessThanOrEqual(3_000)
        await until(() => stage.queue.visible === 64)
      })
    ))

  test('while the queue refuses every call: it ends, and says what it could not give back', ({ expect }) =>
    Stage.open().then((stage) =>
      on(stage, async ({ sandbox }) => {
        sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
        const service = stage.start()
        sendEvents(sandbox, stateChanges(40))
        await until(() => service.state.breaker !== 'closed' && service.totals.received === 40)
        sandbox.faults.add({ service: 'mns', operation: '*', kind: 'empty', status: 503 })
        const { abandoned, tookMs } = await stop(stage, service)
        expect(abandoned).toBe(40)
        expect(tookMs).toBeLessThan(8_000)
      })
    ))

  test('while the queue never answers, in a hurry: it ends within its bound', ({ expect }) =>
    Stage.open().then((stage) =>
      on(stage, async ({ sandbox }) => {
        const service = stage.start()
        sendEvents(sandbox, stateChanges(20))
        await stage.drained()
        sandbox.faults.add({ service: 'mns', operation: 'ChangeMessageVisibility', kind: 'stall-before' })
        sandbox.faults.add({ service: 'mns', operation: 'BatchDeleteMessage', kind: 'stall-before' })
        sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'stall-before' })
        sendEvents(sandbox, stateChanges(20, 20))
        await until(() => service.totals.received === 40)
        const { abandoned, tookMs } = await stop(stage, service, 0)
        expect(abandoned).toBe(20)
        expect(tookMs).toBeLessThan(12_000)
      })
    ))

  test('while deletes fail: what is stored is not given back, and the stop does not wait for ever', ({ expect }) =>
    Stage.open({ visibilityS: 3 }).then((stage) =>
      on(stage, async ({ sandbox }) => {
        const service = stage.start({ 'queue.visibility': '3s' })
        sandbox.faults.add({ service: 'mns', operation: 'BatchDeleteMessage', kind: 'html', status: 502 })
        sendEvents(sandbox, stateChanges(32))
        await until(() => service.totals.stored >= 32)
        const { tookMs } = await stop(stage, service)
        expect(tookMs).toBeLessThan(6_000)
        expect(service.totals).toMatchObject({ givenBack: 0, acknowledged: 0 })
        await until(() => stage.queue.visible === 32)
      })
    ))
})
