import { buildControl } from './build-control.ts'
import {
  asking,
  type ChartContext,
  checkColumns,
  fieldOptions,
  namedField,
  questionOf,
  silentSearch,
  standardOption,
  thresholdField
} from './chart-parts.ts'
import type {
  AskingDefinition,
  BarDefinition,
  ChartDefinition,
  LineDefinition,
  PieDefinition,
  StackDefinition,
  StatDefinition,
  TableDefinition
} from './dashboard-definition.ts'
import type { BuiltChart } from './dashboard-form.ts'

/**
 * A chart's name in its dashboard: 2 to 100 lower-case letters, digits, `-` and `_`.
 */
export function chartId(chart: ChartDefinition): string {
  switch (chart.kind) {
    case 'filter':
      return chart.question
    case 'token':
      return `token-${chart.parameter}`
    case 'section':
    case 'note':
      return chart.id
    default:
      return chart.id ?? chart.question
  }
}

/**
 * A chart as the console draws it: the chart types that end in `pro`.
 *
 * @throws AuditError `internal` for an unknown question, column or parameter
 */
export function buildChart(chart: ChartDefinition, context: ChartContext): BuiltChart {
  switch (chart.kind) {
    case 'filter':
    case 'token':
      return buildControl(chart, context)
    case 'section':
      return {
        type: 'dashboardrow',
        search: silentSearch(context),
        display: {
          version: 2,
          basicOptions: { displayName: chart.title[context.lang] },
          rowChartOption: { collasped: false }
        }
      }
    case 'note':
      return {
        type: 'markdownpro',
        search: silentSearch(context),
        display: {
          version: 2,
          basicOptions: {
            displayName: chart.title[context.lang],
            showTitle: true,
            showBorder: true,
            showBackground: true
          },
          markdownStr: chart.text[context.lang]
        }
      }
    default:
      return buildAsking(chart, context)
  }
}

function buildAsking(chart: AskingDefinition, context: ChartContext): BuiltChart {
  const { search, display } = asking(chart, context)
  const { type, ...own } = ownDisplay(chart, context)
  return { type, search, display: { ...display, ...own } }
}

function ownDisplay(chart: AskingDefinition, context: ChartContext): { readonly type: string } {
  switch (chart.kind) {
    case 'stat':
      return statDisplay(chart, context)
    case 'line':
      return lineDisplay(chart, context)
    case 'stack':
      return stackDisplay(chart, context)
    case 'bar':
      return barDisplay(chart, context)
    case 'pie':
      return pieDisplay(chart, context)
    case 'table':
      return tableDisplay(chart, context)
  }
}

function statDisplay(chart: StatDefinition, context: ChartContext) {
  const columns = checkColumns(chart, chart.fields, context)
  const [first] = columns
  const thresholds = chart.thresholds ?? {}
  const only = columns.length === 1 && first !== undefined ? (thresholds[first.name] ?? []) : []
  return {
    type: 'statpro',
    queryOptionMap: { A: { showField: chart.fields } },
    standardOption: standardOption(columns, only),
    thresholdOption: { thresholdMode: 'absolute', thresholds: thresholdField(only) },
    ...fieldOptions(columns, context, thresholds),
    statValueOption: { showMode: 'calculate', calculationType: 'first', layoutOrientation: 'auto' },
    statStyleOptions: {
      textMode: columns.length === 1 ? 'value' : 'value_and_name',
      ...{ graphMode: 'none', colorMode: 'value', textAlignment: 'center' }
    }
  }
}

function lineDisplay(chart: LineDefinition, context: ChartContext) {
  const columns = checkColumns(chart, chart.y, context)
  checkColumns(chart, [chart.x], context)
  const bars = chart.style === 'bars'
  return {
    type: 'linepro',
    isTimeSeries: true,
    queryOptionMap: { A: { xAxisKey: chart.x, yAxisKeys: chart.y } },
    standardOption: standardOption(columns),
    ...fieldOptions(columns, context),
    ...timeAxes('none'),
    graphOptions: { seriesStyle: chart.style ?? 'lines', showPoint: 'auto', fillOpacity: bars ? 80 : 10, lineWidth: 2 },
    legendOption: legend(columns.length > 1)
  }
}

function stackDisplay(chart: StackDefinition, context: ChartContext) {
  checkColumns(chart, [chart.x, chart.category], context)
  return {
    type: 'aggpro',
    isTimeSeries: true,
    aggChartOption: { chartType: 'interval' },
    queryOptionMap: { A: { xAxisKey: chart.x, yAxisKey: chart.y, aggField: chart.category } },
    standardOption: standardOption(checkColumns(chart, [chart.y], context)),
    ...timeAxes('normal'),
    graphOptions: { barStyle: 'middle', fillOpacity: 80, gradientMode: 'none' },
    legendOption: legend(true)
  }
}

function barDisplay(chart: BarDefinition, context: ChartContext) {
  const columns = checkColumns(chart, chart.y, context)
  const category = chart.category === undefined ? {} : { aggField: namedField(chart, chart.category, context) }
  return {
    type: 'barpro',
    queryOptionMap: { A: { xAxisKey: namedField(chart, chart.x, context), yAxisKeys: chart.y, ...category } },
    barOptions: {
      ...{ orientation: 'horizontal', showValues: 'auto', labelLocation: 'xAxis' },
      stackingMode: chart.category === undefined ? 'none' : 'normal'
    },
    standardOption: standardOption(columns),
    ...fieldOptions(columns, context),
    xAxisOption: { show: true },
    yAxisOption: { show: true, position: 3, softMin: 0 },
    legendOption: legend(columns.length > 1 || chart.category !== undefined)
  }
}

function pieDisplay(chart: PieDefinition, context: ChartContext) {
  return {
    type: 'piepro',
    pieDataMode: 'queryOptionMap',
    queryOptionMap: { A: { showFieldKey: namedField(chart, chart.label, context), numFieldKey: chart.value } },
    pieOption: { chartType: 'DountChart', labelType: 'type_num_percent', showLabel: true },
    standardOption: standardOption(checkColumns(chart, [chart.value], context)),
    legendOption: legend(true)
  }
}

function tableDisplay(chart: TableDefinition, context: ChartContext) {
  const hide = chart.hide ?? []
  checkColumns(chart, hide, context)
  const shown = questionOf(chart, context).columns.filter(({ name }) => !hide.includes(name))
  return {
    type: 'tablepro',
    queryOptionMap: { A: { closedKeys: hide } },
    // The query's own order is the order to read in.
    tableOptions: { showMode: 'pagination', pageSize: chart.pageSize ?? 20, sortField: '', sortMethod: 'default' },
    columnOptions: { columnMinWidth: 100, columnAlign: 'left', cellMode: 'none' },
    standardOption: { format: 'none', unit: { unit: 'none' } },
    ...fieldOptions(shown, context)
  }
}

function timeAxes(stackingMode: 'none' | 'normal') {
  return {
    xAxisOption: { show: true, timeRangeMode: 'searchTime' },
    yAxisOption: { show: true, position: 3, softMin: 0, stackingMode }
  }
}

function legend(show: boolean) {
  return { show, position: 'bottom', actionMode: 'toggle', maxContent: 30 }
}
