import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import type { ChartSpec } from '../../src/view/answers.ts'
import { type ColumnBook, columnBook, columnViews, queryKey } from '../../src/view/chart-columns.ts'
import { variablesOf } from '../../src/view/chart-query.ts'
import { chartSpec } from '../../src/view/chart-spec.ts'
import { dashboardSchema } from '../../src/view/dashboard.ts'
import { askedQuery, loadDashboards, OWN_DASHBOARDS, queryOf } from '../../src/view/dashboards.ts'

/** The folder of one dashboard for the time of a test. */
function folderWith(files: Readonly<Record<string, string>>): URL {
  const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-view-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  return pathToFileURL(`${directory}/`)
}

function specOf(type: string, display: Readonly<Record<string, unknown>>, search = {}): ChartSpec {
  const place = { xPos: 0, yPos: 0, width: 6, height: 4 }
  const [chart] = dashboardSchema.parse({
    charts: [{ title: 'a', type, display: { ...place, ...display }, search }]
  }).charts
  if (chart === undefined) throw new Error('no chart')
  return chartSpec(chart)
}

const NO_BOOK: ColumnBook = new Map()

const A = (options: object) => ({ queryOptionMap: { A: options } })

describe('the dashboards of this package', () => {
  const book = columnBook(loadCatalogue().values())
  const own = loadDashboards(OWN_DASHBOARDS, book)

  test('are all drawn, in both languages, the released instances first', () => {
    expect([...own.keys()].slice(0, 1)).toEqual(['released'])
    for (const [name, { views, charts, title }] of own) {
      expect(title.en, name).not.toBe(title.zh)
      expect(views.zh.charts.map(({ id }) => id)).toEqual(views.en.charts.map(({ id }) => id))
      expect(views.en.charts.filter(({ spec }) => spec.kind === 'unknown').map(({ id }) => id)).toEqual([])
      const left = [...charts.keys()].filter((title) => !views.en.charts.some(({ id }) => id === title))
      expect(left.filter((title) => title !== 'token-zone')).toEqual([])
    }
  })

  test('ask questions of the catalogue: it tells the kinds and titles of their columns', () => {
    for (const [name, { charts, views }] of own) {
      for (const { id, asks } of views.en.charts) {
        const chart = charts.get(id)
        if (asks && chart !== undefined) expect(book.has(queryKey(queryOf(chart))), `${name}: ${id}`).toBe(true)
      }
    }
  })

  test('have a control for the time zone where days are cut by it; times are those of the reader’s clock', () => {
    for (const [name, { views, charts }] of own) {
      const uses = [...charts.values()].some((chart) => variablesOf(askedQuery(chart, book)).has('zone'))
      expect(
        views.en.charts.some(({ id }) => id === 'token-zone'),
        name
      ).toBe(uses)
      for (const chart of charts.values()) expect(askedQuery(chart, book), name).not.toContain('date_format')
    }
    expect(own.get('released')?.views.en.charts.map(({ id }) => id)).toContain('token-zone')
    expect(own.get('trust')?.views.en.charts.map(({ id }) => id)).not.toContain('token-zone')
  })

  test('ask in their own words what the catalogue does not know', () => {
    const [chart] = own.get('trust')?.charts.values() ?? []
    if (chart === undefined) throw new Error('no chart')
    const query = '* | select 1 as one from log limit 1'
    const search = { ...chart.search, chartQueries: [{ name: 'A', hide: false, query, tokenQuery: '' }] }
    expect(askedQuery({ ...chart, search }, book)).toBe(query)
  })
})

describe('a folder of dashboards', () => {
  const dashboard = JSON.stringify({ displayName: 'Mine', charts: [] })

  test('holds other files too; a dashboard without a translation is the same in both languages', () => {
    const loaded = loadDashboards(
      folderWith({ 'b.json': dashboard, 'index.json': '{"keys":{}}', 'c.txt': '' }),
      NO_BOOK
    )
    expect([...loaded.keys()]).toEqual(['b'])
    expect(loaded.get('b')?.title).toEqual({ en: 'Mine', zh: 'Mine' })
  })

  test.each([
    ['is no JSON', '{'],
    ['has a chart without a place', '{"charts":[{"title":"a","type":"linepro","display":{}}]}'],
    ['has charts that are no list', '{"charts":7}']
  ])('with a file that %s is refused, and the file named', (_, content) => {
    expect(() => loadDashboards(folderWith({ 'mine.json': content }), NO_BOOK)).toThrow(/^Cannot read .*mine\.json: /)
  })

  test('that does not exist is named', () => {
    expect(() => loadDashboards(new URL('file:///nowhere/at/all/'), NO_BOOK)).toThrow(
      expect.objectContaining({ code: 'input', message: expect.stringContaining('/nowhere/at/all/') })
    )
  })
})

describe('how a chart is drawn', () => {
  test.each([
    ['linepro', A({ xAxisKey: 't', yAxisKeys: ['n'] }), { kind: 'line', x: 't', ys: ['n'], draw: 'line', time: false }],
    [
      'linepro',
      {
        ...A({ xAxisKey: 't', yAxisKeys: ['n'] }),
        isTimeSeries: true,
        graphOptions: { seriesStyle: 'bars', fillOpacity: 80 }
      },
      { kind: 'line', draw: 'bar', time: true }
    ],
    ['linepro', { ...A({ xAxisKey: 't', yAxisKeys: ['n'] }), graphOptions: { fillOpacity: 10 } }, { draw: 'area' }],
    [
      'aggpro',
      {
        ...A({ xAxisKey: 't', yAxisKey: 'n', aggField: 's' }),
        aggChartOption: { chartType: 'interval' },
        yAxisOption: { stackingMode: 'normal' }
      },
      { kind: 'aggregate', draw: 'bar', x: 't', y: 'n', series: 's', style: expect.objectContaining({ stacked: true }) }
    ],
    [
      'barpro',
      { ...A({ xAxisKey: 'r', yAxisKeys: ['n'] }), barOptions: { orientation: 'horizontal' } },
      { kind: 'bar', horizontal: true, series: '', style: expect.objectContaining({ stacked: false }) }
    ],
    [
      'piepro',
      { ...A({ showFieldKey: 'r', numFieldKey: 'n' }), pieOption: { chartType: 'DountChart' } },
      { kind: 'pie', label: 'r', value: 'n', hole: true }
    ],
    [
      'statpro',
      {
        ...A({ showField: ['n', 'm'] }),
        standardOption: { format: 'KMB' },
        thresholdOption: { thresholds: [{ rule: '>=', value: '1', color: 'rgb(208, 74, 90)' }] },
        fieldOptions: [{ name: 'm', overrides: [{ optionKeys: ['standardOption', 'format'], value: 'ms' }] }]
      },
      {
        ...{ kind: 'stat', fields: ['n', 'm'], pick: 'first' },
        number: { format: 'KMB', decimals: undefined, thresholds: [{ rule: '>=', value: 1, tone: 'bad' }] },
        columns: { m: expect.objectContaining({ format: 'ms' }) }
      }
    ],
    [
      'tablepro',
      { ...A({ closedKeys: ['x'] }), tableOptions: { pageSize: 5, sortField: 'A-n', sortMethod: 'desc' } },
      { kind: 'table', pageSize: 5, hidden: ['x'], sort: { column: 'n', descending: true } }
    ],
    ['tablepro', {}, { kind: 'table', pageSize: 20, hidden: [], sort: undefined }],
    ['markdownpro', { markdownStr: '# x' }, { kind: 'markdown', text: '# x' }],
    ['dashboardrow', { rowChartOption: { collasped: true } }, { kind: 'section', collapsed: true }],
    ['linepro', {}, { kind: 'unknown', type: 'linepro' }],
    ['sankeypro', {}, { kind: 'unknown', type: 'sankeypro' }],
    ['constructor', {}, { kind: 'unknown', type: 'constructor' }]
  ])('%s %j', (type, display, expected) => {
    expect(specOf(type, display)).toMatchObject(expected)
  })

  test.each([
    ['rgb(82, 158, 92)', 'good'],
    ['rgb(214, 137, 16)', 'warn'],
    ['rgb(208, 74, 90)', 'bad'],
    ['#f5222d', 'bad'],
    ['#fa0', 'warn'],
    ['green', 'good'],
    ['nonsense', 'good']
  ])('the console’s %s is %s', (color, tone) => {
    const thresholds = [{ rule: '>', value: 0, color }]
    const spec = specOf('statpro', { ...A({ showField: ['n'] }), thresholdOption: { thresholds } })
    expect(spec).toMatchObject({ number: { thresholds: [{ tone }] } })
  })

  test('a control as the vendor’s example has it', () => {
    const list = { list: ['60', '300'], listAlias: ['1 minute', '5 minutes'], tokenDefault: [true, false] }
    const token = {
      dropListOption: { type: 'token', key: 'interval', ...list, showType: 'select', multiSelect: false }
    }
    expect(specOf('droplistpro', token)).toEqual({
      ...{ kind: 'control', form: 'token', key: 'interval', defaults: ['60'], many: false, free: false },
      ...{ auto: false, asks: false },
      choices: [
        { value: '60', label: '1 minute' },
        { value: '300', label: '5 minutes' }
      ]
    })
    const search = { chartQueries: [{ name: 'A', query: '* | select distinct region_id' }] }
    const filter = { bindQuery: true, dropListOption: { type: 'filter', key: 'region_id', list: [], listAlias: [] } }
    expect(specOf('droplistpro', filter, search)).toMatchObject({ form: 'filter', many: true, free: true, asks: true })
    const bad = { dropListOption: { type: 'filter', key: 'a" or "b' } }
    expect(specOf('droplistpro', bad).kind).toBe('unknown')
  })
})

test('columns that no question names have a kind by the rules of our field names', () => {
  const names = ['event_ms', 'p99_ms', 'instance_id', 'events', 'share_percent', 'what_ever']
  expect(columnViews(names, undefined).map(({ kind, title }) => [kind, title.en])).toEqual([
    ['time', 'Event'],
    ['duration', 'P99'],
    ['id', 'Instance id'],
    ['count', 'Events'],
    ['percent', 'Share percent'],
    ['text', 'What ever']
  ])
})

test('a query is known again with other blanks and other defaults', () => {
  const fixture = readFileSync(new URL('../../dashboards/queries/released.json', import.meta.url), 'utf8')
  const { query } = JSON.parse(fixture) as { query: string[] }
  expect(queryKey(query.join('\n  ').replaceAll('|}}', '|i-1}}'))).toBe(queryKey(query.join(' ')))
  expect(queryKey('* | select 1')).not.toBe(queryKey('* | select 2'))
})
