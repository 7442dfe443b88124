import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Fault } from '../../src/cloud/fault.ts'
import { Breaker, type BreakerState } from '../../src/lib/breaker.ts'
import type { LogRecord, LogSink, PutOutcome } from '../../src/logstore/sink.ts'
import type { Entry, FlushReason } from '../../src/pipeline/batcher.ts'
import type { Delivery, DeliveryLane } from '../../src/pipeline/delivery.ts'
import { PROBE_RECORDS, Shipper } from '../../src/pipeline/shipper.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { createTotals, type Totals } from '../../src/telemetry/totals.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { entry, record } from './deliveries.ts'
import { UNAVAILABLE } from './naive-queue.ts'

const STORED: PutOutcome = { kind: 'stored' }
const RETRY: PutOutcome = { kind: 'retry', fault: UNAVAILABLE }
const DENIED: Fault = { ...UNAVAILABLE, class: 'credentials', code: 'Unauthorized', status: 401 }
const REJECTED: Fault = { ...UNAVAILABLE, class: 'rejected', code: 'PostBodyInvalid', status: 400 }
const REFUSED: PutOutcome = { kind: 'refused', fault: REJECTED }
const TOO_LARGE: PutOutcome = { kind: 'too-large', fault: REJECTED }

/** A sink that answers as a test says; it remembers the names in each put. */
class ScriptedSink implements LogSink {
  readonly name = 'project/logstore'
  readonly endpoint = 'http://test'
  readonly puts: Array<readonly string[]> = []
  readonly topics: string[] = []
  answer: (names: readonly string[]) => PutOutcome | Promise<PutOutcome> = () => STORED

  async put(topic: string, records: readonly LogRecord[]): Promise<PutOutcome> {
    const names = records.map(({ fields }) => fields[1] ?? '')
    this.puts.push(names)
    this.topics.push(topic)
    return this.answer(names)
  }

  async close(): Promise<void> {}
}

let clock: ManualClock
let sink: ScriptedSink
let breaker: Breaker
let totals: Totals
let answers: Array<Fault | undefined>
let shipper: Shipper
let settled: Map<string, boolean>
let lane: DeliveryLane
let otherForm: (entry: Entry) => LogRecord | undefined
let onRoom: () => void

beforeEach(async () => {
  clock = new ManualClock()
  sink = new ScriptedSink()
  totals = createTotals()
  answers = []
  settled = new Map()
  lane = {
    settle: (delivery: Delivery) => {
      expect(settled.has(delivery.message.messageId)).toBe(false)
      delivery.state = 'settled'
      settled.set(delivery.message.messageId, !delivery.failed)
    }
  }
  otherForm = () => undefined
  onRoom = () => undefined
  open(1 << 30)
  await close()
})

afterEach(() => {
  shipper.stop()
  breaker.close()
})

/** @param minimumCalls high by default, so that a test opens the breaker when it wants to */
function open(resetMs: number, minimumCalls = 1_000): void {
  breaker = new Breaker({ name: 'test', resetMs, minimumCalls })
  shipper = new Shipper({
    sink,
    breaker,
    clock,
    log: silentLog,
    totals,
    puts: 2,
    inAnotherForm: (one) => otherForm(one),
    onAnswer: (fault) => answers.push(fault),
    onRoom: () => onRoom()
  })
}

/** Brings the breaker to `closed`: a new one is half-open. */
async function close(): Promise<void> {
  await breaker.call(
    async () => true,
    () => false
  )
}

function batch(count: number, options: { from?: number; reason?: FlushReason } = {}): Entry[] {
  const { from = 0, reason = 'linger' } = options
  const entries = Array.from({ length: count }, (_, at) => entry(`r${from + at}`, {}, lane))
  shipper.ship({ topic: 'event', entries, bytes: 0, reason })
  return entries
}

function names(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, at) => `r${from + at}`)
}

function outcomes(ok: boolean): string[] {
  return [...settled].filter(([, how]) => how === ok).map(([name]) => name)
}

function changed(to: BreakerState): Promise<void> {
  return new Promise((resolve) => {
    breaker.onChange((state) => {
      if (state === to) resolve()
    })
  })
}

describe('shipper', () => {
  test('stores a batch in one put, and settles each of its deliveries well', async () => {
    batch(5)
    await shipper.idle()
    expect(sink.puts).toEqual([names(5)])
    expect(outcomes(true)).toEqual(names(5))
    expect(totals).toMatchObject({ puts: 1, stored: 5, putFaults: 0 })
    expect(answers).toEqual([undefined])
  })

  test('settles nothing before the logstore has said so', async () => {
    let answer: (outcome: PutOutcome) => void = () => undefined
    sink.answer = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    const [first] = batch(3)
    await clock.advance(60_000)
    expect([settled.size, first?.delivery.shipping]).toEqual([0, true])
    answer(STORED)
    await shipper.idle()
    expect([settled.size, first?.delivery.shipping]).toEqual([3, false])
  })

  test('so many puts at a time, and urgent batches overtake', async () => {
    const open: Array<() => void> = []
    sink.answer = () => new Promise((resolve) => open.push(() => resolve(STORED)))
    for (const from of [0, 1, 2]) batch(1, { from })
    batch(1, { from: 3, reason: 'urgent' })
    await settle()
    expect([sink.puts, shipper.pending]).toEqual([[['r0'], ['r1']], 4])
    while (shipper.pending > 0) {
      for (const resolve of open.splice(0)) resolve()
      await settle()
    }
    expect(sink.puts.flat()).toEqual(['r0', 'r1', 'r3', 'r2'])
  })

  test('tries again what the logstore could not take, later and later', async () => {
    clock.chance = () => 0.999
    const times: number[] = []
    sink.answer = () => (times.push(clock.elapsed()) < 3 ? RETRY : STORED)
    batch(2)
    await clock.advance(2_000)
    expect(sink.puts).toEqual([names(2), names(2), names(2)])
    expect(times.map((ms) => Math.round(ms))).toEqual([0, 200, 600])
    expect(totals).toMatchObject({ puts: 3, putFaults: 2, stored: 2 })
    expect(answers).toEqual([UNAVAILABLE, UNAVAILABLE, undefined])
    expect(outcomes(true)).toEqual(names(2))
  })

  test('a fault that only an operator can mend opens the breaker at once', async () => {
    sink.answer = () => ({ kind: 'retry', fault: DENIED })
    batch(1)
    await clock.advance(60_000)
    expect([breaker.state, sink.puts.length, settled.size]).toEqual(['open', 1, 0])
  })

  test('halves what is too large until it fits', async () => {
    sink.answer = ({ length }) => (length > 3 ? TOO_LARGE : STORED)
    batch(10)
    await shipper.idle()
    expect(sink.puts.map(({ length }) => length)).toEqual([10, 5, 3, 2, 5, 3, 2])
    expect(outcomes(true).sort()).toEqual(names(10).sort())
    expect(totals.stored).toBe(10)
    expect(breaker.state).toBe('closed')
  })

  test('halves what is refused down to the culprits, which are stored in another form', async () => {
    const culprits = ['r3', 'r40']
    sink.answer = (given) => (given.some((name) => culprits.includes(name)) ? REFUSED : STORED)
    otherForm = (one) => record(`other ${one.record.fields[1]}`, { topic: 'undecodable' })
    batch(64)
    await shipper.idle()
    expect(outcomes(true).sort()).toEqual(names(64).sort())
    expect(sink.puts.filter(({ length }) => length === 1).flat()).toEqual(
      expect.arrayContaining(['r3', 'other r3', 'r40', 'other r40'])
    )
    expect(sink.topics.filter((topic) => topic === 'undecodable')).toHaveLength(2)
    expect(sink.puts.length).toBeLessThanOrEqual(2 + 4 * 6 + 2)
    expect(totals).toMatchObject({ stored: 64, isolated: 2, refused: 0, putFaults: 0 })
    expect(answers.every((fault) => fault === undefined)).toBe(true)
  })

  test('tells who waits for a record once, also of one that is stored in another form, or in none', async () => {
    sink.answer = (given) => (given.some((name) => /^r1|r2/.test(name)) ? REFUSED : STORED)
    otherForm = (one) => (one.record.fields[1]?.startsWith('r') ? record(`other ${one.record.fields[1]}`) : undefined)
    const told: Array<[string, boolean]> = []
    const entries = names(3).map((name) => ({
      ...entry(name, {}, lane),
      onEnd: (stored: boolean) => void told.push([name, stored])
    }))
    shipper.ship({ topic: 'event', entries, bytes: 0, reason: 'linger' })
    await shipper.idle()
    expect(told.sort()).toEqual([
      ['r0', true],
      ['r1', true],
      ['r2', false]
    ])
  })

  test('what is refused in every form settles badly, and nothing else does', async () => {
    sink.answer = (given) => (given.some((name) => name.includes('r5')) ? REFUSED : STORED)
    let forms = 0
    otherForm = () => (forms++ === 0 ? record('other r5') : undefined)
    batch(10)
    await shipper.idle()
    expect([outcomes(false), outcomes(true).length]).toEqual([['r5'], 9])
    expect(totals).toMatchObject({ stored: 9, isolated: 1, refused: 1 })
  })

  test('leaves out what was let go of meanwhile', async () => {
    sink.answer = () => (sink.puts.length === 1 ? RETRY : STORED)
    const [first, second] = batch(3)
    await settle()
    if (first !== undefined) first.delivery.state = 'released'
    if (second !== undefined) second.delivery.state = 'settled'
    await clock.advance(1_000)
    expect(sink.puts).toEqual([names(3), ['r2']])
    expect([...settled]).toEqual([['r2', true]])
  })

  test('a batch whose deliveries were all let go of makes no put', async () => {
    breaker.trip()
    for (const { delivery } of batch(3)) delivery.state = 'released'
    await settle()
    expect(shipper.pending).toBe(1)
    shipper.stop()
    await shipper.idle()
    expect([sink.puts, settled.size]).toEqual([[], 0])
  })

  test('stop() fails what waits for the breaker or for its next try at once', async () => {
    sink.answer = () => RETRY
    batch(2)
    await settle()
    breaker.trip()
    batch(2, { from: 2 })
    await settle()
    shipper.stop()
    await shipper.idle()
    expect(outcomes(false).sort()).toEqual(names(4))
    expect(sink.puts).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  test('stop() lets a put under way end, and counts it when it was stored', async () => {
    let answer: (outcome: PutOutcome) => void = () => undefined
    sink.answer = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    batch(2)
    await settle()
    shipper.stop()
    await settle()
    expect(settled.size).toBe(0)
    answer(STORED)
    await shipper.idle()
    expect(outcomes(true)).toEqual(names(2))
  })
})

describe('shipper and a breaker that is not closed', () => {
  test(`half-open: one put of at most ${PROBE_RECORDS} records, and the rest when it was stored`, async () => {
    open(1 << 30)
    const answer: Array<(outcome: PutOutcome) => void> = []
    sink.answer = () => new Promise((resolve) => answer.push(resolve))
    batch(40)
    batch(40, { from: 40 })
    await settle()
    expect(sink.puts).toEqual([names(PROBE_RECORDS)])
    answer.shift()?.(STORED)
    await settle()
    expect(breaker.state).toBe('closed')
    while (shipper.pending > 0) {
      answer.shift()?.(STORED)
      await settle()
    }
    expect(sink.puts.map(({ length }) => length).sort((a, b) => a - b)).toEqual([16, 24, 40])
    expect(outcomes(true)).toHaveLength(80)
  })

  test('a probe that fails opens it again; the next one comes after its time', async () => {
    open(10)
    const states: BreakerState[] = []
    breaker.onChange((state) => states.push(state))
    sink.answer = () => (sink.puts.length <= 2 ? RETRY : STORED)
    batch(20)
    const recovered = changed('closed')
    let done = false
    void recovered.then(() => {
      done = true
    })
    while (!done) await clock.advance(10)
    await shipper.idle()
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
    expect(sink.puts.map(({ length }) => length)).toEqual([16, 16, 16, 4])
    expect(outcomes(true)).toHaveLength(20)
  })

  test('a refused record is no fault of the logstore: its probe closes the breaker', async () => {
    open(1 << 30)
    sink.answer = (given) => (given.includes('r0') ? REFUSED : STORED)
    batch(20)
    await shipper.idle()
    expect(breaker.state).toBe('closed')
    expect([outcomes(false), outcomes(true).length]).toEqual([['r0'], 19])
  })

  test('a logstore that refuses every record is in trouble itself: they are tried by probes, and none is given up', async () => {
    open(5, 3)
    await close()
    let opened = 0
    breaker.onChange((state) => {
      if (state === 'open') opened += 1
    })
    sink.answer = () => (sink.topics.at(-1) === 'event' ? REFUSED : STORED)
    otherForm = (one) => ({ ...one.record, topic: 'undecodable' })
    batch(100)
    await shipper.idle()
    expect(opened).toBeGreaterThan(5)
    expect(outcomes(true).sort()).toEqual(names(100).sort())
  })

  test('culprits here and there are no trouble of the logstore', async () => {
    sink.answer = (given) =>
      given.some((name) => name.endsWith('5')) && sink.topics.at(-1) === 'event' ? REFUSED : STORED
    otherForm = (one) => ({ ...one.record, topic: 'undecodable' })
    batch(200)
    await shipper.idle()
    expect([breaker.state, totals.isolated, outcomes(true).length]).toEqual(['closed', 20, 200])
  })

  test('tells of room after each batch, however it ended', async () => {
    let rooms = 0
    onRoom = () => {
      rooms += 1
    }
    batch(2)
    await shipper.idle()
    breaker.trip()
    batch(2, { from: 2 })
    shipper.stop()
    await shipper.idle()
    await settle()
    expect(rooms).toBe(2)
  })

  test('open: nothing is sent, nothing is settled', async () => {
    breaker.trip()
    batch(3)
    await clock.advance(3_600_000)
    expect([sink.puts.length, settled.size, shipper.pending]).toEqual([0, 0, 1])
  })
})
