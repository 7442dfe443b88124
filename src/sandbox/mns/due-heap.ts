/** Something that falls due at a time. The heap keeps `heapIndex`; nobody else writes it. */
export interface Due {
  /** Epoch milliseconds. Changed only through `DueHeap.set`. */
  dueAt: number
  /** Place in the heap; -1 when it is in none. */
  heapIndex: number
}

/** A binary heap that knows where its items are: setting, moving and removing one costs O(log n), the first is at hand. */
export class DueHeap<Item extends Due> {
  readonly #items: Item[] = []

  get first(): Item | undefined {
    return this.#items[0]
  }

  /** When the first item falls due; Infinity when there is none. */
  get nextDue(): number {
    return this.#items[0]?.dueAt ?? Number.POSITIVE_INFINITY
  }

  get size(): number {
    return this.#items.length
  }

  /** Puts an item in, or moves it to a new time. */
  set(item: Item, dueAt: number): void {
    item.dueAt = dueAt
    if (item.heapIndex < 0) {
      item.heapIndex = this.#items.length
      this.#items.push(item)
    }
    this.#settle(item)
  }

  /** Takes an item out; one that is not in stays out. */
  remove(item: Item): void {
    const hole = item.heapIndex
    if (hole < 0) return
    item.heapIndex = -1
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    this.#place(last, hole)
    this.#settle(last)
  }

  #settle(item: Item): void {
    this.#rise(item)
    this.#sink(item)
  }

  #rise(item: Item): void {
    let index = item.heapIndex
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = this.#items[parentIndex]
      if (parent === undefined || parent.dueAt <= item.dueAt) break
      this.#place(parent, index)
      index = parentIndex
    }
    this.#place(item, index)
  }

  #sink(item: Item): void {
    let index = item.heapIndex
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      const childIndex = this.#dueAt(right) < this.#dueAt(left) ? right : left
      const child = this.#items[childIndex]
      if (child === undefined || child.dueAt >= item.dueAt) break
      this.#place(child, index)
      index = childIndex
    }
    this.#place(item, index)
  }

  #dueAt(index: number): number {
    return this.#items[index]?.dueAt ?? Number.POSITIVE_INFINITY
  }

  #place(item: Item, index: number): void {
    this.#items[index] = item
    item.heapIndex = index
  }
}
