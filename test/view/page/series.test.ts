import { describe, expect, test } from 'vitest'
import type { Cells, ChartRows, ChartSpec, ColumnView } from '../../../src/view/answers.ts'
import { chartSeries, momentOf } from '../../../src/view/page/series.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 22)

function column(name: string, kind: ColumnView['kind']): ColumnView {
  return { name, kind, title: { en: name, zh: `${name} zh` } }
}

function answer(columns: readonly ColumnView[], rows: readonly Cells[]): ChartRows {
  const window = { fromMs: START, toMs: START + 24 * HOUR, tookMs: 1 }
  return { kind: 'rows', columns, rows, complete: true, cut: false, ...window, query: '' }
}

const style = { stacked: false, legend: true, xLabel: '', yLabel: '' }
const number = { format: '', decimals: undefined, thresholds: [] }
const AGGREGATE = {
  ...{ kind: 'aggregate', draw: 'bar', x: 't', y: 'n', series: 'state', time: true, style, number }
} as const satisfies ChartSpec
const COLUMNS = [column('t', 'time'), column('state', 'text'), column('n', 'count')]

describe('long rows', () => {
  test('become one series for each category, states in the order of a life', () => {
    const rows = [
      [String(START), 'Running', '3'],
      [String(START), 'Pending', '2'],
      [String(START + HOUR), 'Running', '1']
    ]
    const read = chartSeries(AGGREGATE, answer(COLUMNS, rows), 'en')
    expect(read?.series).toEqual([
      {
        label: 'Pending',
        points: [
          { x: START, y: 2 },
          { x: START + HOUR, y: 0 }
        ]
      },
      {
        label: 'Running',
        points: [
          { x: START, y: 3 },
          { x: START + HOUR, y: 1 }
        ]
      }
    ])
    expect(read?.categories).toBeUndefined()
  })

  test('of too many categories keep the largest and sum up the rest', () => {
    const rows = Array.from({ length: 20 }, (_, index) => [String(START), `c${index}`, String(index)])
    const read = chartSeries(AGGREGATE, answer(COLUMNS, rows), 'en')
    expect(read?.series.map(({ label }) => label)).toHaveLength(9)
    expect(read?.series.at(-1)).toEqual({ label: '…', points: [{ x: START, y: 66 }] })
  })

  test('that lack a column are no series', () => {
    expect(chartSeries(AGGREGATE, answer(COLUMNS.slice(0, 2), []), 'en')).toBeUndefined()
  })
})

describe('an hour without a row', () => {
  const line = { kind: 'line', x: 't', ys: ['n'], time: true, draw: 'line', style, number } as const
  const rows = [0, 1, 4].map((hour) => [String(START + hour * HOUR), '5'])

  test('counted nothing, where the query counts', () => {
    const read = chartSeries(line, answer([column('t', 'time'), column('n', 'count')], rows), 'en')
    expect(read?.series[0]?.points.map(({ y }) => y)).toEqual([5, 5, 0, 0, 5])
  })

  test('is a gap, where it measures', () => {
    const read = chartSeries(line, answer([column('t', 'time'), column('n', 'duration')], rows), 'en')
    expect(read?.series[0]?.points.map(({ y }) => y)).toEqual([5, 5, null, null, 5])
  })

  test('is left alone where the moments are no regular steps', () => {
    const odd = [...rows, [String(START + 4 * HOUR + 1_234), '1']]
    const read = chartSeries(line, answer([column('t', 'time'), column('n', 'count')], odd), 'en')
    expect(read?.series[0]?.points).toHaveLength(4)
  })
})

test('names are categories in the order of the answer, titles in the language of the reader', () => {
  const bar = { kind: 'bar', x: 'region', ys: ['n', 'm'], series: '', horizontal: false, style, number } as const
  const columns = [column('region', 'text'), column('n', 'count'), column('m', 'number')]
  const read = chartSeries(
    bar,
    answer(columns, [
      ['b', '2', null],
      ['a', '1', 'x']
    ]),
    'zh'
  )
  expect(read?.categories).toEqual(['b', 'a'])
  expect(read?.series).toEqual([
    {
      label: 'n zh',
      points: [
        { x: 0, y: 2 },
        { x: 1, y: 1 }
      ]
    },
    {
      label: 'm zh',
      points: [
        { x: 0, y: null },
        { x: 1, y: null }
      ]
    }
  ])
})

test.each([
  ['1763807405', 1_763_807_405_000],
  ['1763807405123', 1_763_807_405_123],
  ['2025-11-22 10:30:05', Date.UTC(2025, 10, 22, 10, 30, 5)],
  ['2025-11-22', Date.UTC(2025, 10, 22)],
  ['monday', undefined],
  ['', undefined]
])('the moment %j is %s', (text, moment) => {
  expect(momentOf(text)).toBe(moment)
})
