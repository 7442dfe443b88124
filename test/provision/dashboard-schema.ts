import { z } from 'zod'

// The console's form of a dashboard: the keys that SLS's dashboards with `pro` charts have, by type of chart. Strict, so
// that a key which no console reads is found.

const text = z.string()
const flag = z.boolean()
const columns = z.array(z.string().min(1)).min(1)

const searchQuery = z.strictObject({
  name: z.string().regex(/^[A-Z]$/),
  datasource: z.literal('logstore'),
  project: z.string().min(1),
  logstore: z.string().min(1),
  region: z.string().min(1),
  query: z.string().min(1),
  tokenQuery: text.optional(),
  hide: flag.optional(),
  displayName: text.optional()
})

const search = z
  .strictObject({
    chartQueries: z.array(searchQuery),
    start: z.string().regex(/^-\d+[smhdw]$/),
    end: z.enum(['now', 'absolute']),
    timeSpanType: z.enum(['', 'custom']).optional(),
    dataSourceType: z.enum(['mixed', 'current']),
    transformers: z.array(z.never()).optional(),
    isInheritFilter: flag.optional()
  })
  .refine(({ chartQueries }) => new Set(chartQueries.map(({ name }) => name)).size === chartQueries.length, {
    error: 'the names of queries are unique'
  })

const basicOptions = z.strictObject({
  displayName: z.string().min(1),
  description: text.optional(),
  ...{ showTitle: flag.optional(), showBorder: flag.optional(), showBackground: flag.optional() },
  ...{ showTime: flag.optional(), fixedTime: flag.optional() }
})

const format = z.enum(['none', 'KMB', 'percent', 'percent_decimal', 'ms', 's', 'localtime', 'byte_ies', 'milli'])
const colorSchame = z.strictObject({ schema: z.enum(['builtin', 'single', 'threshold']), color: text.optional() })

const standardOption = z.strictObject({
  format,
  unit: z.strictObject({ unit: text, customUnit: text.optional() }).optional(),
  decimals: z.number().int().min(0).max(10).optional(),
  colorSchame: colorSchame.optional()
})

const thresholds = z.array(
  z.strictObject({ rule: z.enum(['>', '>=', '<', '<=', '==']), value: z.number(), color: z.string().min(1) })
)

const override = z.discriminatedUnion('at', [
  z.strictObject({ at: z.literal('standardOption.displayName'), value: z.string().min(1) }),
  z.strictObject({ at: z.literal('standardOption.format'), value: format }),
  z.strictObject({ at: z.literal('standardOption.colorSchame'), value: colorSchame }),
  z.strictObject({ at: z.literal('thresholdOption.thresholds'), value: thresholds })
])

const fieldOptions = z.array(
  z.strictObject({
    queryName: z.literal('A'),
    name: z.string().min(1),
    overrides: z.array(
      z
        .strictObject({ optionKeys: z.tuple([z.string(), z.string()]), value: z.unknown() })
        .transform(({ optionKeys, value }) => ({ at: optionKeys.join('.'), value }))
        .pipe(override)
    )
  })
)

const place = {
  version: z.union([z.literal(2), z.literal('2')]).optional(),
  xPos: z.number().int().min(0),
  yPos: z.number().int().min(0),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
  basicOptions
}

const looks = {
  standardOption: standardOption.optional(),
  thresholdOption: z.strictObject({ thresholdMode: z.literal('absolute'), thresholds }).optional(),
  fieldOptions: fieldOptions.optional(),
  legendOption: z
    .strictObject({
      show: flag,
      position: z.enum(['bottom', 'right', 'top']).optional(),
      actionMode: z.literal('toggle').optional(),
      maxContent: z.number().int().min(1).optional()
    })
    .optional()
}

const axes = {
  xAxisOption: z
    .strictObject({ show: flag, timeRangeMode: z.enum(['dataTime', 'searchTime']).optional(), label: text.optional() })
    .optional(),
  yAxisOption: z
    .strictObject({
      show: flag,
      position: z.union([z.literal(1), z.literal(3), z.literal(4), z.literal(5)]),
      label: text.optional(),
      softMin: z.number().optional(),
      stackingMode: z.enum(['none', 'normal']).optional()
    })
    .optional()
}

const graphOptions = z.strictObject({
  seriesStyle: z.enum(['lines', 'bars', 'points']).optional(),
  showPoint: z.enum(['auto', 'always', 'never']).optional(),
  barStyle: z.enum(['left', 'middle', 'right']).optional(),
  fillOpacity: z.number().min(0).max(100).optional(),
  lineWidth: z.number().min(0).max(10).optional(),
  gradientMode: z.enum(['opacity', 'none']).optional()
})

function optionMap<Shape extends z.ZodType>(shape: Shape) {
  return z.strictObject({ A: shape })
}

function chartOf<const Type extends string, Display extends z.ZodRawShape>(type: Type, display: Display) {
  return z.strictObject({
    title: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,98}[a-z0-9]$/),
    type: z.literal(type),
    search,
    display: z.strictObject({ ...place, ...display }),
    action: z.strictObject({})
  })
}

const dropListOption = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('filter'),
    ...{ key: z.string().min(1), alias: text, list: z.array(text), listAlias: z.array(text) },
    listDefault: z.array(flag),
    logic: z.enum(['and', 'not']).optional(),
    ...{ globalFilter: z.literal(false).optional(), autoFilter: flag.optional() },
    refresh: z.union([z.literal(1), z.literal(2)]).optional()
  }),
  z.strictObject({
    type: z.literal('token'),
    ...{ key: z.string().min(1), alias: text, list: z.array(text).min(1), listAlias: z.array(text) },
    tokenDefault: z.array(flag),
    showType: z.enum(['select', 'auto']),
    multiSelect: z.literal(false),
    includeAll: z.literal(false),
    logic: z.enum(['and', 'not']).optional()
  })
])

const chart = z.discriminatedUnion('type', [
  chartOf('statpro', {
    ...looks,
    queryOptionMap: optionMap(z.strictObject({ showField: columns, compareField: text.optional() })),
    statValueOption: z.strictObject({
      showMode: z.enum(['calculate', 'allValues']),
      calculationType: z.enum(['first', 'lastNotNull']),
      layoutOrientation: z.enum(['auto', 'vertical', 'horizontal']).optional()
    }),
    statStyleOptions: z.strictObject({
      textMode: z.enum(['auto', 'value', 'value_and_name', 'name', 'none']),
      graphMode: z.enum(['none', 'area']),
      colorMode: z.enum(['none', 'value', 'background']),
      textAlignment: z.enum(['auto', 'center']).optional()
    })
  }),
  chartOf('linepro', {
    ...{ ...looks, ...axes, graphOptions: graphOptions.optional(), isTimeSeries: flag },
    queryOptionMap: optionMap(z.strictObject({ xAxisKey: z.string().min(1), yAxisKeys: columns }))
  }),
  chartOf('aggpro', {
    ...{ ...looks, ...axes, graphOptions: graphOptions.optional(), isTimeSeries: flag },
    aggChartOption: z.strictObject({ chartType: z.enum(['line', 'area', 'interval', 'crossover']) }),
    queryOptionMap: optionMap(
      z.strictObject({ xAxisKey: z.string().min(1), yAxisKey: z.string().min(1), aggField: z.string().min(1) })
    )
  }),
  chartOf('barpro', {
    ...{ ...looks, ...axes },
    queryOptionMap: optionMap(
      z.strictObject({ xAxisKey: z.string().min(1), yAxisKeys: columns, aggField: z.string().min(1).optional() })
    ),
    barOptions: z.strictObject({
      orientation: z.enum(['vertical', 'horizontal']),
      stackingMode: z.enum(['none', 'normal']).optional(),
      showValues: z.enum(['auto', 'always', 'never']),
      labelLocation: z.enum(['xAxis', 'bar'])
    })
  }),
  chartOf('piepro', {
    ...looks,
    pieDataMode: z.literal('queryOptionMap'),
    queryOptionMap: optionMap(z.strictObject({ showFieldKey: z.string().min(1), numFieldKey: z.string().min(1) })),
    pieOption: z.strictObject({
      chartType: z.enum(['PieChart', 'DountChart', 'PolarAreaChart']),
      labelType: text,
      showLabel: flag
    })
  }),
  chartOf('tablepro', {
    ...looks,
    queryOptionMap: optionMap(z.strictObject({ closedKeys: z.array(text) })).optional(),
    tableOptions: z
      .strictObject({
        showMode: z.enum(['pagination', 'equalHeight']),
        pageSize: z.number().int().min(1),
        sortField: z
          .string()
          .regex(/^$|^[A-Z]-./)
          .optional(),
        sortMethod: z.enum(['default', 'asc', 'desc']).optional()
      })
      .optional(),
    columnOptions: z
      .strictObject({ columnMinWidth: z.number(), columnAlign: z.enum(['left', 'center', 'right']), cellMode: text })
      .optional()
  }),
  chartOf('droplistpro', {
    ...{ showDropListChart: z.literal(true), bindQuery: flag, fixedTop: flag.optional() },
    dropListOption
  }),
  chartOf('markdownpro', { markdownStr: z.string().min(1) }),
  chartOf('dashboardrow', {
    rowChartOption: z.strictObject({ collasped: flag })
  })
])

/** A dashboard as the console imports it and CreateDashboard takes it, of charts whose types end in `pro`. */
export const dashboardForm = z.strictObject({
  dashboardName: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,98}[a-z0-9]$/)
    .optional(),
  displayName: z.string().min(1),
  description: text.optional(),
  attribute: z.strictObject({ type: z.literal('grid') }),
  charts: z.array(chart).min(1).max(100)
})

export type ReadChart = z.output<typeof chart>
