import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/sandbox/random.ts'
import { findings, sampleLine } from './report.ts'
import { grows, slopeOf } from './slope.ts'
import type { Sample } from './watched-service.ts'

const MIB = 1024 * 1024
const HOUR = 3_600_000

/** Values at every 5 s of 20 minutes, with noise in which neighbours resemble each other, as in a real process. */
function series(perHour: number, { seed, likeness }: { seed: number; likeness: number }) {
  const random = seededRandom(seed)
  let noise = 0
  return Array.from({ length: 240 }, (_, index) => {
    const atMs = index * 5_000
    noise = likeness * noise + (random() - 0.5) * 4
    return { atMs, value: 40 + (perHour * atMs) / HOUR + noise }
  })
}

describe('slopeOf', () => {
  test('a straight line has its slope and no doubt', () => {
    const points = Array.from({ length: 20 }, (_, index) => ({ atMs: index * 60_000, value: 3 + index }))
    const slope = slopeOf(points)
    expect(slope?.perHour).toBeCloseTo(60)
    expect(slope?.plusMinus).toBeCloseTo(0)
  })

  test('too few points tell nothing', () => {
    expect(slopeOf(series(0, { seed: 1, likeness: 0 }).slice(0, 9))).toBeUndefined()
  })

  test.each([0, 0.5, 0.8])(
    'noise of likeness %d without growth is called growth in at most 6 of 100 series',
    (likeness) => {
      const called = Array.from({ length: 100 }, (_, seed) => slopeOf(series(0, { seed: seed + 1, likeness })))
      expect(called.filter((slope) => slope !== undefined && grows(slope)).length).toBeLessThanOrEqual(6)
    }
  )

  test.each([
    [20, 0],
    [20, 0.5],
    [60, 0.8]
  ])('a leak of %d MiB/h in noise of likeness %d is found in at least 95 of 100 series', (leak, likeness) => {
    const called = Array.from({ length: 100 }, (_, seed) => slopeOf(series(leak, { seed: seed + 1, likeness })))
    expect(called.filter((slope) => slope !== undefined && grows(slope)).length).toBeGreaterThanOrEqual(95)
  })
})

describe('findings', () => {
  const steady = { rss: 150 * MIB, inUse: 40 * MIB, files: 40, sockets: 20, timers: 8, handles: 12 }
  const run = (at: (index: number) => Partial<Sample>): Sample[] =>
    Array.from({ length: 240 }, (_, index) => ({ ...steady, atMs: index * 5_000, ...at(index) }))
  const leaks = (samples: Sample[]) =>
    findings(samples, 300_000)
      .filter(({ leak }) => leak)
      .map(({ line }) => line.split(':')[0])

  test('a steady process leaks nothing; growth in the warm-up does not count', () => {
    expect(leaks(run((index) => ({ timers: 8 + (index % 10), handles: 12 + (index % 30) })))).toEqual([])
    expect(leaks(run((index) => ({ inUse: Math.min(index, 60) * MIB })))).toEqual([])
  })

  test('memory, sockets, files, timers and handles that grow are found, each by itself', () => {
    expect(leaks(run((index) => ({ inUse: (40 + index / 100) * MIB })))).toEqual(['inUse'])
    expect(leaks(run((index) => ({ rss: (150 + index / 10) * MIB })))).toEqual(['rss'])
    for (const name of ['sockets', 'files', 'timers', 'handles'] as const) {
      expect(leaks(run((index) => ({ [name]: 20 + (index % 5) + Math.floor(index / 20) })))).toEqual([name])
    }
  })

  test('a run that is too short says so, and is no success', () => {
    expect(findings(run(() => ({})).slice(0, 65), 300_000)[0]).toMatchObject({ leak: true })
  })

  test('a line of the table', () => {
    expect(sampleLine({ ...steady, atMs: 90_000 }, 7)).toMatch(/^ +1\.5 +40\.0 +150\.0 +40 +20 +8 +12 +7$/)
  })
})
