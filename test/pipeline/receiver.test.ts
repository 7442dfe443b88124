import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Fault } from '../../src/cloud/fault.ts'
import { Breaker } from '../../src/lib/breaker.ts'
import { type Credit, Credits } from '../../src/pipeline/credits.ts'
import { type Delivery, settleOutput } from '../../src/pipeline/delivery.ts'
import { IntakeGate } from '../../src/pipeline/intake-gate.ts'
import { QueueLane } from '../../src/pipeline/queue-lane.ts'
import { messageBytes, pollCredit, Receiver, urgentReserve } from '../../src/pipeline/receiver.ts'
import type { QueueMessage, ReceiveOutcome } from '../../src/queue/source.ts'
import { createTotals, type Totals } from '../../src/telemetry/totals.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { NaiveQueue, UNAVAILABLE } from './naive-queue.ts'

const WAIT_MS = 1_000
const LIMIT: Credit = { messages: 64, bytes: 64 * 65_536 }
const ABORTED: Fault = { ...UNAVAILABLE, class: 'aborted', code: 'Aborted', status: 0 }

/** A source that long-polls, unless a test says what comes next. */
class PolledSource extends NaiveQueue {
  /** What the next polls answer, each after so many ms. */
  readonly script: Array<{ readonly outcome: ReceiveOutcome; readonly afterMs: number }> = []
  polls = 0
  /** Polls under way. */
  open = 0

  override async receive(max: number, signal?: AbortSignal): Promise<ReceiveOutcome> {
    this.polls += 1
    this.open += 1
    const next = this.script.shift()
    const messages = next === undefined ? this.take(max) : []
    try {
      if (messages.length === 0) await this.clock.sleep(next?.afterMs ?? WAIT_MS, signal)
    } catch {
      return { kind: 'failed', fault: ABORTED }
    } finally {
      this.open -= 1
    }
    if (next !== undefined) return next.outcome
    return messages.length > 0 ? { kind: 'messages', messages } : { kind: 'empty', held: true }
  }
}

let clock: ManualClock
let source: PolledSource
let breaker: Breaker
let credits: Credits
let totals: Totals
let stop: AbortController
let abort: AbortController
let received: QueueMessage[]
let held: Delivery[]
let faults: Fault[]
let lane: QueueLane
let receiver: Receiver

beforeEach(async () => {
  clock = new ManualClock()
  source = new PolledSource(clock)
  breaker = new Breaker({ name: 'test', resetMs: 1 << 30 })
  await breaker.call(
    async () => true,
    () => false
  )
  credits = new Credits(LIMIT)
  totals = createTotals()
  stop = new AbortController()
  abort = new AbortController()
  received = []
  held = []
  faults = []
  lane = new QueueLane({
    source,
    clock,
    totals,
    abandon: stop.signal,
    onHalfTime: () => 'extend',
    onDeleted: () => undefined,
    onReleased: ({ bytes }) => credits.give({ messages: 1, bytes })
  })
  receiver = new Receiver(
    {
      lane,
      credits,
      gate: new IntakeGate({
        breaker,
        clock,
        triage: { enabled: false, intervalMs: 1_000, maxMessages: 2_000 },
        held: () => lane.size
      }),
      clock,
      totals,
      untilEmpty: false,
      stop: stop.signal,
      abort: abort.signal,
      onMessages: (_, messages) => {
        received.push(...messages)
        held.push(...messages.map((message) => lane.hold(message, messageBytes(message.body))))
      },
      onFault: (_, fault) => faults.push(fault),
      onEmpty: () => undefined
    },
    pollCredit(LIMIT, 1)
  )
})

afterEach(() => {
  stop.abort()
  abort.abort()
  lane.close()
  breaker.close()
})

/** Everything of the limit, so that nobody else gets any. */
async function exhaust(): Promise<Credit> {
  const left = { messages: LIMIT.messages - credits.inUse.messages, bytes: LIMIT.bytes - credits.inUse.bytes }
  await credits.take(left, { urgent: true, signal: stop.signal })
  return left
}

describe('receiver', () => {
  test('takes credits before it asks, and keeps those of what came', async () => {
    source.add('a', 'bb', 'ccc')
    void receiver.run()
    await settle()
    expect(received.map(({ body }) => body)).toEqual(['a', 'bb', 'ccc'])
    // The next poll is under way: it holds what it might bring.
    expect(credits.inUse).toEqual({ messages: 3 + 16, bytes: 6 + 16 * 65_536 })
    for (const message of received) expect(message.dequeueCount).toBe(1)
  })

  test('does not ask without credits, and asks as soon as there are some', async () => {
    const all = await exhaust()
    void receiver.run()
    await clock.advance(60_000)
    expect(source.polls).toBe(0)
    credits.give(all)
    await settle()
    expect(source.polls).toBe(1)
  })

  test('does not ask when the logstore went down while it waited for credits', async () => {
    const all = await exhaust()
    void receiver.run()
    await settle()
    breaker.trip()
    credits.give(all)
    await clock.advance(10_000)
    expect(source.polls).toBe(0)
    expect(credits.inUse).toEqual({ messages: 0, bytes: 0 })
  })

  test('gives the credits of an empty poll, a failed poll and the last poll back', async () => {
    source.script.push(
      { outcome: { kind: 'empty', held: true }, afterMs: 10 },
      { outcome: { kind: 'failed', fault: UNAVAILABLE }, afterMs: 10 }
    )
    const running = receiver.run()
    await clock.advance(30)
    expect(credits.inUse).toEqual({ messages: 0, bytes: 0 })
    expect(faults).toEqual([UNAVAILABLE])
    await clock.advance(1_500)
    expect(source.open).toBe(1)
    stop.abort()
    abort.abort()
    await clock.advance(0)
    await running
    expect(credits.inUse).toEqual({ messages: 0, bytes: 0 })
    expect(totals).toMatchObject({ polls: 1, receiveFaults: 1 })
    expect(faults).toEqual([UNAVAILABLE])
    expect(clock.pending).toBe(0)
  })

  test('lets a poll that is under way at the stop bring what it was given', async () => {
    source.add('last')
    source.script.push({ outcome: { kind: 'messages', messages: source.take(1) }, afterMs: 100 })
    const running = receiver.run()
    await settle()
    stop.abort()
    await clock.advance(100)
    await running
    expect(received.map(({ body }) => body)).toEqual(['last'])
    expect(credits.inUse.messages).toBe(1)
  })

  test('waits longer and longer after empty answers that came early, up to 15 s', async () => {
    for (let polls = 0; polls < 12; polls++) source.script.push({ outcome: { kind: 'empty', held: false }, afterMs: 1 })
    clock.chance = () => 0.999
    void receiver.run()
    const starts: number[] = []
    for (let ms = 0; ms < 100_000 && starts.length < 10; ms += 10) {
      if (source.polls > starts.length) starts.push(clock.elapsed())
      await clock.advance(10)
    }
    const waits = starts.slice(1).map((atMs, at) => atMs - (starts[at] ?? 0))
    expect(waits.slice(0, 6).map((ms) => Math.round(ms / 100) * 100)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000])
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_020)
    expect(receiver.emptyPolls).toBe(0)
  })

  test('asks again at once after an empty poll that was held, and counts those in a row', async () => {
    void receiver.run()
    await clock.advance(3 * WAIT_MS)
    expect([source.polls, receiver.emptyPolls]).toEqual([4, 3])
    source.add('news')
    await clock.advance(2 * WAIT_MS)
    expect(received).toHaveLength(1)
    expect(receiver.emptyPolls).toBeLessThan(2)
  })

  test('an early empty answer and a fault end the row', async () => {
    source.script.push(
      { outcome: { kind: 'empty', held: true }, afterMs: 10 },
      { outcome: { kind: 'empty', held: false }, afterMs: 10 },
      { outcome: { kind: 'empty', held: true }, afterMs: 10 },
      { outcome: { kind: 'failed', fault: UNAVAILABLE }, afterMs: 10 }
    )
    void receiver.run()
    await clock.advance(10)
    expect(receiver.emptyPolls).toBe(1)
    await clock.advance(10)
    expect(receiver.emptyPolls).toBe(0)
    while (source.polls < 4) await clock.advance(5)
    expect(receiver.emptyPolls).toBe(1)
    await clock.advance(10)
    expect(receiver.emptyPolls).toBe(0)
  })

  test('after a poll that was repeated, empty ones count only when what the first may have been handed is visible again', async () => {
    source.script.push({ outcome: { kind: 'empty', held: true, repeated: true }, afterMs: 10 })
    void receiver.run()
    await clock.advance(source.visibilityMs)
    expect(receiver.emptyPolls).toBe(0)
    await clock.advance(3 * WAIT_MS)
    expect(receiver.emptyPolls).toBeGreaterThanOrEqual(2)
  })

  test('polls that began before something given back returned do not count', async () => {
    clock.chance = () => 0.999
    source.add('bad')
    void receiver.run()
    await clock.advance(1_500)
    for (const delivery of held) settleOutput(delivery, false)
    await clock.advance(500)
    expect(lane.returnsAtMs).toBeGreaterThan(clock.elapsed() + 1_000)
    while (received.length < 2) {
      expect(receiver.emptyPolls).toBe(0)
      await clock.advance(100)
    }
    expect(received.map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2])
  })

  test('asks a queue in trouble with growing waits', async () => {
    for (let polls = 0; polls < 50; polls++) {
      source.script.push({ outcome: { kind: 'failed', fault: UNAVAILABLE }, afterMs: 1 })
    }
    void receiver.run()
    await clock.advance(60_000)
    expect(source.polls).toBeGreaterThan(4)
    expect(source.polls).toBeLessThan(15)
    expect(totals.receiveFaults).toBe(faults.length)
  })
})

describe('credit of a poll', () => {
  const MIB = 1024 * 1024
  test.each([
    ['plenty for all', { messages: 4_096, bytes: 64 * MIB }, 4, { messages: 16, bytes: MIB }],
    ['few messages', { messages: 16, bytes: 64 * MIB }, 4, { messages: 2, bytes: MIB / 8 }],
    ['few messages, one of which may be held', { messages: 16, bytes: 64 * MIB }, 1, { messages: 8, bytes: MIB / 2 }],
    ['few bytes', { messages: 4_096, bytes: 2 * MIB }, 4, { messages: 4, bytes: MIB / 4 }],
    ['one receiver', { messages: 16, bytes: 64 * 1024 }, 1, { messages: 1, bytes: 64 * 1024 }],
    ['more receivers than messages', { messages: 2, bytes: 64 * 1024 }, 8, { messages: 1, bytes: 64 * 1024 }]
  ])('%s', (_, limit, receivers, credit) => {
    expect(pollCredit(limit, receivers)).toEqual(credit)
  })
})

describe('what is kept for urgent queues', () => {
  test.each([
    { messages: 4_096, bytes: 64 * 1024 * 1024 },
    { messages: 16, bytes: 128 * 1024 },
    { messages: 1, bytes: 64 * 1024 }
  ])('of %o leaves the others room for one poll', (limits) => {
    const sources = [new NaiveQueue(clock), new NaiveQueue(clock, { urgent: true })]
    const poll = pollCredit(limits, 2)
    const reserve = urgentReserve({ sources, limits })
    expect(reserve.messages + poll.messages).toBeLessThanOrEqual(limits.messages)
    expect(reserve.bytes + poll.bytes).toBeLessThanOrEqual(limits.bytes)
  })
})
