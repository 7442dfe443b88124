import { z } from 'zod'
import type { ChartSpec, ColumnStyles, NumberStyle, SeriesStyle } from './answers.ts'
import { controlSpec } from './control-spec.ts'
import type { Chart } from './dashboard.ts'

/**
 * How a chart is drawn, from the display options of its type (SLS dashboards, the chart types that end in `pro`).
 * A type that is not drawn here, or options that its type must have and that are missing, give `unknown`.
 */
export function chartSpec(chart: Chart): ChartSpec {
  const read = Object.hasOwn(READERS, chart.type) ? READERS[chart.type] : undefined
  return read?.(chart) ?? { kind: 'unknown', type: chart.type }
}

type SpecReader = (chart: Chart) => ChartSpec | undefined

const READERS: Readonly<Record<string, SpecReader>> = {
  linepro: readLine,
  aggpro: readAggregate,
  barpro: readBar,
  piepro: readPie,
  statpro: readStat,
  tablepro: readTable,
  markdownpro: readMarkdown,
  dashboardrow: readSection,
  droplistpro: controlSpec
}

const text = z.string().catch('')
const texts = z.array(z.string()).catch([])
const thresholds = z
  .array(z.object({ rule: z.string(), value: z.coerce.number(), color: z.string() }))
  .catch([])
  .transform((given) => given.map(({ rule, value, color }) => ({ rule, value, tone: toneOf(color) })))
/** What differs for one column: the option's path, and its value. */
const overrides = z.object({
  name: z.string(),
  overrides: z.array(z.object({ optionKeys: z.array(z.string()), value: z.unknown() })).catch([])
})

/** The options of one query, `queryOptionMap.A`; only the first query of a chart is drawn. */
const queryOptions = z
  .object({
    xAxisKey: text,
    yAxisKeys: texts,
    yAxisKey: text,
    aggField: text,
    showFieldKey: text,
    numFieldKey: text,
    showField: texts,
    compareField: text,
    closedKeys: texts
  })
  .partial()

const options = z.object({
  queryOptionMap: z.record(z.string(), queryOptions).catch({}),
  isTimeSeries: z.boolean().catch(false),
  standardOption: z.object({ format: text, decimals: z.number().optional().catch(undefined) }).catch({ format: '' }),
  legendOption: z.object({ show: z.boolean().catch(true) }).catch({ show: true }),
  xAxisOption: z.object({ label: text, stackingMode: text }).partial().catch({}),
  yAxisOption: z.object({ label: text, stackingMode: text }).partial().catch({}),
  graphOptions: z
    .object({ fillOpacity: z.number().catch(0), seriesStyle: text })
    .partial()
    .catch({}),
  aggChartOption: z.object({ chartType: text }).partial().catch({}),
  barOptions: z.object({ orientation: text, stackingMode: text }).partial().catch({}),
  pieOption: z.object({ chartType: text }).partial().catch({}),
  statValueOption: z.object({ calculationType: text }).partial().catch({}),
  tableOptions: z
    .object({ pageSize: z.number().int().min(1).max(1_000).catch(20), sortField: text, sortMethod: text })
    .partial()
    .catch({}),
  thresholdOption: z.object({ thresholds }).catch({ thresholds: [] }),
  fieldOptions: z.array(overrides).catch([]),
  markdownStr: text,
  rowChartOption: z.object({ collasped: z.boolean().catch(false) }).catch({ collasped: false })
})

type Options = z.output<typeof options>

function readOptions({ display }: Chart): Options & { readonly first: z.output<typeof queryOptions> } {
  const read = options.parse(display)
  return { ...read, first: Object.values(read.queryOptionMap)[0] ?? {} }
}

function readLine(chart: Chart): ChartSpec | undefined {
  const read = readOptions(chart)
  const { xAxisKey: x, yAxisKeys: ys } = read.first
  if (!x || ys === undefined || ys.length === 0) return undefined
  const { fillOpacity = 0, seriesStyle: drawn } = read.graphOptions
  const draw = drawn === 'bars' ? 'bar' : fillOpacity > 0 ? 'area' : 'line'
  return { kind: 'line', x, ys, time: read.isTimeSeries, draw, style: seriesStyle(read), number: numberStyle(read) }
}

function readAggregate(chart: Chart): ChartSpec | undefined {
  const read = readOptions(chart)
  const { xAxisKey: x, yAxisKey, yAxisKeys, aggField: series = '' } = read.first
  const y = yAxisKey || yAxisKeys?.[0]
  if (!x || !y) return undefined
  const type = read.aggChartOption.chartType
  const draw = type === 'interval' ? 'bar' : type === 'area' ? 'area' : 'line'
  return {
    ...{ kind: 'aggregate', draw, x, y, series },
    ...{ time: read.isTimeSeries, style: seriesStyle(read), number: numberStyle(read) }
  }
}

function readBar(chart: Chart): ChartSpec | undefined {
  const read = readOptions(chart)
  const { xAxisKey: x, yAxisKeys: ys, aggField: series = '' } = read.first
  if (!x || ys === undefined || ys.length === 0) return undefined
  const horizontal = read.barOptions.orientation === 'horizontal'
  return { kind: 'bar', x, ys, series, horizontal, style: seriesStyle(read), number: numberStyle(read) }
}

function readPie(chart: Chart): ChartSpec | undefined {
  const read = readOptions(chart)
  const { showFieldKey: label, numFieldKey: value } = read.first
  if (!label || !value) return undefined
  const hole = read.pieOption.chartType === 'DountChart'
  return { kind: 'pie', label, value, hole, legend: read.legendOption.show, number: numberStyle(read) }
}

function readStat(chart: Chart): ChartSpec | undefined {
  const read = readOptions(chart)
  const { showField: fields, compareField: compare = '' } = read.first
  if (fields === undefined || fields.length === 0) return undefined
  const pick = /^last/.test(read.statValueOption.calculationType ?? '') ? 'last' : 'first'
  return { kind: 'stat', fields, compare, pick, number: numberStyle(read), columns: columnStyles(read) }
}

function readTable(chart: Chart): ChartSpec {
  const read = readOptions(chart)
  const { pageSize = 20, sortField = '', sortMethod = '' } = read.tableOptions
  // The console writes `A-released_ms`: the query's name, then the column's.
  const column = sortField.replace(/^[A-Z]-/, '')
  const sort = column === '' ? undefined : { column, descending: sortMethod.startsWith('desc') }
  const hidden = read.first.closedKeys ?? []
  return { kind: 'table', pageSize, hidden, sort, number: numberStyle(read), columns: columnStyles(read) }
}

function readMarkdown(chart: Chart): ChartSpec {
  return { kind: 'markdown', text: readOptions(chart).markdownStr }
}

function readSection(chart: Chart): ChartSpec {
  return { kind: 'section', collapsed: readOptions(chart).rowChartOption.collasped }
}

function seriesStyle(read: Options): SeriesStyle {
  const stacking = read.yAxisOption.stackingMode || read.barOptions.stackingMode || 'none'
  return {
    stacked: !['none', 'off', 'unstack'].includes(stacking),
    legend: read.legendOption.show,
    xLabel: read.xAxisOption.label ?? '',
    yLabel: read.yAxisOption.label ?? ''
  }
}

function numberStyle({ standardOption, thresholdOption }: Options): NumberStyle {
  return { ...standardOption, decimals: standardOption.decimals, thresholds: thresholdOption.thresholds }
}

/** What is not overridden for a column is as for the whole chart. */
function columnStyles(read: Options): ColumnStyles {
  const common = numberStyle(read)
  return Object.fromEntries(
    read.fieldOptions.map(({ name, overrides: own }) => {
      const value = (path: string) => own.find(({ optionKeys }) => optionKeys.join('.') === path)?.value
      const format = value('standardOption.format')
      const bounds = value('thresholdOption.thresholds')
      return [
        name,
        {
          ...common,
          ...(typeof format === 'string' && { format }),
          ...(bounds !== undefined && { thresholds: thresholds.parse(bounds) })
        }
      ]
    })
  )
}

/** What the console paints in any red, orange or green has the page's own tone, which is legible in light and dark. */
function toneOf(color: string): 'good' | 'warn' | 'bad' {
  const [red, green, blue] = channels(color)
  const most = Math.max(red, green, blue)
  const spread = most - Math.min(red, green, blue)
  if (spread === 0 || most === blue) return 'good'
  if (most === green) return 'good'
  return (green - blue) / spread > 0.35 ? 'warn' : 'bad'
}

const NAMED: Readonly<Record<string, string>> = { red: '#f00', orange: '#fa0', yellow: '#ff0', green: '#0a0' }

/** Of `rgb(214, 137, 16)`, `#d68910`, `#f00` or a name; grey for anything else. */
function channels(color: string): [number, number, number] {
  const text = NAMED[color] ?? color
  const [, short = '', long = ''] = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/i.exec(text) ?? []
  const hex = long || [...short].map((digit) => digit + digit).join('')
  const numbers = hex === '' ? text.match(/\d+/g) : hex.match(/../g)?.map((pair) => Number.parseInt(pair, 16))
  const [red = 0, green = 0, blue = 0] = (numbers ?? []).map(Number)
  return [red, green, blue]
}
