import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FaultRule } from '../../src/sandbox/faults.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { createService, type Service } from '../../src/service.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { stateChange, stateChanges } from '../support/events.ts'
import { configFor, openSandbox, sendEvents, storedKeys } from '../support/harness.ts'

const POISON = 'i-poison'

let sandbox: Sandbox
const running: Service[] = []

beforeEach(async () => {
  sandbox = await openSandbox({ seed: 1, refuse: (fields) => (fields['content'] ?? '').includes(POISON) })
})

afterEach(async () => {
  sandbox.faults.clear()
  await Promise.all(running.splice(0).map((service) => service.stop()))
  await sandbox.close()
})

function start(changes: Readonly<Record<string, unknown>> = {}, untilEmpty = false): Service {
  const config = configFor(sandbox, {
    'queue.waitSeconds': 1,
    'logstore.timeout': '1s',
    'logstore.breaker.resetAfter': '200ms',
    ...changes
  })
  const service = createService({ config, log: silentLog, untilEmpty })
  running.push(service)
  return service
}

/** Waits until the queue is empty: everything deleted. */
function queueEmpty(): Promise<void> {
  const { queue } = sandbox.address
  return sandbox.mns.waitFor(
    () => {
      const { visible, invisible, delayed } = sandbox.mns.stats(queue)
      return visible + invisible + delayed === 0
    },
    { timeoutMs: 25_000 }
  )
}

/** Fails the test if a message is deleted before its record is in the logstore. */
function watchOrder(): { early: string[] } {
  const stored = new Set<string>()
  const early: string[] = []
  sandbox.sls.onPut(({ logs }) => {
    for (const { fields } of logs) stored.add(fields['message_id'] ?? '')
  })
  sandbox.mns.onDelete(({ id }) => {
    if (!stored.has(id)) early.push(id)
  })
  return { early }
}

describe('pipeline', () => {
  test('ships every message once, deletes it after its record is stored, and ends when the queue is empty', async () => {
    const order = watchOrder()
    sendEvents(sandbox, stateChanges(1_000))
    const service = start({}, true)
    expect(await service.finished).toBeUndefined()
    expect(await storedKeys(sandbox)).toEqual({ distinct: 1_000, records: 1_000 })
    expect(sandbox.mns.stats(sandbox.address.queue)).toMatchObject({ visible: 0, invisible: 0, deleted: 1_000 })
    expect(order.early).toEqual([])
  })

  test('stores what it cannot understand, with its raw body', async () => {
    sandbox.mns.send(sandbox.address.queue, ['this is not an event', Buffer.from('{"a":').toString('base64')])
    const service = start({}, true)
    await service.finished
    const { project, logstore } = sandbox.address
    const logs = await sandbox.sls.logs(project, logstore)
    expect(logs.map(({ topic, fields }) => [topic, fields['kind']])).toEqual([
      ['undecodable', 'undecodable'],
      ['undecodable', 'undecodable']
    ])
    expect(logs.map(({ fields }) => fields['content'])).toContain('this is not an event')
    expect(service.totals.undecodable).toBe(2)
  })

  test('a poison record among 1,000 is stored in another form, and the 999 others are stored as they are', async () => {
    const bodies = stateChanges(999)
    bodies.splice(500, 0, stateChange(999, { instanceId: POISON }))
    sendEvents(sandbox, bodies)
    const service = start({ 'logstore.batch.linger': '1s', 'logstore.puts': 2 }, true)
    expect(await service.finished).toBeUndefined()
    const { project, logstore } = sandbox.address
    const logs = await sandbox.sls.logs(project, logstore)
    const refused = logs.filter(({ fields }) => fields['kind'] === 'undecodable')
    expect(logs.length).toBe(1_000)
    expect(refused.map(({ fields }) => [fields['reason'], fields['content_encoding']])).toEqual([
      ['refused-by-logstore', 'base64']
    ])
    const body = Buffer.from(refused[0]?.fields['content'] ?? '', 'base64').toString()
    expect(Buffer.from(body, 'base64').toString()).toContain(POISON)
    expect(await storedKeys(sandbox)).toEqual({ distinct: 1_000, records: 1_000 })
    expect(service.totals.isolated).toBe(1)
    expect(sandbox.mns.stats(sandbox.address.queue).deleted).toBe(1_000)
  })

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

  test.each(LOGSTORE_FAULTS)(
    'logstore fault $kind $code: nothing is deleted before it is stored, nothing is missing',
    async (fault) => {
      const order = watchOrder()
      const service = start()
      sendEvents(sandbox, stateChanges(200))
      await queueEmpty()
      const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', ...fault })
      sendEvents(sandbox, stateChanges(300, 200))
      await sandbox.mns.waitFor(() => service.state.breaker === 'open' || service.totals.putFaults >= 3, {
        timeoutMs: 20_000
      })
      expect(service.state.inFlight).toBeLessThanOrEqual(4_096)
      clear()
      await queueEmpty()
      expect((await storedKeys(sandbox)).distinct).toBe(500)
      expect(order.early).toEqual([])
      expect(service.totals.putFaults).toBeGreaterThan(0)
      expect(service.state.breaker).toBe('closed')
    }
  )

  test('keeps messages invisible while the logstore is down, and parks them', async () => {
    const service = start({ 'queue.visibility': '2s' })
    const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
    sendEvents(sandbox, stateChanges(40))
    await sandbox.mns.waitFor(() => service.totals.parked === 24 && service.totals.extended >= 16, {
      timeoutMs: 20_000
    })
    expect(service.state).toMatchObject({ inFlight: 16, parked: 24 })
    expect(sandbox.mns.messages(sandbox.address.queue).every(({ dequeueCount }) => dequeueCount <= 1)).toBe(true)
    clear()
    await queueEmpty()
    expect((await storedKeys(sandbox)).distinct).toBe(40)
  })
})
