import { describe, expect, test } from 'vitest'
import { BadRequest } from '../../src/view/bad-request.ts'
import { chartWindow } from '../../src/view/chart-range.ts'
import { dashboardSchema } from '../../src/view/dashboard.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000

function search(start: string | number, end: string | number = 'now') {
  const place = { xPos: 0, yPos: 0, width: 1, height: 1 }
  const chart = { title: 'a', type: 'tablepro', display: place, search: { start, end } }
  const read = dashboardSchema.parse({ charts: [chart] }).charts[0]
  if (read === undefined) throw new Error('no chart')
  return read.search
}

describe('the window of a chart', () => {
  test.each([
    ['-3600s', 'now', NOW - HOUR],
    ['-2h', 'now', NOW - 2 * HOUR],
    ['-7d', 'absolute', NOW - 7 * 24 * HOUR],
    ['-1w', 'now', NOW - 7 * 24 * HOUR],
    [1_790_000_000, 'now', 1_790_000_000_000],
    ['1790000000', 'now', 1_790_000_000_000]
  ])('is its own, from %s to %s, when nothing was picked', (start, end, fromMs) => {
    expect(chartWindow(search(start, end), undefined, NOW)).toEqual({ fromMs, toMs: NOW })
  })

  test('is what was picked otherwise', () => {
    expect(chartWindow(search('-7d'), { lastMs: HOUR }, NOW)).toEqual({ fromMs: NOW - HOUR, toMs: NOW })
    const window = { fromMs: 1_000, toMs: 2_000 }
    expect(chartWindow(search('-7d'), window, NOW)).toEqual(window)
  })

  test.each(['today', '-5', 'yesterday', '', '-1y'])('can not be read from %j, and says so', (start) => {
    expect(() => chartWindow(search(start), undefined, NOW)).toThrow(BadRequest)
  })

  test('has a beginning before its end, and not ten years between', () => {
    expect(() => chartWindow(search('-1h'), { fromMs: 2, toMs: 2 }, NOW)).toThrow(BadRequest)
    expect(() => chartWindow(search('-1h'), { fromMs: 0, toMs: NOW }, NOW)).toThrow(BadRequest)
  })
})
