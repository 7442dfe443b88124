import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { count, duration, formatDuration, formatSize, parseDuration, parseSize, size } from '../../src/config/units.ts'

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1.5h', 5_400_000],
    [' 10 s ', 10_000],
    ['0ms', 0]
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each(['', '30', 's', '-1s', '1e3s', '1 000s', '5 minutes', '5M', '1h30m', '.5s', 'NaNs', '٣s'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    }
  )
})

describe('parseSize', () => {
  test.each([
    ['1000', 1_000],
    ['512KiB', 524_288],
    ['64MiB', 67_108_864],
    ['1GiB', 1_073_741_824],
    ['0.5 MiB', 524_288],
    ['3kB', 3_000],
    ['2MB', 2_000_000],
    ['7B', 7]
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  test.each(['', 'KiB', '-1', '1KB', '1K', '1 TiB', '0x10', '1_000'])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined()
  })
})

describe('what is formatted', () => {
  test('is the shortest text', () => {
    expect([0, 1, 1_000, 90_000, 3_600_000, 172_800_000].map(formatDuration)).toEqual([
      '0ms',
      '1ms',
      '1s',
      '90s',
      '1h',
      '2d'
    ])
    expect([0, 1_000, 1_024, 1_536, 3_145_728].map(formatSize)).toEqual(['0', '1000', '1KiB', '1536', '3MiB'])
  })

  test('reads back as the same number', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (amount) => {
        expect(parseDuration(formatDuration(amount))).toBe(amount)
        expect(parseSize(formatSize(amount))).toBe(amount)
      })
    )
  })
})

describe('an option', () => {
  const wait = duration({ min: 100, max: 60_000 })
  const limit = size({ min: 1_024, max: 1_048_576 })
  const receivers = count({ min: 1, max: 64 })

  test('takes what lies in its range, the bounds included', () => {
    expect(['100ms', '1m'].map((text) => wait.parse(text))).toEqual([100, 60_000])
    expect(['1KiB', '1MiB', 2_048].map((text) => limit.parse(text))).toEqual([1_024, 1_048_576, 2_048])
    expect([1, 64].map((value) => receivers.parse(value))).toEqual([1, 64])
  })

  test.each([
    [wait, ['99ms', '61s', 5_000, 'soon', null, true], 'a duration from 100ms to 1m, such as 500ms, 30s, 5m or 2h'],
    [limit, ['1023', '2MiB', -1, 'large', [], {}], 'a size from 1KiB to 1MiB, such as 512KiB or 64MiB'],
    [receivers, [0, 65, 1.5, '4', Number.NaN, Number.POSITIVE_INFINITY], 'a whole number from 1 to 64']
  ] as const)('says its range for everything else', (schema, values, expected) => {
    for (const value of values) {
      expect(schema.safeParse(value).error?.issues.map(({ message }) => message)).toEqual([`expected ${expected}`])
    }
  })
})
