import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hopedFor } from '../../src/actions/explain/assumed-cloud.ts'
import type { ApiFailure, ApiOutcome } from '../../src/cloud/api-outcome.ts'
import type { Compute, Instance } from '../../src/cloud/compute.ts'
import type { AuditEvent } from '../../src/events/audit-event.ts'
import { decode } from '../../src/events/decode.ts'
import type { LogRecord } from '../../src/logstore/sink.ts'
import { Snapshotter } from '../../src/snapshots/snapshotter.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { createTotals, type Totals } from '../../src/telemetry/totals.ts'
import { stateChange } from '../support/events.ts'
import { ManualClock } from '../support/manual-clock.ts'

const DELAY_MS = 20_000
const FAILED: ApiFailure = {
  kind: 'throttled',
  fault: { class: 'throttled', code: 'Throttling.User', status: 400, message: 'too many calls', requestId: '' }
}
const REFUSED_ID: ApiFailure = {
  kind: 'refused',
  fault: { ...FAILED.fault, class: 'rejected', code: 'InvalidInstanceId.Malformed', message: 'no id' }
}

let clock: ManualClock
let asked: Array<{ regionId: string; instanceId: string; atMs: number }>
let answer: (instanceId: string) => ApiOutcome<Instance | undefined>
let records: LogRecord[]
let stores: boolean
let totals: Totals
let snapshotter: Snapshotter

beforeEach(() => {
  clock = new ManualClock()
  asked = []
  records = []
  stores = true
  totals = createTotals()
  answer = (instanceId) => ({
    kind: 'done',
    value: { ...hopedFor(instanceId, 'cn-hangzhou', {}), instanceType: 'ecs.g7.large' }
  })
  const compute = async (regionId: string): Promise<Pick<Compute, 'describe'>> => ({
    describe: async (instanceId) => {
      asked.push({ regionId, instanceId, atMs: clock.elapsed() })
      return answer(instanceId)
    }
  })
  const ship = async (record: LogRecord): Promise<boolean> => {
    if (stores) records.push(record)
    return stores
  }
  snapshotter = new Snapshotter({ compute, ship, clock, log: silentLog, totals, delayMs: DELAY_MS })
})

afterEach(async () => {
  await snapshotter.stop()
  expect(clock.pending).toBe(0)
})

function see(instanceId: string, state: string, given: Partial<AuditEvent> = {}): void {
  const decoded = decode(stateChange(1, { instanceId, state }), { messageId: 'm' })
  if (decoded.kind !== 'event') throw new Error('expected an event')
  snapshotter.observe({ ...decoded.event, ...given })
}

function fieldOf({ fields }: LogRecord, name: string): string | undefined {
  return fields[fields.indexOf(name) + 1]
}

describe('snapshots', () => {
  test('are taken when an instance is first seen and when it runs, not before the delay, not for other events', async () => {
    see('i-bp1a', 'Pending')
    await clock.advance(DELAY_MS - 1)
    expect(asked).toEqual([])
    await clock.advance(5_000)
    expect(records.map((record) => fieldOf(record, 'instance_type'))).toEqual(['ecs.g7.large'])
    expect(fieldOf(records[0] as LogRecord, 'account_id')).toBe('1100220033004400')
    see('i-bp1a', 'Stopping')
    see('i-bp1a', 'Stopped')
    await clock.advance(60_000)
    expect(asked).toHaveLength(1)
    see('i-bp1a', 'Running')
    await clock.advance(DELAY_MS + 5_000)
    expect(asked).toHaveLength(2)
    expect(totals.snapshots).toBe(2)
    expect(snapshotter.size).toBe(0)
  })

  test('travel in batches of a hundred a region', async () => {
    for (let n = 0; n < 250; n += 1)
      see(`i-bp1${n}`, 'Pending', { regionId: n % 2 === 0 ? 'cn-hangzhou' : 'cn-beijing' })
    await clock.advance(DELAY_MS)
    const atOnce = new Map<number, number>()
    await clock.advance(10_000)
    for (const { atMs } of asked) atOnce.set(atMs, (atOnce.get(atMs) ?? 0) + 1)
    expect([...atOnce.values()]).toEqual([200, 50])
    expect(records).toHaveLength(250)
  })

  test('of an instance that is gone are not taken', async () => {
    answer = () => ({ kind: 'done', value: undefined })
    see('i-bp1a', 'Running')
    see('i-bp1b', 'Running')
    see('i-bp1b', 'Deleted')
    await clock.advance(DELAY_MS + 5_000)
    expect(asked.map(({ instanceId }) => instanceId)).toEqual(['i-bp1a'])
    expect(records).toEqual([])
    expect(snapshotter.size).toBe(0)
  })

  test('wait, longer each time, while ECS asks for fewer calls', async () => {
    const good = answer
    answer = () => FAILED
    see('i-bp1a', 'Running')
    await clock.advance(DELAY_MS + 120_000)
    expect(asked.length).toBeGreaterThan(2)
    expect(asked.length).toBeLessThan(12)
    answer = good
    await clock.advance(5 * 60_000)
    expect(records).toHaveLength(1)
  })

  test('of an id that ECS refuses are given up, and hold up no others', async () => {
    const good = answer
    answer = (instanceId) => (instanceId === 'i-bad' ? REFUSED_ID : good(instanceId))
    see('i-bad', 'Running')
    await clock.advance(DELAY_MS + 5_000)
    expect(snapshotter.size).toBe(0)
    see('i-bad', 'Running')
    see('i-bp1a', 'Running')
    await clock.advance(DELAY_MS + 5_000)
    see('i-bp1b', 'Running')
    await clock.advance(DELAY_MS + 5_000)
    expect(records.map((record) => fieldOf(record, 'instance_id'))).toEqual(['i-bp1a', 'i-bp1b'])
    expect(asked.filter(({ instanceId }) => instanceId === 'i-bad')).toHaveLength(2)
  })

  test('wait where it is the call that ECS refuses', async () => {
    const good = answer
    answer = () => ({ kind: 'refused', fault: { ...FAILED.fault, class: 'rejected', code: 'InvalidAccountStatus' } })
    see('i-bp1a', 'Running')
    await clock.advance(DELAY_MS + 5_000)
    answer = good
    await clock.advance(5 * 60_000)
    expect(records).toHaveLength(1)
  })

  test('wait while the logstore takes no records', async () => {
    stores = false
    see('i-bp1a', 'Running')
    await clock.advance(DELAY_MS + 10_000)
    expect(records).toEqual([])
    stores = true
    await clock.advance(10_000)
    expect(records).toHaveLength(1)
  })

  test('of the same facts are the same happening, those of others are not', async () => {
    see('i-bp1a', 'Pending')
    await clock.advance(DELAY_MS + 5_000)
    see('i-bp1a', 'Running')
    await clock.advance(DELAY_MS + 5_000)
    const [first, second] = records.map((record) => fieldOf(record, 'event_key'))
    expect(second).toBe(first)
    answer = (id) => ({ kind: 'done', value: { ...hopedFor(id, 'cn-hangzhou', {}), tags: { b: '2', a: '1' } } })
    see('i-bp1a', 'Running')
    await clock.advance(DELAY_MS + 5_000)
    expect(fieldOf(records[2] as LogRecord, 'event_key')).not.toBe(first)
    expect(fieldOf(records[2] as LogRecord, 'tags')).toBe('{"a":"1","b":"2"}')
  })

  test('are never of test events or masked ids', async () => {
    see('i-bp1a', 'Running', { test: true })
    see('i-****', 'Running')
    await clock.advance(DELAY_MS + 5_000)
    expect(asked).toEqual([])
  })
})
