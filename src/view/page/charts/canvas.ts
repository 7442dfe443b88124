import type { Chart as ChartClass, ChartConfiguration, ChartType } from 'chart.js'
import type { SeriesStyle } from '../../answers.ts'
import { h } from '../dom.ts'
import { cssColour } from '../palette.ts'
import { isUtc } from '../settings.ts'
import { readableStep, timeTicks } from '../time-axis.ts'

declare global {
  /** Chart.js, from `/vendor/chart.js`. */
  const Chart: typeof ChartClass
}

/** Puts a Chart.js chart into a container; `summary` is what is read to people who can't see it. */
export function drawCanvas<Type extends ChartType>(
  container: HTMLElement,
  summary: string,
  configuration: ChartConfiguration<Type>
): () => void {
  const canvas = h('canvas', { role: 'img', 'aria-label': summary })
  container.append(h('div', { class: 'canvas' }, canvas))
  Chart.defaults.color = cssColour('text-soft')
  Chart.defaults.borderColor = cssColour('line')
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily
  Chart.defaults.font.size = 12
  const chart = new Chart(canvas, configuration)
  return () => chart.destroy()
}

/** What all charts share. */
export function commonOptions(legend: boolean) {
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    plugins: {
      legend: {
        display: legend,
        position: 'bottom' as const,
        labels: { boxWidth: 10, boxHeight: 10, usePointStyle: true, pointStyle: 'rectRounded' as const, padding: 12 }
      },
      tooltip: {
        backgroundColor: cssColour('tooltip'),
        titleColor: cssColour('tooltip-text'),
        bodyColor: cssColour('tooltip-text'),
        padding: 10,
        boxPadding: 4,
        cornerRadius: 6
      }
    }
  } as const
}

/** An axis of values; one of durations has steps of whole seconds, minutes, hours, one of counts steps of whole numbers. */
export function valueAxis(
  style: SeriesStyle,
  write: (value: number) => string,
  { mostMs = 0, counts }: { mostMs?: number | undefined; counts: boolean }
) {
  return {
    beginAtZero: true,
    stacked: style.stacked,
    border: { display: false },
    title: { display: style.yLabel !== '', text: style.yLabel },
    ticks: {
      maxTicksLimit: 6,
      ...(counts && { precision: 0 }),
      ...(mostMs > 0 && { stepSize: readableStep(mostMs, 5) }),
      callback: (value: string | number) => write(Number(value))
    }
  }
}

/** What an axis of time covers. */
export interface TimeSpan {
  readonly fromMs: number
  readonly toMs: number
  /** The steps of what is drawn; 0: none. */
  readonly stepMs: number
}

/** An axis of time, with ticks at round times. */
export function timeAxis(style: SeriesStyle, { fromMs, toMs, stepMs }: TimeSpan) {
  let labels = new Map<number, string>()
  return {
    type: 'linear' as const,
    min: fromMs,
    max: toMs,
    stacked: style.stacked,
    grid: { display: false },
    title: { display: style.xLabel !== '', text: style.xLabel },
    afterBuildTicks: (axis: { width: number; min: number; max: number; ticks: Array<{ value: number }> }) => {
      const ticks = timeTicks(axis.min, axis.max, {
        most: Math.max(2, Math.floor(axis.width / 70)),
        utc: isUtc(),
        leastMs: stepMs
      })
      labels = new Map(ticks.map(({ atMs, label }) => [atMs, label]))
      axis.ticks = ticks.map(({ atMs }) => ({ value: atMs }))
    },
    ticks: { maxRotation: 0, autoSkip: false, callback: (value: string | number) => labels.get(Number(value)) ?? '' }
  }
}

/** So many names are all told. */
const MAX_NAMES = 12

/** An axis of names. */
export function nameAxis(style: SeriesStyle, names: number) {
  return {
    type: 'category' as const,
    stacked: style.stacked,
    grid: { display: false },
    title: { display: style.xLabel !== '', text: style.xLabel },
    ticks: { maxRotation: 45, autoSkip: names > MAX_NAMES, autoSkipPadding: 8 }
  }
}

/** `Running: 12` of a tooltip. */
export function tooltipLine(label: string, value: number | null, write: (value: number) => string): string {
  return ` ${label}: ${value === null ? '–' : write(value)}`
}
