/** Keys of one generation. */
const GENERATION = 8_192

/** Remembers the last keys: at least 8,192, at most 16,384 of them, in two generations of which the older is forgotten whole. */
export class RecentKeys {
  #young = new Set<string>()
  #old = new Set<string>()

  /** Takes note of a key. @returns whether it was among the last ones already */
  seen(key: string): boolean {
    if (this.#young.has(key)) return true
    const known = this.#old.has(key)
    this.#young.add(key)
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young
      this.#young = new Set()
    }
    return known
  }
}
