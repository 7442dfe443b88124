import type { ChartConfiguration, ChartDataset } from 'chart.js'
import type { ChartRows, ValueKind } from '../../answers.ts'
import { formatNumber, formatStyled, formatTime, formatValue } from '../format.ts'
import { faded, seriesColour } from '../palette.ts'
import { type ChartSeries, chartSeries, type Series } from '../series.ts'
import { formatOptions, settings } from '../settings.ts'
import { commonOptions, drawCanvas, nameAxis, type TimeSpan, timeAxis, tooltipLine, valueAxis } from './canvas.ts'
import type { Draw, Drawing } from './drawing.ts'

/** A point alone on its line would not be seen without a mark; many marks hide the line. */
const MAX_MARKED = 60

/** Lines and areas over time or over names (`linepro`). */
export const drawLine: Draw<'line'> = (drawing) => {
  const { spec, answer } = drawing
  const read = chartSeries(spec, answer, settings.language)
  return read && drawSeries(drawing, read, spec.draw)
}

/** Long rows, a series for each category (`aggpro`). */
export const drawAggregate: Draw<'aggregate'> = (drawing) => {
  const read = chartSeries(drawing.spec, drawing.answer, settings.language)
  return read && drawSeries(drawing, read, drawing.spec.draw)
}

/** Bars by name (`barpro`). */
export const drawBar: Draw<'bar'> = (drawing) => {
  const read = chartSeries(drawing.spec, drawing.answer, settings.language)
  return read && drawSeries(drawing, read, 'bar')
}

type SeriesDrawing = Drawing<'line'> | Drawing<'aggregate'> | Drawing<'bar'>

function drawSeries(drawing: SeriesDrawing, read: ChartSeries, draw: 'line' | 'area' | 'bar'): () => void {
  const { container, spec, title, answer } = drawing
  const write = (value: number): string => formatStyled(String(value), read.kind, spec.number, formatOptions())
  const horizontal = spec.kind === 'bar' && spec.horizontal
  // One series needs no legend: the title says what it is.
  const options = commonOptions(read.series.length > 1)
  const style = { ...spec.style, stacked: spec.style.stacked && read.series.length > 1 }
  const names = nameAxis(style, read.categories?.length ?? 0)
  const values = valueAxis(style, write, {
    mostMs: read.kind === 'duration' ? mostOf(read) : undefined,
    counts: read.kind === 'count'
  })
  const byName = read.categories !== undefined
  // Areas that lie over each other hide each other.
  const drawn = draw === 'area' && read.series.length > 1 && !style.stacked ? 'line' : draw
  const configuration: ChartConfiguration<'line' | 'bar', Array<{ x: number; y: number | null } | number | null>> = {
    type: draw === 'bar' ? 'bar' : 'line',
    data: {
      ...(byName && { labels: categoryLabels(read) }),
      datasets: read.series.map((series, place) =>
        dataset(series, place, { draw: drawn, byName, stacked: style.stacked })
      )
    },
    options: {
      ...options,
      indexAxis: horizontal ? 'y' : 'x',
      interaction: { mode: 'index', intersect: false, axis: horizontal ? 'y' : 'x' },
      scales: horizontal
        ? { x: values, y: names }
        : { x: byName ? names : timeAxis(style, axisWindow(answer, read, draw === 'bar')), y: values },
      plugins: {
        ...options.plugins,
        tooltip: {
          ...options.plugins.tooltip,
          callbacks: {
            title: ([item]) => (byName ? (item?.label ?? '') : formatTime(item?.parsed.x ?? 0, formatOptions())),
            label: (item) => tooltipLine(item.dataset.label ?? '', horizontal ? item.parsed.x : item.parsed.y, write)
          }
        }
      }
    }
  }
  return drawCanvas(container, summaryOf(title, read, write), configuration)
}

function dataset(
  { label, points }: Series,
  place: number,
  { draw, byName, stacked }: { draw: 'line' | 'area' | 'bar'; byName: boolean; stacked: boolean }
): ChartDataset<'line' | 'bar', Array<{ x: number; y: number | null } | number | null>> {
  const colour = seriesColour(label, place)
  const data = byName ? points.map(({ y }) => y) : points.map(({ x, y }) => ({ x, y }))
  if (draw === 'bar') {
    return {
      label,
      data,
      backgroundColor: colour,
      borderRadius: stacked ? 0 : 3,
      maxBarThickness: 48,
      grouped: !stacked
    }
  }
  return {
    ...{ label, data, borderColor: colour, borderWidth: 2, tension: 0 },
    backgroundColor: draw === 'area' ? faded(colour, 0.14) : colour,
    fill: draw === 'area' ? (stacked ? 'stack' : 'origin') : false,
    pointRadius: points.length > MAX_MARKED ? 0 : 2.5,
    pointHoverRadius: 5,
    pointHitRadius: 8
  }
}

/**
 * The window that was asked for; but where what came lies close together in it, only that part (the console's
 * `timeRangeMode: dataTime`): a year with one busy day shows that day.
 */
function axisWindow({ fromMs, toMs }: ChartRows, { series, stepMs }: ChartSeries, bars: boolean): TimeSpan {
  const moments = series.flatMap(({ points }) => points.map(({ x }) => x))
  const first = moments.reduce((least, moment) => Math.min(least, moment), Number.POSITIVE_INFINITY)
  const last = moments.reduce((most, moment) => Math.max(most, moment), Number.NEGATIVE_INFINITY)
  const dense = last > first && last - first < (toMs - fromMs) / 2
  // An interval begins before the window does.
  const span = dense ? { fromMs: first, toMs: last } : { fromMs: Math.min(first, fromMs), toMs: Math.max(last, toMs) }
  // A bar stands half to the left and half to the right of its moment.
  const [least, most] = bars ? [first - stepMs / 2, last + stepMs / 2] : [span.fromMs, span.toMs]
  return { fromMs: Math.min(span.fromMs, least), toMs: Math.max(span.toMs, most), stepMs }
}

function mostOf({ series }: ChartSeries): number {
  return series.flatMap(({ points }) => points).reduce((most, { y }) => Math.max(most, y ?? 0), 0)
}

function categoryLabels({ categories = [], categoryKind }: ChartSeries): string[] {
  const isText = (kind: ValueKind): boolean => kind === 'text' || kind === 'id' || kind === 'json'
  return categories.map((name) =>
    isText(categoryKind) ? name || '–' : formatValue(name, categoryKind, formatOptions())
  )
}

function summaryOf(title: string, { series }: ChartSeries, write: (value: number) => string): string {
  const parts = series.map(({ label, points }) => {
    const values = points.flatMap(({ y }) => (y === null ? [] : [y]))
    if (values.length === 0) return label
    const range = [Math.min(...values), Math.max(...values)].map(write).join('–')
    return `${label}: ${formatNumber(values.length, formatOptions())} × ${range}`
  })
  return [title, ...parts].join('. ')
}
