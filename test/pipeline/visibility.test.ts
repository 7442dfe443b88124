import { describe, test } from 'vitest'
import type { MnsBehaviour } from '../../src/sandbox/mns/behaviour.ts'
import { stateChanges } from '../support/events.ts'
import { sendEvents, storedKeys } from '../support/harness.ts'
import { Stage, until } from './stage.ts'

const BEHAVIOURS: ReadonlyArray<[string, Partial<MnsBehaviour>]> = [
  ['old handles refused', { supersededHandle: 'refused', expiredHandle: 'ReceiptHandleError' }],
  ['old handles accepted', { supersededHandle: 'accepted', expiredHandle: 'ReceiptHandleError' }],
  ['expired handles unknown', { supersededHandle: 'refused', expiredHandle: 'MessageNotExist' }],
  ['several slices', { slices: 5 }],
  ['few polls at a time', { maxConcurrentPolls: 2 }]
]

describe.concurrent('visibility', () => {
  test.for(BEHAVIOURS)(
    '%s, 4 s where 60 s are configured, and a slow logstore: everything is delivered once',
    async ([, behaviour], { expect }) => {
      const stage = await Stage.open({ visibilityS: 4, behaviour })
      try {
        const service = stage.start({ 'queue.visibility': '60s', 'logstore.timeout': '20s' })
        sendEvents(stage.sandbox, stateChanges(20))
        await stage.drained()
        stage.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 9_000, count: 2 })
        sendEvents(stage.sandbox, stateChanges(80, 20))
        let redelivered = 0
        await stage.sandbox.mns.waitFor(
          () => {
            const { mns, address } = stage.sandbox
            redelivered += mns.messages(address.queue).filter(({ dequeueCount }) => dequeueCount > 1).length
            return stage.queue.all === 0
          },
          { timeoutMs: 60_000 }
        )
        expect(service.totals.extended).toBeGreaterThan(0)
        expect(redelivered).toBe(0)
        expect(await storedKeys(stage.sandbox)).toEqual({ distinct: 100, records: 100 })
        expect([stage.deletedEarly, service.totals.unconfirmed]).toEqual([[], 0])
      } finally {
        await stage.close()
      }
    }
  )

  test('handles that expire while the queue cannot be reached: delivered again, nothing is missing', async ({
    expect
  }) => {
    const stage = await Stage.open({ visibilityS: 2 })
    try {
      const { faults } = stage.sandbox
      faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 4_000, count: 2 })
      const clear = faults.add({ service: 'mns', operation: 'ChangeMessageVisibility', kind: 'empty', status: 503 })
      const service = stage.start({ 'queue.visibility': '2s', 'logstore.timeout': '20s' })
      sendEvents(stage.sandbox, stateChanges(50))
      await until(() => service.totals.received > 50)
      clear()
      await stage.drained()
      const { distinct, records } = await storedKeys(stage.sandbox)
      expect([distinct, stage.deletedEarly]).toEqual([50, []])
      expect(records).toBeLessThanOrEqual(service.totals.received)
      await until(() => service.state.inFlight === 0)
    } finally {
      await stage.close()
    }
  })
})
