/** What is kept of a full map. */
const KEPT = 7 / 8

/**
 * A map that keeps its newest entries: the oldest go when there are too many of them, an eighth of the bound at a time. One by
 * one would take 25 us each at 20,000 entries (measured): a `Map` walks over the gaps that deletions left at its front.
 */
export class RecentMap<Value> {
  readonly #entries = new Map<string, Value>()
  readonly #max: number

  /** @param max entries at the most */
  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** Makes it the newest. */
  set(key: string, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#max) return
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#max * KEPT) return
      this.#entries.delete(oldest)
    }
  }

  delete(key: string): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Oldest first. */
  values(): IterableIterator<Value> {
    return this.#entries.values()
  }

  /** Drops the oldest entries for as long as they are unwanted. */
  dropOldest(unwanted: (value: Value) => boolean): void {
    for (const [key, value] of this.#entries) {
      if (!unwanted(value)) return
      this.#entries.delete(key)
    }
  }
}
