import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChartView } from '../../../src/view/answers.ts'
import { toCsv } from '../../../src/view/page/csv.ts'
import { placeCharts } from '../../../src/view/page/grid.ts'
import { formatRoute, parseRoute, type Route } from '../../../src/view/page/route.ts'
import { timeTicks } from '../../../src/view/page/time-axis.ts'

function chart(id: string, y: number, height: number, spec: ChartView['spec']): ChartView {
  const place = { x: 0, y, width: 24, height }
  return { id, title: id, description: '', showTitle: true, fixedTime: false, asks: true, place, spec }
}

const SECTION = { kind: 'section', collapsed: false } as const
const NOTE = { kind: 'markdown', text: '' } as const
const CONTROL = {
  ...({ kind: 'control', form: 'filter', key: 'region_id', choices: [], defaults: [] } as const),
  ...{ many: true, free: true, auto: false, asks: true }
} as const satisfies ChartView['spec']

describe('the grid', () => {
  const charts = [
    chart('filter', 0, 2, CONTROL),
    chart('first', 2, 1, SECTION),
    chart('a', 3, 6, NOTE),
    chart('second', 9, 1, SECTION),
    chart('b', 10, 4, NOTE)
  ]

  test('closes up where controls have moved away', () => {
    const placed = placeCharts(charts, new Set())
    expect(placed.map(({ chart: { id }, place }) => [id, place.y])).toEqual([
      ['first', 0],
      ['a', 1],
      ['second', 7],
      ['b', 8]
    ])
  })

  test('hides what a closed section holds, and nothing of the next one', () => {
    const placed = placeCharts(charts, new Set(['first']))
    expect(placed.map(({ chart: { id }, place }) => [id, place.y])).toEqual([
      ['first', 0],
      ['second', 1],
      ['b', 2]
    ])
  })
})

describe('the address', () => {
  test('holds everything that is shown', () => {
    const text = fc.string({ minLength: 1, maxLength: 12 }).filter((value) => value.trim() !== '')
    const key = fc.stringMatching(/^[a-z]{1,8}$/)
    const range: fc.Arbitrary<Extract<Route, { page: 'dashboard' }>['range']> = fc.oneof(
      fc.constant({ kind: 'default' as const }),
      fc.record({ kind: fc.constant('last' as const), lastMs: fc.integer({ min: 1, max: 1e12 }) }),
      fc.constant({ kind: 'window' as const, fromMs: 5, toMs: 9 })
    )
    const dashboard = fc.record({
      page: fc.constant('dashboard' as const),
      name: fc.stringMatching(/^[a-z-]{1,12}$/),
      range,
      filters: fc.dictionary(key, fc.array(text, { minLength: 1, maxLength: 3 }), { noNullPrototype: true }),
      tokens: fc.dictionary(key, text, { noNullPrototype: true })
    })
    fc.assert(
      fc.property(dashboard, (route) => {
        expect(parseRoute(formatRoute(route))).toEqual(route)
      })
    )
    const instance = { page: 'instance', id: 'i-bp1x001' } as const
    expect(parseRoute(formatRoute(instance))).toEqual(instance)
  })

  test('is read whatever it is', () => {
    fc.assert(fc.property(fc.string(), (hash) => ['dashboard', 'instance'].includes(parseRoute(`#${hash}`).page)))
    expect(parseRoute('')).toMatchObject({ page: 'dashboard', name: '', range: { kind: 'default' } })
    expect(parseRoute('#/dashboards/x?from=9&to=5')).toMatchObject({ range: { kind: 'default' } })
  })
})

describe('a time axis', () => {
  test('has few ticks, in order, inside of it, at round moments', () => {
    const spans = fc.integer({ min: 1_000, max: 3_650 * 86_400_000 })
    fc.assert(
      fc.property(fc.integer({ min: 1e12, max: 2e12 }), spans, fc.integer({ min: 2, max: 20 }), (from, span, most) => {
        const ticks = timeTicks(from, from + span, { most, utc: false })
        expect(ticks.length).toBeLessThanOrEqual(most + 1)
        const times = ticks.map(({ atMs }) => atMs)
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
        expect(times.every((time) => time >= from && time <= from + span)).toBe(true)
      })
    )
  })

  test('tells hours, and days at midnight', () => {
    const midnight = new Date(2026, 10, 22).getTime()
    const labels = timeTicks(midnight, midnight + 12 * 3_600_000, { most: 4, utc: false }).map(({ label }) => label)
    expect(labels).toEqual(['11-22', '03:00', '06:00', '09:00', '12:00'])
    expect(timeTicks(5, 5, { most: 4, utc: false })).toEqual([])
  })
})

test('CSV quotes what needs it, and lets no value become a formula', () => {
  const columns = ['a', 'b'].map((name) => ({ name, title: { en: name, zh: name }, kind: 'text' as const }))
  const rows = [
    ['x,"y"', null],
    ['=1+1', '-5'],
    ['@SUM(1)', 'line\nbreak']
  ]
  const window = { fromMs: 0, toMs: 1, tookMs: 0, complete: true, cut: false, query: '' }
  expect(toCsv({ kind: 'rows', columns, rows, ...window })).toBe(
    'a,b\r\n"x,""y""",\r\n\'=1+1,-5\r\n\'@SUM(1),"line\nbreak"\r\n'
  )
})
