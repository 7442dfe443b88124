/**
 * How often values fell into which bucket. Buckets are allocated once and counting allocates nothing, because it happens
 * once per event.
 */
export class Histogram {
  /** Upper bounds of the buckets, ascending; a value equal to a bound belongs to its bucket. */
  readonly bounds: readonly number[]
  /** Values per bucket; the last one holds what is above every bound. */
  readonly counts: Float64Array
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  /** The sum of all values. */
  get sum(): number {
    return this.#sum
  }

  /** Values so far. */
  get count(): number {
    return this.counts.reduce((total, count) => total + count, 0)
  }

  observe(value: number): void {
    const { bounds, counts } = this
    let at = 0
    while (at < bounds.length && value > (bounds[at] as number)) at += 1
    counts[at] = (counts[at] as number) + 1
    this.#sum += value
  }
}
