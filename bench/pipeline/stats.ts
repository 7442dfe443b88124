/** A measure over several rounds. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: quantile(sorted, 0.5), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN }
}

export interface Latencies {
  readonly samples: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** @param values ms, in any order */
export function latenciesOf(values: readonly number[]): Latencies {
  const sorted = [...values].sort((a, b) => a - b)
  const [p50, p99, p999] = [quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 0.999)]
  return { samples: sorted.length, p50, p99, p999, max: sorted.at(-1) ?? Number.NaN }
}

/** @param sorted ascending; the nearest rank counts */
function quantile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}
