import { beforeEach, describe, expect, test } from 'vitest'
import type { Fault } from '../../src/cloud/fault.ts'
import { Acknowledger } from '../../src/pipeline/acknowledger.ts'
import type { Delivery } from '../../src/pipeline/delivery.ts'
import type { AcknowledgeOutcome } from '../../src/queue/source.ts'
import { createTotals, type Totals } from '../../src/telemetry/totals.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { delivery } from './deliveries.ts'
import { NaiveQueue, UNAVAILABLE } from './naive-queue.ts'

type Answer = (handles: readonly string[]) => AcknowledgeOutcome | Promise<AcknowledgeOutcome>

const DELETED: AcknowledgeOutcome = { kind: 'acknowledged', lost: new Set(), retry: new Set() }
const FAILED: AcknowledgeOutcome = { kind: 'failed', fault: UNAVAILABLE }

/** A source that answers deletes as a test says, in turn; the last answer stays. */
class AnsweringSource extends NaiveQueue {
  readonly answers: Answer[] = []
  readonly asked: Array<readonly string[]> = []
  readonly askedAtMs: number[] = []

  override async acknowledge(handles: readonly string[]): Promise<AcknowledgeOutcome> {
    this.asked.push(handles)
    this.askedAtMs.push(this.clock.elapsed())
    const [answer] = this.answers.length > 1 ? this.answers.splice(0, 1) : this.answers
    return answer === undefined ? DELETED : answer(handles)
  }
}

let clock: ManualClock
let source: AnsweringSource
let totals: Totals
let abandon: AbortController
let acknowledger: Acknowledger
let ended: string[]
let answers: Array<Fault | undefined>

beforeEach(() => {
  clock = new ManualClock()
  source = new AnsweringSource(clock)
  totals = createTotals()
  abandon = new AbortController()
  ended = []
  answers = []
  acknowledger = new Acknowledger({
    source,
    clock,
    totals,
    signal: abandon.signal,
    onAnswer: (fault) => answers.push(fault),
    onReleased: ({ message }, how) => ended.push(`${message.messageId} ${how}`)
  })
})

function add(count: number, changes: Partial<Delivery> = {}): Delivery[] {
  const deliveries = Array.from({ length: count }, (_, at) => delivery(`m${at}`, { state: 'settled', ...changes }))
  for (const one of deliveries) acknowledger.add(one)
  return deliveries
}

describe('acknowledger', () => {
  test('deletes 16 in a call at once, and the rest after a moment', async () => {
    add(35)
    await settle()
    expect(source.asked.map((handles) => handles.length)).toEqual([16, 16])
    await clock.advance(49)
    expect(source.asked).toHaveLength(2)
    await clock.advance(1)
    expect(source.asked.map((handles) => handles.length)).toEqual([16, 16, 3])
    expect([totals.deletes, totals.acknowledged, ended.length]).toEqual([3, 35, 35])
    expect(clock.pending).toBe(0)
  })

  test('idle() does not wait for the linger', async () => {
    add(3)
    await acknowledger.idle()
    expect(ended).toEqual(['m0 acknowledged', 'm1 acknowledged', 'm2 acknowledged'])
    expect(clock.pending).toBe(0)
  })

  test('at most 8 calls at a time', async () => {
    const answer: Array<() => void> = []
    source.answers.push(() => new Promise((resolve) => answer.push(() => resolve(DELETED))))
    add(16 * 20)
    await settle()
    expect(source.asked).toHaveLength(8)
    while (ended.length < 320) {
      for (const resolve of answer.splice(0)) resolve()
      await settle()
    }
    expect(source.asked).toHaveLength(20)
  })

  test('lost handles are not confirmed, retried ones are asked for again, by themselves', async () => {
    source.answers.push(
      () => ({ kind: 'acknowledged', lost: new Set(['handle-m1']), retry: new Set(['handle-m3', 'handle-m4']) }),
      () => DELETED
    )
    add(5)
    await acknowledgeAll()
    expect(source.asked).toEqual([
      ['handle-m0', 'handle-m1', 'handle-m2', 'handle-m3', 'handle-m4'],
      ['handle-m3', 'handle-m4']
    ])
    expect(ended).toEqual([
      'm0 acknowledged',
      'm1 unconfirmed',
      'm2 acknowledged',
      'm3 acknowledged',
      'm4 acknowledged'
    ])
    expect(totals).toMatchObject({ acknowledged: 4, unconfirmed: 1, deletes: 2 })
  })

  test('tries a failed call again, later and later, until the handles expire', async () => {
    source.answers.push(() => FAILED)
    add(2, { visibleAtMs: 20_000 })
    await clock.advance(19_999)
    expect(ended).toEqual(['m0 unconfirmed', 'm1 unconfirmed'])
    const waits = source.askedAtMs.slice(1).map((atMs, at) => atMs - (source.askedAtMs[at] ?? 0))
    expect(waits.length).toBeGreaterThan(5)
    expect(waits.length).toBeLessThan(20)
    expect(waits[0]).toBeLessThanOrEqual(100)
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000)
    expect(answers).toEqual(source.asked.map(() => UNAVAILABLE))
    expect(clock.pending).toBe(0)
  })

  test('gives up only those whose handles have expired', async () => {
    source.answers.push(
      () => FAILED,
      () => FAILED,
      () => FAILED,
      () => DELETED
    )
    acknowledger.add(delivery('short', { visibleAtMs: 130 }))
    acknowledger.add(delivery('long', { visibleAtMs: 60_000 }))
    await acknowledgeAll()
    expect(ended).toEqual(['short unconfirmed', 'long acknowledged'])
    expect(source.asked.at(-1)).toEqual(['handle-long'])
    expect(answers.at(-1)).toBeUndefined()
  })

  test('stops trying when it is told to', async () => {
    source.answers.push(() => FAILED)
    add(1)
    await clock.advance(1_000)
    const before = source.asked.length
    abandon.abort()
    await clock.advance(60_000)
    expect(source.asked.length - before).toBeLessThanOrEqual(1)
    expect(ended).toEqual(['m0 unconfirmed'])
    await acknowledger.idle()
    expect(clock.pending).toBe(0)
  })

  test('waits for an extension, and deletes with the handle that it brought', async () => {
    const [extended, other] = [delivery('extended'), delivery('other')]
    let arrive: () => void = () => undefined
    extended.extending = new Promise<void>((resolve) => {
      arrive = resolve
    })
    acknowledger.add(extended)
    acknowledger.add(other)
    await clock.advance(1_000)
    expect(source.asked).toEqual([])
    extended.message.receiptHandle = 'new-handle'
    arrive()
    await settle()
    expect(source.asked).toEqual([['new-handle', 'handle-other']])
  })

  async function acknowledgeAll(): Promise<void> {
    let idle = false
    void acknowledger.idle().then(() => {
      idle = true
    })
    while (!idle) await clock.advance(100)
  }
})
