import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Service } from '../../src/service.ts'
import { stateChanges } from '../support/events.ts'
import { sendEvents, storedKeys } from '../support/harness.ts'
import { type Changes, Stage, until } from './stage.ts'

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(() => stage.close())

/** The most that was in flight at any moment at which something happened. */
function watchMost(service: Service): { messages: number; bytes: number } {
  const most = { messages: 0, bytes: 0 }
  const look = (): void => {
    const { inFlight, inFlightBytes } = service.state
    most.messages = Math.max(most.messages, inFlight)
    most.bytes = Math.max(most.bytes, inFlightBytes)
  }
  stage.sandbox.sls.onPut(look)
  stage.sandbox.mns.onDelete(look)
  return most
}

describe('backpressure', () => {
  test.each<[string, Changes, number, { messages: number; bytes: number }]>([
    ['16 messages', { 'limits.maxMessages': 16 }, 300, { messages: 16, bytes: 16 * 65_536 }],
    ['64 KiB', { 'limits.maxBytes': '64KiB' }, 20, { messages: 4_096, bytes: 65_536 }],
    [
      '16 messages and 64 KiB',
      { 'limits.maxMessages': 16, 'limits.maxBytes': '64KiB' },
      20,
      { messages: 16, bytes: 65_536 }
    ],
    ['1 message', { 'limits.maxMessages': 1 }, 10, { messages: 1, bytes: 65_536 }]
  ])(
    'a bound of %s holds while the logstore is slow, and everything gets through',
    async (_, changes, count, bound) => {
      stage.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 30 })
      sendEvents(stage.sandbox, stateChanges(count))
      const service = stage.start({ ...changes, 'logstore.batch.linger': '10s' })
      const most = watchMost(service)
      await stage.drained()
      expect(most.messages).toBeGreaterThan(0)
      expect(most.messages).toBeLessThanOrEqual(bound.messages)
      expect(most.bytes).toBeLessThanOrEqual(bound.bytes)
      expect(await storedKeys(stage.sandbox)).toEqual({ distinct: count, records: count })
      await until(() => service.state.inFlight === 0)
      expect(service.state.inFlightBytes).toBeLessThanOrEqual(bound.bytes)
    }
  )

  test('while every put is taken, waiting receivers make no small batches', async () => {
    stage.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 100 })
    sendEvents(stage.sandbox, stateChanges(1_000))
    const service = stage.start({ 'limits.maxMessages': 200, 'logstore.puts': 1, 'logstore.batch.linger': '10s' })
    await stage.drained()
    expect(await storedKeys(stage.sandbox)).toEqual({ distinct: 1_000, records: 1_000 })
    expect(service.totals.puts).toBeLessThan(1_000 / 32)
  })

  test('20,000 messages wait while the logstore is down: what is in memory stays within the bound', async () => {
    const LIMIT = 500
    sendEvents(stage.sandbox, stateChanges(20_000))
    let down: () => void = () => undefined
    let puts = 0
    const stopWatching = stage.sandbox.sls.onPut(() => {
      puts += 1
      if (puts === 5) {
        down = stage.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
      }
    })
    const service = stage.start({ 'limits.maxMessages': LIMIT, 'logstore.batch.maxCount': 100 })
    const most = watchMost(service)
    await until(() => service.state.breaker === 'open')
    stopWatching()
    const { puts: before } = service.totals
    await until(() => service.totals.puts >= before + 5)
    const { received, acknowledged } = service.totals
    expect(received - acknowledged).toBeLessThanOrEqual(LIMIT)
    expect(most.messages).toBeLessThanOrEqual(LIMIT)
    down()
    await stage.drained(60_000)
    expect((await storedKeys(stage.sandbox)).distinct).toBe(20_000)
    expect([stage.deletedEarly, service.state.breaker]).toEqual([[], 'closed'])
    expect(most.messages).toBeLessThanOrEqual(LIMIT)
  })

  test('nothing can be stored from the start: no more is received than a few probes', async () => {
    sendEvents(stage.sandbox, stateChanges(5_000))
    stage.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
    const service = stage.start()
    await until(() => service.totals.putFaults >= 4)
    expect(service.totals.received).toBeGreaterThan(0)
    expect(service.totals.received).toBeLessThanOrEqual(4 * 16)
    expect(service.state.inFlight).toBe(service.totals.received)
  })
})
