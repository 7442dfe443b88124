import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReplicaWorld } from './replica-world.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** `actions.restart.maxPerHour`. */
const BUDGET = 3

const upTo = (ms: number) => fc.integer({ min: 0, max: ms })

/** What an adversary decides: what becomes of each start, how slow everything is, who gets what how often, who dies when. */
const adversary = fc.record({
  fates: fc.array(fc.constantFrom('runs', 'fails', 'crashes', 'crashes', 'crashes'), { minLength: 1, maxLength: 12 }),
  bootMs: upTo(20 * SECOND),
  crashMs: fc.oneof(upTo(100), upTo(40 * SECOND)),
  crashes: fc.array(upTo(20 * MINUTE), { maxLength: 3 }),
  calls: fc.array(fc.oneof(upTo(100), upTo(3 * SECOND)), { minLength: 5, maxLength: 40 }),
  stores: fc.array(fc.oneof(upTo(100), upTo(1_900)), { minLength: 5, maxLength: 40 }),
  indexes: fc.array(upTo(1_900), { minLength: 5, maxLength: 40 }),
  deliveries: fc.array(fc.array(fc.oneof(upTo(50), upTo(30 * SECOND)), { minLength: 1, maxLength: 4 }), {
    minLength: 5,
    maxLength: 40
  }),
  deaths: fc.array(upTo(10 * MINUTE), { maxLength: 2 })
})

type Adversary = typeof adversary extends fc.Arbitrary<infer Value> ? Value : never

async function play(replicas: number, given: Adversary): Promise<ReplicaWorld> {
  const world = new ReplicaWorld(replicas, {
    call: inTurn(given.calls),
    store: inTurn(given.stores),
    index: inTurn(given.indexes),
    deliveries: inTurn(given.deliveries)
  })
  Object.assign(world.compute.pace, { bootMs: given.bootMs, crashMs: given.crashMs })
  const fate = inTurn(given.fates)
  world.compute.fates.push(...Array.from({ length: 200 }, fate))
  world.crash()
  for (const atMs of given.crashes) world.clock.after(atMs, () => world.crash())
  for (const atMs of given.deaths) world.clock.after(atMs, () => world.kill())
  await world.clock.advance(90 * MINUTE)
  await world.stop()
  return world
}

function inTurn<Value>(values: readonly Value[]): () => Value {
  let turn = 0
  return () => values[turn++ % values.length] as Value
}

describe.each([1, 2, 4])('%i replicas, duplicates, slow and late records, deaths', (replicas) => {
  test('no more starts than the hour allows, and none left down without a word', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(adversary, async (given) => {
        const world = await play(replicas, given)
        const told = world.told().join('\n')
        for (const startMs of world.startsMs) {
          const within = world.startsMs.filter((otherMs) => otherMs >= startMs && otherMs < startMs + HOUR)
          // A start that a dying replica may have called is made again: each of them costs one at the most.
          expect(within.length, told).toBeLessThanOrEqual(BUDGET + given.deaths.length)
        }
        expect(world.startsMs.length).toBeGreaterThan(0)
        if (world.status === 'Running') return
        const lastStopMs = Math.max(...world.stopsMs)
        const givenUpMs = world.decidedMs('gave_up').filter((atMs) => atMs >= lastStopMs)
        expect(givenUpMs.length, told).toBeGreaterThan(0)
      }),
      { numRuns: 150 }
    )
  })
})
