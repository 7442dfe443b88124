import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Claim, type ClaimContext, claimPurchase } from '../../../src/actions/replace/claim.ts'
import { CLAIM_TAG } from '../../../src/actions/replace/tags.ts'
import type { ApiFailure, ApiOutcome } from '../../../src/cloud/api-outcome.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { faultOf, MemoryCloud, machine } from './memory-cloud.ts'

const OLD = 'i-old1'
/** The longest that a purchase may still be under way after the last moment to start one, ms. */
const IN_FLIGHT_MS = 15_000

interface Contender {
  readonly startMs: number
  /** Of the first look, the writing and the second look: until it has its effect, and from then until its answer, ms. */
  readonly latencies: readonly number[]
  /** By how much its wall clock is ahead, ms. */
  readonly skewMs: number
}

class Stage {
  readonly clock = new ManualClock()
  readonly cloud = new MemoryCloud(this.clock)
  readonly stop = new AbortController()
  /** What writing a tag comes to instead; `unknown` is carried out all the same. */
  writing: ApiFailure['kind'] | undefined = undefined

  constructor() {
    this.cloud.put(machine(OLD))
  }

  /** One contender's way to ECS, and its own wall clock. */
  context({ latencies = [], skewMs = 0 }: Partial<Contender> = {}): ClaimContext {
    const { clock, cloud } = this
    let half = 0
    const pass = async (): Promise<void> => {
      const ms = latencies[half++] ?? 0
      if (ms > 0) await clock.sleep(ms)
    }
    const slowly = async <Value>(effect: () => ApiOutcome<Value>): Promise<ApiOutcome<Value>> => {
      await pass()
      const outcome = effect()
      await pass()
      return outcome
    }
    const { elapsed, sleep, random, after } = clock
    return {
      compute: {
        describe: (id) => slowly(() => cloud.describe(id)),
        tag: (id, tags) =>
          slowly(() => {
            if (this.writing === undefined) return cloud.tag(id, tags)
            if (this.writing === 'unknown') cloud.tag(id, tags)
            return { kind: this.writing, fault: faultOf('Trouble') }
          })
      },
      clock: { now: () => clock.now() + skewMs, elapsed, sleep, random, after },
      job: { instanceId: OLD, signal: this.stop.signal }
    }
  }

  async claim(given: Partial<Contender> = {}): Promise<Claim> {
    const claim = claimPurchase(this.context(given))
    await this.clock.advance(60_000)
    return await claim
  }
}

const latency = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 400, max: 9_000 }) }
)
const contender: fc.Arbitrary<Contender> = fc.record({
  startMs: fc.integer({ min: 0, max: 70_000 }),
  latencies: fc.array(latency, { minLength: 6, maxLength: 6 }),
  skewMs: fc.integer({ min: -2_500, max: 2_500 })
})

describe('the right to buy', () => {
  test('is never with two contenders at a time, however slow their calls are', async () => {
    let [contested, given] = [0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(contender, { minLength: 2, maxLength: 8 }), async (contenders) => {
        const stage = new Stage()
        const held: Array<{ fromMs: number; untilMs: number }> = []
        const ends = contenders.map(async (one) => {
          await stage.clock.sleep(one.startMs)
          const claim = await claimPurchase(stage.context(one))
          if (claim.kind === 'ours') held.push({ fromMs: stage.clock.elapsed(), untilMs: claim.untilMs + IN_FLIGHT_MS })
          if (claim.kind === 'theirs') contested += 1
        })
        await stage.clock.advance(200_000)
        await Promise.all(ends)
        given += held.length
        held.sort((a, b) => a.fromMs - b.fromMs)
        for (const [index, { fromMs }] of held.entries()) {
          expect(fromMs).toBeGreaterThanOrEqual(held[index - 1]?.untilMs ?? 0)
        }
      }),
      { numRuns: 400 }
    )
    expect(contested).toBeGreaterThan(100)
    expect(given).toBeGreaterThan(100)
  })

  test('is with the later one, when its writing took as long as it may', async () => {
    const stage = new Stage()
    const late = claimPurchase(stage.context({ latencies: [0, 0, 2_900] }))
    await stage.clock.advance(100)
    const early = claimPurchase(stage.context())
    await stage.clock.advance(60_000)
    expect(await late).toMatchObject({ kind: 'ours' })
    expect(await early).toMatchObject({ kind: 'theirs' })
  })

  test('comes to one alone within 5 s', async () => {
    const stage = new Stage()
    const claim = claimPurchase(stage.context({ latencies: [100, 100, 100, 100, 100, 100] }))
    await stage.clock.advance(4_700)
    expect(await claim).toMatchObject({ kind: 'ours', untilMs: 20_400 })
  })

  test('is held until its claim is 45 s old: others are told how long to wait', async () => {
    const stage = new Stage()
    await stage.claim()
    const { value } = stage.cloud.describe(OLD) as { value: { tags: Record<string, string> } }
    expect(value.tags[CLAIM_TAG]).toMatch(/^[0-9a-f]{16} \d+$/)
    const next = new Stage()
    next.cloud.tag(OLD, { [CLAIM_TAG]: `0123456789abcdef ${next.clock.now() - 40_000}` })
    expect(await next.claim()).toEqual({ kind: 'theirs', waitMs: 5_000 })
    next.cloud.tag(OLD, { [CLAIM_TAG]: `0123456789abcdef ${next.clock.now() - 45_000}` })
    expect(await next.claim()).toMatchObject({ kind: 'ours' })
  })

  test.each(['by hand', '0123456789abcdef', 'x'.repeat(100), `0123456789abcdef ${Date.UTC(2030, 0, 1)}`])(
    'is not kept back by what is no claim: %s',
    async (value) => {
      const stage = new Stage()
      stage.cloud.tag(OLD, { [CLAIM_TAG]: value })
      expect(await stage.claim()).toMatchObject({ kind: 'ours' })
    }
  )

  test.each<{ when: string; writing: ApiFailure['kind']; kind: Claim['kind'] }>([
    { when: 'its tags may not be written', writing: 'refused', kind: 'unguarded' },
    { when: 'the writing was surely not done', writing: 'unavailable', kind: 'failed' },
    { when: 'the writing may have been done', writing: 'unknown', kind: 'slow' }
  ])('when $when: $kind', async ({ writing, kind }) => {
    const stage = new Stage()
    stage.writing = writing
    expect(await stage.claim()).toMatchObject({ kind })
  })

  test('when the instance is gone: unguarded', async () => {
    const stage = new Stage()
    stage.cloud.release(OLD)
    expect(await stage.claim()).toEqual({ kind: 'unguarded' })
  })

  test('is not trusted when look and writing took more than 3 s, and not written after a slow look', async () => {
    expect(await new Stage().claim({ latencies: [0, 0, 0, 3_100] })).toEqual({ kind: 'slow' })
    const stage = new Stage()
    expect(await stage.claim({ latencies: [0, 3_100] })).toEqual({ kind: 'slow' })
    expect(stage.cloud.describe(OLD)).toMatchObject({ value: { tags: {} } })
    expect(await new Stage().claim({ latencies: [2_000, 0, 500, 400] })).toMatchObject({ kind: 'ours' })
  })

  test('is given up when the process stops while it waits', async () => {
    const stage = new Stage()
    const claim = claimPurchase(stage.context())
    await stage.clock.advance(1_000)
    stage.stop.abort()
    expect(await claim).toEqual({ kind: 'stopped' })
    expect(stage.clock.pending).toBe(0)
  })
})
