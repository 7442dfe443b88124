import { expect, test } from 'vitest'
import { seededRandom } from '../../src/sandbox/random.ts'

const draw = (seed: number, count: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, random)
}

test('the same seed gives the same numbers, another seed others', () => {
  expect(draw(7, 100)).toEqual(draw(7, 100))
  expect(draw(7, 100)).not.toEqual(draw(8, 100))
})

test('numbers are spread evenly over [0, 1)', () => {
  const buckets = Array<number>(10).fill(0)
  for (const number of draw(42, 10_000)) {
    const bucket = Math.floor(number * 10)
    buckets[bucket] = (buckets[bucket] ?? Number.NaN) + 1
  }
  expect(buckets.reduce((sum, count) => sum + count)).toBe(10_000)
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150)
})
