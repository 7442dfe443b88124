import { beforeEach, describe, expect, test } from 'vitest'
import type { Fault } from '../../src/cloud/fault.ts'
import { type Admission, QueueHealth } from '../../src/pipeline/queue-health.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { UNAVAILABLE } from './naive-queue.ts'

const DENIED: Fault = { ...UNAVAILABLE, class: 'credentials', code: 'AccessDenied', status: 403 }

let clock: ManualClock
let health: QueueHealth

beforeEach(() => {
  clock = new ManualClock()
  health = new QueueHealth(clock)
})

/** Asks for admission; `admitted` tells who has it, in the order of their admissions. */
function queueUp(count: number, signal = new AbortController().signal): { admitted: Admission[] } {
  const line = { admitted: [] as Admission[] }
  for (let left = count; left > 0; left--) void health.admit(signal).then((admission) => line.admitted.push(admission))
  return line
}

describe('queue health', () => {
  test('everybody may ask a healthy queue', async () => {
    const line = queueUp(4)
    await settle()
    expect(line.admitted).toEqual(['free', 'free', 'free', 'free'])
  })

  test('after a fault only one asks, after a wait; the others go on when it succeeds', async () => {
    health.report('free', UNAVAILABLE)
    expect(health.healthy).toBe(false)
    const line = queueUp(4)
    await clock.advance(499)
    expect(line.admitted).toEqual([])
    await clock.advance(600)
    expect(line.admitted).toEqual(['probe'])
    await clock.advance(60_000)
    expect(line.admitted).toEqual(['probe'])
    health.report('probe', undefined)
    await settle()
    expect(line.admitted).toEqual(['probe', 'free', 'free', 'free'])
    expect(clock.pending).toBe(0)
  })

  test.each([
    ['a fault that passes', UNAVAILABLE, 1_000, 30_000],
    ['a fault that an operator must mend', DENIED, 2_000, 60_000]
  ])('%s: the waits grow up to their bound', async (_, fault, firstMs, capMs) => {
    clock.chance = () => 0.999
    health.report('free', fault)
    const waits: number[] = []
    for (let tries = 0; tries < 10; tries++) {
      const line = queueUp(1)
      const startMs = clock.elapsed()
      while (line.admitted.length === 0) await clock.advance(10)
      waits.push(clock.elapsed() - startMs)
      health.report('probe', fault)
    }
    expect(waits[0]).toBeGreaterThanOrEqual(firstMs / 2)
    expect(waits[0]).toBeLessThanOrEqual(firstMs)
    for (const [at, wait] of waits.slice(1).entries()) expect(wait).toBeGreaterThanOrEqual(waits[at] ?? 0)
    expect(waits.at(-1)).toBeGreaterThan(capMs * 0.9)
    expect(waits.at(-1)).toBeLessThanOrEqual(capMs)
  })

  test('faults of polls that were under way when the trouble began do not make the wait longer', async () => {
    for (let polls = 0; polls < 8; polls++) health.report('free', UNAVAILABLE)
    const line = queueUp(1)
    await clock.advance(1_000)
    expect(line.admitted).toEqual(['probe'])
  })

  test('a success of such a poll ends the trouble', async () => {
    health.report('free', UNAVAILABLE)
    const line = queueUp(3)
    await settle()
    health.report('free', undefined)
    expect(health.healthy).toBe(true)
    await clock.advance(1_000)
    expect(line.admitted).toHaveLength(3)
  })

  test('an abort ends every wait, and the next one in the line takes the probe', async () => {
    health.report('free', UNAVAILABLE)
    const [leave, stay] = [new AbortController(), new AbortController()]
    const leaving = queueUp(2, leave.signal)
    const staying = queueUp(1, stay.signal)
    await settle()
    leave.abort()
    await clock.advance(1_000)
    expect(leaving.admitted).toEqual(['no', 'no'])
    health.report('free', undefined)
    await settle()
    expect(staying.admitted).toHaveLength(1)
    stay.abort()
    expect(await health.admit(stay.signal)).toBe('no')
    expect(clock.pending).toBe(0)
  })

  test('whoever waits behind a probe that leaves becomes the probe', async () => {
    health.report('free', UNAVAILABLE)
    const leave = new AbortController()
    queueUp(1, leave.signal)
    const staying = queueUp(1)
    await settle()
    leave.abort()
    await clock.advance(5_000)
    expect(staying.admitted).toEqual(['probe'])
  })
})
