import { describe, type ExpectStatic, test } from 'vitest'
import type { FaultRule } from '../../src/sandbox/faults.ts'
import { stateChange, stateChanges } from '../support/events.ts'
import { sendEvents, storedKeys } from '../support/harness.ts'
import { Stage, until } from './stage.ts'

const POISON = 'i-poison'
const refuse = (fields: Readonly<Record<string, string>>): boolean => (fields['content'] ?? '').includes(POISON)

/** Opens a stage for one test and closes it after. */
async function onStage(run: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open({ refuse })
  try {
    await run(stage)
  } finally {
    await stage.close()
  }
}

async function expectAllStoredOnce({ sandbox }: Stage, expect: ExpectStatic, count: number): Promise<void> {
  expect(await storedKeys(sandbox)).toEqual({ distinct: count, records: count })
  expect(sandbox.mns.stats(sandbox.address.queue)).toMatchObject({ visible: 0, invisible: 0, deleted: count })
}

describe.concurrent('pipeline', () => {
  test('ships every message once, deletes it after its record is stored, and ends when the queue is empty', ({
    expect
  }) =>
    onStage(async (stage) => {
      sendEvents(stage.sandbox, stateChanges(1_000))
      const service = stage.start({}, { untilEmpty: true })
      expect(await service.finished).toBeUndefined()
      await expectAllStoredOnce(stage, expect, 1_000)
      expect(stage.deletedEarly).toEqual([])
    }))

  test('stores what it cannot understand, with its raw body', ({ expect }) =>
    onStage(async (stage) => {
      const { mns, sls, address } = stage.sandbox
      mns.send(address.queue, ['this is not an event', Buffer.from('{"a":').toString('base64')])
      const service = stage.start({}, { untilEmpty: true })
      await service.finished
      const logs = await sls.logs(address.project, address.logstore)
      expect(logs.map(({ topic, fields }) => [topic, fields['kind']])).toEqual([
        ['undecodable', 'undecodable'],
        ['undecodable', 'undecodable']
      ])
      expect(logs.map(({ fields }) => fields['content'])).toContain('this is not an event')
      expect(service.totals.undecodable).toBe(2)
    }))

  test('a poison record among 1,000 is stored in another form, and the 999 others are stored as they are', ({
    expect
  }) =>
    onStage(async (stage) => {
      const bodies = stateChanges(999)
      bodies.splice(500, 0, stateChange(999, { instanceId: POISON }))
      sendEvents(stage.sandbox, bodies)
      const service = stage.start({ 'logstore.batch.linger': '1s', 'logstore.puts': 2 }, { untilEmpty: true })
      expect(await service.finished).toBeUndefined()
      const { project, logstore } = stage.sandbox.address
      const logs = await stage.sandbox.sls.logs(project, logstore)
      const refused = logs.filter(({ fields }) => fields['kind'] === 'undecodable')
      expect(logs.length).toBe(1_000)
      expect(refused.map(({ fields }) => [fields['reason'], fields['content_encoding']])).toEqual([
        ['refused-by-logstore', 'base64']
      ])
      const body = Buffer.from(refused[0]?.fields['content'] ?? '', 'base64').toString()
      expect(Buffer.from(body, 'base64').toString()).toContain(POISON)
      await expectAllStoredOnce(stage, expect, 1_000)
      expect(service.totals.isolated).toBe(1)
    }))

  const LOGSTORE_FAULTS: Array<Pick<FaultRule, 'kind'> & Partial<FaultRule>> = [
    { kind: 'error', code: 'ServerBusy' },
    { kind: 'html', status: 502 },
    { kind: 'empty', status: 503 },
    { kind: 'error', code: 'WriteQuotaExceed' },
    { kind: 'error', code: 'Unauthorized' },
    { kind: 'error', code: 'LogStoreNotExist' },
    { kind: 'reset-before' },
    { kind: 'reset-after' },
    { kind: 'stall-before' }
  ]

  test.for(LOGSTORE_FAULTS)(
    'logstore fault $kind $code: nothing is deleted before it is stored, nothing is missing',
    (fault, { expect }) =>
      onStage(async (stage) => {
        const { sandbox } = stage
        const service = stage.start(fault.kind === 'stall-before' ? { 'logstore.timeout': '1s' } : {})
        sendEvents(sandbox, stateChanges(200))
        await stage.drained()
        const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', ...fault })
        sendEvents(sandbox, stateChanges(300, 200))
        await until(() => service.state.breaker === 'open' || service.totals.putFaults >= 3)
        expect(service.state.inFlight).toBeLessThanOrEqual(4_096)
        clear()
        await stage.drained()
        expect((await storedKeys(sandbox)).distinct).toBe(500)
        expect(stage.deletedEarly).toEqual([])
        expect(service.totals.putFaults).toBeGreaterThan(0)
        expect(service.state.breaker).toBe('closed')
      })
  )

  test('keeps messages invisible while the logstore is down, and parks them', ({ expect }) =>
    onStage(async (stage) => {
      const { faults, mns, address } = stage.sandbox
      const service = stage.start({ 'queue.visibility': '2s' })
      const clear = faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
      sendEvents(stage.sandbox, stateChanges(40))
      await until(() => service.totals.parked === 24 && service.totals.extended >= 16)
      expect(service.state).toMatchObject({ inFlight: 16, parked: 24 })
      expect(mns.messages(address.queue).every(({ dequeueCount }) => dequeueCount <= 1)).toBe(true)
      clear()
      await stage.drained()
      expect((await storedKeys(stage.sandbox)).distinct).toBe(40)
    }))
})
