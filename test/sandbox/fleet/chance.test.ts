import { describe, expect, it } from 'vitest'
import { Chance, weightedChoice } from '../../../src/sandbox/fleet/chance.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'

const chanceOf = (seed: number) => new Chance(seededRandom(seed))

describe('Chance', () => {
  it('draws the same for the same seed and something else for another', () => {
    const draw = (seed: number) => {
      const chance = chanceOf(seed)
      return [chance.uuid(), chance.text(9), chance.between(0, 1e6), chance.wait(1_000), chance.pick(['a', 'b', 'c'])]
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it('makes upper-case UUIDs and ids of the asked length, all different', () => {
    const chance = chanceOf(3)
    const uuids = Array.from({ length: 5_000 }, () => chance.uuid())
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/)
    expect(new Set(uuids).size).toBe(5_000)
    expect(chance.text(17)).toMatch(/^[0-9a-z]{17}$/)
  })

  it('keeps `between` inside its bounds, both reached', () => {
    const chance = chanceOf(4)
    const drawn = new Set(Array.from({ length: 500 }, () => chance.between(3, 6)))
    expect([...drawn].sort()).toEqual([3, 4, 5, 6])
  })

  it('waits for the mean on average, and never above five times of it', () => {
    const chance = chanceOf(5)
    const waits = Array.from({ length: 20_000 }, () => chance.wait(1_000))
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000)
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length).toBeCloseTo(993, -2)
  })

  it('cannot pick from nothing', () => {
    expect(() => chanceOf(6).pick([])).toThrow(RangeError)
  })
})

describe('weightedChoice', () => {
  it('draws in proportion to the weights, and never what weighs nothing', () => {
    const chance = chanceOf(7)
    const choose = weightedChoice<'often' | 'seldom' | 'never'>({ often: 3, seldom: 1, never: 0 })
    const counts = { often: 0, seldom: 0, never: 0 }
    for (let draw = 0; draw < 20_000; draw += 1) counts[choose(chance)] += 1
    expect(counts.often / 20_000).toBeCloseTo(0.75, 1)
    expect(counts.never).toBe(0)
  })

  it('refuses weights of which none is above 0', () => {
    expect(() => weightedChoice({ never: 0 })).toThrow(RangeError)
  })
})
