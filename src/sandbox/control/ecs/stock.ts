/** What a stock is of; what is left out stands for any. */
export interface StockOf {
  readonly zoneId?: string
  readonly instanceType?: string
  /** True: of preemptible instances only; false: of the others only. */
  readonly spot?: boolean
}

/** How many instances a zone still has to give, by type and kind. Without a word about it: any number. */
export class Stock {
  #shelves: Array<{ readonly of: StockOf; left: number }> = []

  /** Sets what is left of something; the newest word about an instance counts. */
  set(of: StockOf, left: number): void {
    const name = JSON.stringify([of.zoneId, of.instanceType, of.spot])
    this.#shelves = this.#shelves.filter(({ of: { zoneId, instanceType, spot } }) => {
      return JSON.stringify([zoneId, instanceType, spot]) !== name
    })
    this.#shelves.unshift({ of, left })
  }

  /** What is left for an instance. */
  left(wanted: Required<StockOf>): number {
    return this.#shelf(wanted)?.left ?? Number.POSITIVE_INFINITY
  }

  take(wanted: Required<StockOf>, count: number): void {
    const shelf = this.#shelf(wanted)
    if (shelf !== undefined) shelf.left -= count
  }

  #shelf(wanted: Required<StockOf>) {
    return this.#shelves.find(
      ({ of: { zoneId = wanted.zoneId, instanceType = wanted.instanceType, spot = wanted.spot } }) =>
        zoneId === wanted.zoneId && instanceType === wanted.instanceType && spot === wanted.spot
    )
  }
}
