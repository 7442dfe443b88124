import { describe, expect, test } from 'vitest'
import { formatDuration, formatStyled, formatTime, formatValue, toneOf } from '../../../src/view/page/format.ts'

const EN = { language: 'en', zone: 'Asia/Shanghai' } as const
const STYLE = { format: '', decimals: undefined, thresholds: [] }

describe('a value is written by the kind of its column', () => {
  test.each([
    ['1763807405123', 'time', '2025-11-22 18:30:05'],
    ['200000', 'duration', '3m 20s'],
    ['1234567', 'count', '1,234,567'],
    ['0.1234', 'number', '0.123'],
    ['12.345', 'percent', '12.3 %'],
    ['i-bp1x001', 'id', 'i-bp1x001'],
    ['1100220033004400', 'id', '1100220033004400'],
    ['{"a":1}', 'json', '{"a":1}'],
    ['unknown', 'count', 'unknown'],
    [null, 'time', '–'],
    ['', 'text', '–']
  ] as const)('%s as %s: %s', (value, kind, text) => {
    expect(formatValue(value, kind, EN)).toBe(text)
  })

  test('a moment beyond what a date can tell stays a number', () => {
    expect(formatTime(1e17, EN)).toBe('100000000000000000')
    expect(formatTime(1_763_807_405_123, EN, true)).toBe('2025-11-22 18:30:05.123')
  })
})

describe('a duration has two units at the most', () => {
  test.each([
    [0, '0 ms'],
    [840, '840 ms'],
    [1_234, '1.2s'],
    [59_600, '1m'],
    [725_000, '12m 5s'],
    [3_600_000, '1h'],
    [86_400_000 * 3 + 3_600_000 * 4 + 5, '3d 4h'],
    [-5_000, '-5s']
  ])('%d ms: %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('a chart may want a number otherwise', () => {
  test.each([
    ['1234', 'KMB', '1,234'],
    ['1234567', 'KMB', '1.2M'],
    ['12.34', 'percent', '12.3 %'],
    ['0.5', 'percent_decimal', '50 %'],
    ['90000', 'ms', '1m 30s'],
    ['90', 's', '1m 30s'],
    ['1763807405', 'localtime', '2025-11-22 18:30:05']
  ])('%s as %s: %s', (value, format, text) => {
    expect(formatStyled(value, 'number', { ...STYLE, format }, EN)).toBe(text)
  })

  test('a time stays a time, and a missing value says so', () => {
    expect(formatStyled('1763807405123', 'time', { ...STYLE, format: 'none' }, EN)).toBe('2025-11-22 18:30:05')
    expect(formatStyled(null, 'count', { ...STYLE, format: 'KMB' }, EN)).toBe('–')
  })

  test('the last threshold that holds gives the tone', () => {
    const thresholds = [
      { rule: '>=', value: 0, tone: 'good' },
      { rule: '>', value: 10, tone: 'bad' }
    ] as const
    expect([-1, 0, 10, 11].map((value) => toneOf(value, thresholds))).toEqual(['', 'good', 'good', 'bad'])
  })
})
