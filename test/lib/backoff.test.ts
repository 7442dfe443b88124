import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BackoffPolicy, backoffMs } from '../../src/lib/backoff.ts'

const POLICY: BackoffPolicy = { baseMs: 100, capMs: 5_000 }
const lowest = (): number => 0
const highest = (): number => 1 - Number.EPSILON

describe('backoffMs', () => {
  test('doubles its upper bound with each try, up to the cap', () => {
    const bounds = Array.from({ length: 8 }, (_, attempt) => Math.round(backoffMs(POLICY, attempt, highest)))
    expect(bounds).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
  })

  test('never goes below half the base: a lucky draw is no hot loop', () => {
    for (const attempt of [0, 1, 5, 100]) expect(backoffMs(POLICY, attempt, lowest)).toBe(50)
  })

  test('a cap below the base is the bound of every wait, and of the floor', () => {
    const policy = { baseMs: 1_000, capMs: 300 }
    expect(backoffMs(policy, 0, lowest)).toBe(300)
    expect(backoffMs(policy, 9, highest)).toBe(300)
  })

  test('stays within [min(base / 2, cap), cap] for any policy, try and chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 1e7 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (baseMs, capMs, attempt, chance) => {
          const waitMs = backoffMs({ baseMs, capMs }, attempt, () => chance)
          expect(waitMs).toBeGreaterThanOrEqual(Math.min(baseMs / 2, capMs))
          expect(waitMs).toBeLessThanOrEqual(capMs)
        }
      )
    )
  })
})
