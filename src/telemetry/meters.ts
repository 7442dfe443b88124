import { Histogram } from './histogram.ts'
import { type CounterName, type HistogramName, METRICS } from './metrics.ts'

/** Series of one metric, at the most; what comes after them is counted together, under the label `other`. */
const MAX_SERIES = 256
const SEPARATOR = '\n'

/** One series of a counter. */
export interface Tally {
  value: number
}

/** One series and its labels' values, in the order of the metric's table. */
export interface Series<Kind> {
  readonly labels: readonly string[]
  readonly cell: Kind
}

/**
 * The counters and histograms of `METRICS`, made when they are first asked for. Who counts per event keeps the cell; who
 * counts per call may ask each time.
 */
export class Meters {
  readonly #tallies = new Map<CounterName, Map<string, Tally>>()
  readonly #histograms = new Map<HistogramName, Map<string, Histogram>>()

  tally(name: CounterName, ...labels: string[]): Tally {
    return cellOf(this.#tallies, name, labels, () => ({ value: 0 }))
  }

  histogram(name: HistogramName, ...labels: string[]): Histogram {
    return cellOf(this.#histograms, name, labels, () => new Histogram(METRICS[name].buckets))
  }

  tallies(name: CounterName): Series<Tally>[] {
    return seriesOf(this.#tallies.get(name))
  }

  histograms(name: HistogramName): Series<Histogram>[] {
    return seriesOf(this.#histograms.get(name))
  }
}

function cellOf<Name extends CounterName | HistogramName, Kind>(
  families: Map<Name, Map<string, Kind>>,
  name: Name,
  labels: readonly string[],
  make: () => Kind
): Kind {
  const family = families.get(name) ?? new Map<string, Kind>()
  families.set(name, family)
  const full = family.size >= MAX_SERIES
  const key = labels.join(SEPARATOR)
  const known = family.get(key)
  if (known !== undefined) return known
  const place = full ? labels.map(() => 'other').join(SEPARATOR) : key
  const cell = family.get(place) ?? make()
  family.set(place, cell)
  return cell
}

function seriesOf<Kind>(family: ReadonlyMap<string, Kind> | undefined): Series<Kind>[] {
  return [...(family ?? [])].map(([key, cell]) => ({ labels: key === '' ? [] : key.split(SEPARATOR), cell }))
}
