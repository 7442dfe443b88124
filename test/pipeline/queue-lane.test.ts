import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Delivery, settleOutput } from '../../src/pipeline/delivery.ts'
import { QueueLane } from '../../src/pipeline/queue-lane.ts'
import { createTotals, type Totals } from '../../src/telemetry/totals.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type Fate, NaiveQueue } from './naive-queue.ts'

const VISIBILITY_MS = 20_000
const PARK_MS = 10 * 60_000

/** A lane over a naive queue, and everything that it was given. */
class Bench {
  readonly clock = new ManualClock()
  readonly queue: NaiveQueue
  readonly totals: Totals = createTotals()
  readonly abandon = new AbortController()
  readonly deliveries: Delivery[] = []
  readonly released: Delivery[] = []
  mode: 'extend' | 'park' = 'extend'
  readonly lane: QueueLane

  constructor(options: { visibilityMs?: number; configuredMs?: number } = {}) {
    const { visibilityMs = VISIBILITY_MS, configuredMs = visibilityMs } = options
    this.queue = new NaiveQueue(this.clock, { visibilityMs: configuredMs })
    if (configuredMs !== visibilityMs) this.queue.grantMs = visibilityMs
    this.lane = new QueueLane({
      source: this.queue,
      clock: this.clock,
      totals: this.totals,
      abandon: this.abandon.signal,
      onHalfTime: () => this.mode,
      onDeleted: () => undefined,
      onReleased: (delivery) => this.released.push(delivery)
    })
  }

  /** Puts messages on the queue, and takes charge of them. */
  hold(...names: readonly string[]): Delivery[] {
    this.queue.add(...names)
    return this.take(names.length)
  }

  take(max: number): Delivery[] {
    const taken = this.queue.take(max).map((message) => this.lane.hold(message, message.body.length))
    this.deliveries.push(...taken)
    return taken
  }
}

type Step =
  | { readonly do: 'receive'; readonly max: number }
  | { readonly do: 'settle'; readonly which: number; readonly ok: boolean }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'mode'; readonly mode: 'extend' | 'park' }
  | { readonly do: 'fate'; readonly fates: readonly Fate[] }
  | { readonly do: 'latency'; readonly ms: number }
  | { readonly do: 'unpark' | 'giveBackAll' }

const calm: ReadonlyArray<{ weight: number; arbitrary: fc.Arbitrary<Step> }> = [
  { weight: 4, arbitrary: fc.record({ do: fc.constant('receive'), max: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('settle'), which: fc.nat(), ok: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, 60, 2_500, 11_000, 21_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mode'), mode: fc.constantFrom('extend', 'park') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('unpark', 'giveBackAll') }) }
]
const slow: typeof calm = [
  { weight: 2, arbitrary: fc.record({ do: fc.constant('latency'), ms: fc.constantFrom(0, 10, 900, 4_000) }) }
]
const broken: typeof calm = [
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fate'),
      fates: fc.array(fc.constantFrom<Fate>('answered', 'lost-request', 'lost-answer'), { minLength: 1, maxLength: 4 })
    })
  }
]

/** Runs the steps against the real lane, and then looks only at what the queue saw. */
class Run extends Bench {
  readonly stored = new Set<string>()

  async apply(step: Step): Promise<void> {
    switch (step.do) {
      case 'receive':
        this.take(step.max)
        return
      case 'settle':
        return this.settleOne(step.which, step.ok)
      case 'pass':
        return this.clock.advance(step.ms)
      case 'mode':
        this.mode = step.mode
        return
      case 'latency':
        this.queue.latencyMs = () => step.ms
        return
      case 'fate': {
        let at = 0
        this.queue.fate = () => step.fates[at++ % step.fates.length] ?? 'answered'
        return
      }
      case 'unpark':
        return this.lane.unpark()
      case 'giveBackAll':
        void this.lane.giveBackAll()
        return
      default:
        step satisfies never
    }
  }

  settleOne(which: number, ok: boolean): void {
    // As the shipper does: outputs of deliveries that were let go meanwhile may still end.
    const open = this.deliveries.filter(({ pending }) => pending > 0)
    const delivery = open[which % open.length]
    if (delivery === undefined) return
    if (ok) this.stored.add(delivery.message.messageId)
    settleOutput(delivery, ok)
  }

  /** The trouble ends, and everything that is open with it. */
  async finish(): Promise<void> {
    this.queue.fate = () => 'answered'
    this.queue.latencyMs = () => 0
    this.mode = 'extend'
    while (this.deliveries.some(({ pending }) => pending > 0)) this.settleOne(0, true)
    this.lane.unpark()
    for (let waits = 0; waits < 20; waits++) await this.clock.advance(1_000)
    await this.lane.idle()
  }

  check(): void {
    expect(this.deliveries.map(({ state }) => state)).toEqual(this.deliveries.map(() => 'released'))
    expect(new Set(this.released)).toEqual(new Set(this.deliveries))
    expect(this.released.length).toBe(this.deliveries.length)
    expect({ size: this.lane.size, parked: this.lane.parked, timers: this.clock.pending }).toEqual({
      size: 0,
      parked: 0,
      timers: 0
    })
    const notStored = this.queue.deleted.filter((name) => !this.stored.has(name))
    expect(notStored).toEqual([])
    expect(new Set(this.queue.deleted).size).toBe(this.queue.deleted.length)
  }
}

function play(steps: fc.Arbitrary<Step>, check: (run: Run) => Promise<void> | void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 80, size: 'max' }), async (given) => {
      const run = new Run()
      run.queue.add(...Array.from({ length: 30 }, (_, at) => `m${at}`))
      for (const step of given) await run.apply(step)
      await run.finish()
      run.check()
      await check(run)
    }),
    { numRuns: 150 }
  )
}

describe('queue lane against a naive queue', () => {
  test('every delivery ends exactly once, and only with the handle that is good', () =>
    play(fc.oneof(...calm, ...slow), (run) => {
      expect(run.queue.stale).toEqual([])
    }))

  test('calls that fail, or whose answers are lost: nothing is deleted that was not stored, nothing is left held', () =>
    play(fc.oneof(...calm, ...slow, ...broken), () => undefined))

  test('what was let go of is visible again when the lane says so', () =>
    play(fc.oneof(...calm, ...slow, ...broken), async (run) => {
      await run.clock.advance(Math.max(0, run.lane.returnsAtMs - run.clock.elapsed()))
      expect(run.queue.visible.length).toBe(run.queue.messages.length)
    }))
})

describe('queue lane', () => {
  test('deletes and gives back with the handle of the last extension', async () => {
    const bench = new Bench()
    const [good, bad] = bench.hold('good', 'bad')
    await bench.clock.advance(3 * VISIBILITY_MS)
    expect(bench.totals.extended).toBeGreaterThanOrEqual(8)
    if (good === undefined || bad === undefined) throw new Error('nothing received')
    settleOutput(good, true)
    settleOutput(bad, false)
    await bench.clock.advance(100)
    await bench.lane.idle()
    expect(bench.queue.deleted).toEqual(['good'])
    expect(bench.queue.stale).toEqual([])
    expect(bench.totals).toMatchObject({ acknowledged: 1, givenBack: 1, unconfirmed: 0 })
    expect(bench.queue.messages[0]?.visibleAtMs).toBeLessThanOrEqual(bench.clock.elapsed() + 2_000)
  })

  test('a delete waits for an extension under way, and uses its handle', async () => {
    const bench = new Bench()
    bench.queue.latencyMs = () => 1_000
    const [delivery] = bench.hold('one')
    if (delivery === undefined) throw new Error('nothing received')
    while (delivery.extending === undefined) await bench.clock.advance(100)
    settleOutput(delivery, true)
    await bench.clock.advance(10_000)
    expect(bench.queue.calls.map(({ call }) => call)).toEqual(['extend', 'acknowledge'])
    expect([bench.queue.deleted, bench.queue.stale]).toEqual([['one'], []])
  })

  test('extends at half of what was granted, even where the queue grants less than is configured', async () => {
    const bench = new Bench({ configuredMs: 60_000, visibilityMs: 2_000 })
    bench.hold('one')
    await bench.clock.advance(120_000)
    const times = bench.queue.calls.map(({ atMs }) => atMs)
    expect(times).toHaveLength(4)
    expect(times[0]).toBeLessThanOrEqual(1_250)
    for (const [at, time] of times.slice(1).entries()) expect(time - (times[at] ?? 0)).toBeLessThanOrEqual(30_500)
  })

  test('looks often enough for a short visibility timeout that it learns of late', async () => {
    const bench = new Bench({ configuredMs: 60_000, visibilityMs: 2_000 })
    bench.queue.add('known', 'unknown')
    // A redelivery does not tell its visibility timeout, so that the first one counts as held for 60 s.
    for (const message of bench.queue.take(1)) bench.lane.hold({ ...message, visibilityMs: undefined }, 1)
    await bench.clock.advance(10)
    const [late] = bench.take(1)
    await bench.clock.advance(1_500)
    expect(bench.queue.calls.length).toBeGreaterThanOrEqual(1)
    expect(late?.visibleAtMs).toBeGreaterThan(60_000)
  })

  test('asks for an extension again at the next look when a call fails', async () => {
    const bench = new Bench()
    const [delivery] = bench.hold('one')
    let calls = 0
    bench.queue.fate = () => (calls++ === 0 ? 'lost-request' : 'answered')
    await bench.clock.advance(VISIBILITY_MS - 1)
    expect(calls).toBe(2)
    expect(bench.queue.visible).toEqual([])
    expect(delivery?.visibleAtMs).toBeGreaterThan(VISIBILITY_MS)
  })

  test('an extension that fails again and again is tried again and again, but not at every look', async () => {
    const bench = new Bench({ visibilityMs: 60_000 })
    bench.hold('one')
    bench.queue.fate = () => 'lost-request'
    await bench.clock.advance(59_000)
    const times = bench.queue.calls.map(({ atMs }) => atMs)
    expect(times[0]).toBe(30_000)
    expect(times.length).toBeGreaterThanOrEqual(3)
    expect(times.length).toBeLessThanOrEqual(4)
  })

  test('an extension that waits for its turn is left out once its delivery is settled', async () => {
    const bench = new Bench()
    bench.queue.latencyMs = () => 1_000
    const deliveries = bench.hold(...Array.from({ length: 20 }, (_, at) => `m${at}`))
    while (deliveries[0]?.extending === undefined) await bench.clock.advance(100)
    for (const delivery of deliveries) settleOutput(delivery, true)
    await bench.clock.advance(10_000)
    expect(bench.queue.calls.filter(({ call }) => call === 'extend')).toHaveLength(16)
    expect([bench.queue.deleted.length, bench.queue.stale]).toEqual([20, []])
  })

  test('a delivery that was lost is not extended at every look', async () => {
    const bench = new Bench()
    bench.hold('one')
    bench.queue.messages = []
    await bench.clock.advance(10 * VISIBILITY_MS)
    expect(bench.queue.calls.length).toBeLessThanOrEqual(20)
    expect(bench.lane.size).toBe(1)
  })

  test('parks at half time, and fetches back on demand', async () => {
    const bench = new Bench()
    bench.mode = 'park'
    bench.hold('one', 'two')
    await bench.clock.advance(VISIBILITY_MS)
    expect(bench.lane).toMatchObject({ size: 0, parked: 2 })
    expect(bench.released).toHaveLength(2)
    expect(bench.lane.returnsAtMs).toBeGreaterThan(PARK_MS)
    await bench.clock.advance(60_000)
    expect(bench.queue.visible).toEqual([])
    bench.lane.unpark()
    await bench.clock.advance(1_000)
    expect(bench.queue.visible).toEqual(['one', 'two'])
    expect(bench.lane.parked).toBe(0)
    expect(bench.lane.returnsAtMs).toBeLessThanOrEqual(bench.clock.elapsed())
  })

  test('keeps a delivery when the logstore comes back while it is being parked', async () => {
    const bench = new Bench()
    bench.mode = 'park'
    bench.queue.latencyMs = () => 500
    const [delivery] = bench.hold('one')
    if (delivery === undefined) throw new Error('nothing received')
    while (delivery.extending === undefined) await bench.clock.advance(100)
    bench.mode = 'extend'
    bench.lane.unpark()
    await bench.clock.advance(1_000)
    expect(bench.lane).toMatchObject({ size: 1, parked: 0 })
    settleOutput(delivery, true)
    await bench.clock.advance(1_000)
    expect(bench.queue.deleted).toEqual(['one'])
  })

  test('a message that cannot be fetched back counts as away until it comes back by itself', async () => {
    const bench = new Bench()
    bench.mode = 'park'
    bench.hold('one')
    await bench.clock.advance(VISIBILITY_MS)
    const untilMs = bench.queue.messages[0]?.visibleAtMs ?? 0
    bench.queue.fate = () => 'lost-request'
    bench.lane.unpark()
    expect(bench.lane.parked).toBe(1)
    await bench.clock.advance(5_000)
    expect(bench.queue.calls.filter(({ call }) => call === 'extend')).toHaveLength(1 + 3)
    expect(bench.lane.parked).toBe(0)
    expect(bench.lane.returnsAtMs).toBe(untilMs)
  })

  test('gives back what fails at a stop for the next second, however often it was received', async () => {
    const bench = new Bench()
    bench.queue.add('one', 'two')
    for (let receives = 1; receives < 9; receives += 1) {
      bench.queue.take(2)
      await bench.clock.advance(VISIBILITY_MS)
    }
    const [before, after] = bench.take(2)
    if (before === undefined || after === undefined) throw new Error('nothing was received')
    settleOutput(before, false)
    bench.lane.hurry()
    settleOutput(after, false)
    await bench.clock.advance(1_000)
    expect(bench.queue.visible).toEqual(['two'])
  })

  test('gives everything back for the next second, and what is being extended too', async () => {
    const bench = new Bench()
    bench.queue.latencyMs = () => 200
    const deliveries = bench.hold('one', 'two', 'three')
    while (deliveries[0]?.extending === undefined) await bench.clock.advance(100)
    const done = bench.lane.giveBackAll()
    await bench.clock.advance(2_000)
    await done
    expect(bench.queue.visible).toEqual(['one', 'two', 'three'])
    expect([bench.queue.stale, bench.lane.size]).toEqual([[], 0])
  })
})
