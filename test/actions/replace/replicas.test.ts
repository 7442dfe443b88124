import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { World } from './world.ts'

/** What an adversary decides: who gets which notice when, how slow every call is, when stock comes and goes, who dies. */
const adversary = fc.record({
  notices: fc.array(fc.record({ inMs: fc.integer({ min: 0, max: 50_000 }), key: fc.constantFrom('a', 'b') }), {
    minLength: 2,
    maxLength: 6
  }),
  latencies: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
      { weight: 2, arbitrary: fc.integer({ min: 300, max: 3_500 }) },
      { weight: 1, arbitrary: fc.integer({ min: 3_500, max: 7_000 }) }
    ),
    { minLength: 20, maxLength: 120 }
  ),
  stock: fc.array(fc.boolean(), { minLength: 3, maxLength: 40 }),
  indexLagMs: fc.integer({ min: 0, max: 15_000 }),
  logLagMs: fc.integer({ min: 0, max: 20_000 }),
  deaths: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 2 })
})

type Adversary = typeof adversary extends fc.Arbitrary<infer Value> ? Value : never

async function play(replicas: number, given: Adversary): Promise<World> {
  const candidates = ['h', 'i', 'j'].map((zone) => ({ zone: `cn-hangzhou-${zone}` }))
  const world = new World({ candidates }, { replicas })
  let turn = 0
  world.latency = () => given.latencies[turn++ % given.latencies.length] ?? 0
  world.cloud.indexLagMs = given.indexLagMs
  world.logLagMs = given.logLagMs
  // Each candidate's stock changes every few seconds, so that two that walk at different times find different ones.
  world.cloud.stock = ({ zoneId }, nowMs) => {
    const at = Math.floor(nowMs / 1_300) + zoneId.charCodeAt(zoneId.length - 1)
    return given.stock[at % given.stock.length] ?? true
  }
  given.deaths.forEach((at, index) => {
    const replica = world.replicas[index]
    if (replica !== undefined) replica.diesAt = at
  })
  for (const { inMs, key } of given.notices) world.notice({ inMs, eventKey: `notice-${key}` })
  await world.play()
  return world
}

describe.each([2, 4])('%i replicas, duplicates of two notices of one loss, in the worst order', (replicas) => {
  test('never two replacements', async () => {
    let bought = 0
    await fc.assert(
      fc.asyncProperty(adversary, async (given) => {
        const world = await play(replicas, given)
        expect(world.cloud.made.length).toBeLessThanOrEqual(1)
        expect(world.told().join()).not.toContain('surplus')
        if (world.cloud.made.length === 0) return
        bought += 1
        expect(world.told()).toContain('done replaced i-new1')
        expect(world.groups.entries('rsp-1')).toEqual(['i-old1:80@30', 'i-other:80@100', 'i-new1:80@30'])
      }),
      { numRuns: 150 }
    )
    expect(bought).toBeGreaterThan(75)
  })
})
