import {
  Counter,
  collectDefaultMetrics,
  Gauge as GaugeMetric,
  Histogram as HistogramMetric,
  Registry
} from 'prom-client'
import type { Histogram } from '../telemetry/histogram.ts'
import type { Meters, Series } from '../telemetry/meters.ts'
import { type CounterName, type GaugeName, type HistogramName, METRICS, totalMetric } from '../telemetry/metrics.ts'
import { TOTALS, type Total, type Totals } from '../telemetry/totals.ts'
import type { Gauge } from './gauges.ts'

export interface ExpositionOptions {
  readonly totals: Readonly<Totals>
  readonly meters: Meters
  readonly gauges: () => Readonly<Record<GaugeName, readonly Gauge[]>>
}

type Labels = Record<string, string>

/** All metrics in the text format of Prometheus, and those of the process. Values are read at the scrape. */
export function createExposition({ totals, meters, gauges }: ExpositionOptions): { text(): Promise<string> } {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counters = Object.entries(TOTALS).map(([total, help]) => {
    const metric = new Counter({ name: totalMetric(total as Total), help, registers })
    return (): void => refill(metric, [{ labels: {}, value: totals[total as Total] }])
  })
  const refills = Object.entries(METRICS).map(([name, { type, help, labels: labelNames }]) => {
    const labels = labeller(labelNames)
    if (type === 'gauge') {
      const metric = new GaugeMetric({ name, help, labelNames, registers })
      return (): void => {
        metric.reset()
        for (const { labels: values, value } of gauges()[name as GaugeName]) metric.set(labels(values), value)
      }
    }
    if (type === 'counter') {
      const metric = new Counter({ name, help, labelNames, registers })
      return (): void => {
        const series = meters.tallies(name as CounterName)
        refill(
          metric,
          series.map(({ labels: values, cell }) => ({ labels: labels(values), value: cell.value }))
        )
      }
    }
    registry.registerMetric(
      new CountedHistogram({ name, help, labels, series: () => meters.histograms(name as HistogramName) })
    )
    return (): void => undefined
  })
  return {
    text: () => {
      for (const fill of [...counters, ...refills]) fill()
      return registry.metrics()
    }
  }
}

function labeller(names: readonly string[]): (values: readonly string[]) => Labels {
  return (values) => Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']))
}

function refill(metric: Counter, series: ReadonlyArray<{ labels: Labels; value: number }>): void {
  metric.reset()
  for (const { labels, value } of series) metric.inc(labels, value)
}

/** A histogram whose buckets are counted elsewhere. */
class CountedHistogram extends HistogramMetric {
  readonly #name: string
  readonly #help: string
  readonly #labels: (values: readonly string[]) => Labels
  readonly #series: () => ReadonlyArray<Series<Histogram>>

  constructor(options: {
    name: string
    help: string
    labels: (values: readonly string[]) => Labels
    series: () => ReadonlyArray<Series<Histogram>>
  }) {
    super({ name: options.name, help: options.help, registers: [] })
    this.#name = options.name
    this.#help = options.help
    this.#labels = options.labels
    this.#series = options.series
  }

  /** What the registry calls for its text, and the class itself for all else; the library's types don't tell of it. */
  async getForPromString() {
    const values = this.#series().flatMap(({ labels, cell }) => this.#lines(this.#labels(labels), cell))
    return { name: this.#name, help: this.#help, type: 'histogram', values, aggregator: 'sum' }
  }

  /** Prometheus counts cumulatively: each bucket holds all smaller ones (Prometheus, Exposition formats, histograms). */
  #lines(labels: Labels, { bounds, counts, sum, count }: Histogram) {
    let below = 0
    const buckets = bounds.map((le, at) => {
      below += counts[at] ?? 0
      return { metricName: `${this.#name}_bucket`, labels: { ...labels, le }, value: below }
    })
    return [
      ...buckets,
      { metricName: `${this.#name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
      { metricName: `${this.#name}_sum`, labels, value: sum },
      { metricName: `${this.#name}_count`, labels, value: count }
    ]
  }
}
