/** Keys of one generation. */
const GENERATION = 8_192
/** Places of its table: twice the keys, so that a search ends after a step or two. A power of two. */
const PLACES = 2 * GENERATION

/**
 * Remembers the last keys: at least 8,192, at most 16,384 of them, in two generations of which the older is forgotten whole.
 *
 * Of a key only 52 bits of the digest at its end are kept, in tables of numbers: a set of the texts themselves took 1.5 us for
 * each event where these take 0.3 us, and left each text to the old generation of the heap. Two different keys pass for
 * one with a chance of 1 in 10^11, which is good enough for a counter.
 */
export class RecentKeys {
  #young = new Float64Array(PLACES)
  #old = new Float64Array(PLACES)
  #size = 0

  /**
   * Takes note of a key. @returns whether it was among the last ones already
   *
   * @param key ends in at least 13 hexadecimal digits, as event keys do
   */
  seen(key: string): boolean {
    const print = fingerprint(key)
    const place = placeOf(this.#young, print)
    if (this.#young[place] === print) return true
    const known = this.#old[placeOf(this.#old, print)] === print
    this.#young[place] = print
    this.#size += 1
    if (this.#size >= GENERATION) {
      const forgotten = this.#old
      this.#old = this.#young
      this.#young = forgotten.fill(0)
      this.#size = 0
    }
    return known
  }
}

/** Where a print is, or the empty place where it belongs. */
function placeOf(table: Float64Array, print: number): number {
  // The lowest bits by an integer's operation: a remainder of such large numbers takes ten times as long.
  let place = (print >>> 0) & (PLACES - 1)
  for (;;) {
    const found = table[place]
    if (found === print || found === 0) return place
    place = (place + 1) & (PLACES - 1)
  }
}

/** The last 13 characters as a number, hexadecimal digits by their values; never 0, which is an empty place. */
function fingerprint(key: string): number {
  let print = 0
  for (let at = Math.max(0, key.length - 13); at < key.length; at += 1) {
    const code = key.charCodeAt(at)
    // 0 to 9 are 0x30 to 0x39, a to f are 0x61 to 0x66.
    print = print * 16 + (code & 0xf) + (code > 0x39 ? 9 : 0)
  }
  return print || 1
}
