interface Slot<Item> {
  readonly atMs: number
  readonly order: number
  readonly item: Item
}

/** Things that are due at a moment: the earliest comes out first, those of one moment in the order they went in. */
export class Timeline<Item> {
  #heap: Slot<Item>[] = []
  #pushed = 0

  get size(): number {
    return this.#heap.length
  }

  /** When the next one is due, milliseconds; Infinity when there is none. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  push(atMs: number, item: Item): void {
    this.#pushed += 1
    this.#rise({ atMs, order: this.#pushed, item })
  }

  /** Takes out what is due next. */
  pop(): Item | undefined {
    const [first] = this.#heap
    const last = this.#heap.pop()
    if (first === undefined || last === undefined) return undefined
    if (this.#heap.length > 0) this.#sink(last)
    return first.item
  }

  /** Moves everything in time; what stays or becomes due at one moment keeps its order. */
  shift(moved: (atMs: number) => number): void {
    const slots = this.#heap.sort((a, b) => (isBefore(a, b) ? -1 : 1))
    this.#heap = []
    for (const { atMs, item } of slots) this.push(moved(atMs), item)
  }

  #rise(slot: Slot<Item>): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(slot)
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || isBefore(parent, slot)) break
      heap[index] = parent
      index = above
    }
    heap[index] = slot
  }

  /** Puts `slot` in at the root, in place of the one taken out. */
  #sink(slot: Slot<Item>): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      let child = heap[below]
      const right = heap[below + 1]
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        child = right
        below += 1
      }
      if (child === undefined || isBefore(slot, child)) break
      heap[index] = child
      index = below
    }
    heap[index] = slot
  }
}

function isBefore(a: Slot<unknown>, b: Slot<unknown>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
