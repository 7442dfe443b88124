/** What knows its own place in a list. */
export interface Placed {
  place: number
}

/**
 * A set in no order, for hot paths: no `Set`, since the tables that one outgrows refer to all that was in them, and take it to
 * the old generation of the heap. An item is in one list at a time.
 */
export class PlacedList<Item extends Placed> {
  readonly #items: Item[] = []

  get size(): number {
    return this.#items.length
  }

  /** Does nothing for one that is in it already. */
  add(item: Item): void {
    if (!this.has(item)) item.place = this.#items.push(item) - 1
  }

  has(item: Item): boolean {
    return this.#items[item.place] === item
  }

  /** @returns whether it was in it */
  delete(item: Item): boolean {
    if (!this.has(item)) return false
    const last = this.#items.pop()
    if (last !== undefined && last !== item) {
      this.#items[item.place] = last
      last.place = item.place
    }
    return true
  }

  /** A copy. */
  all(): Item[] {
    return [...this.#items]
  }
}
