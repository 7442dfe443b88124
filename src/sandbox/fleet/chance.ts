/** Relative weights by choice; those that are not named weigh nothing. */
export type Weights<Choice extends string> = Readonly<Partial<Record<Choice, number>>>

const BASE36_CHUNK = 36 ** 6
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'))

/** Draws of every kind that the simulation needs, over one source of chance: the same source gives the same draws. */
export class Chance {
  readonly #random: () => number

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.#random()
  }

  /** True with probability `rate`. Draws even for 0 and 1, so that one rate does not shift the draws after it. */
  happens(rate: number): boolean {
    return this.#random() < rate
  }

  /** An integer in [low, high], both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1))
  }

  /** A waiting time of a memoryless process, in the unit of `mean`; never above five times the mean. */
  wait(mean: number): number {
    return Math.round(Math.min(5, -Math.log(1 - this.#random())) * mean)
  }

  /** @throws RangeError when there is nothing to pick from */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)]
    if (item === undefined) throw new RangeError('Cannot pick one of nothing: the list is empty')
    return item
  }

  /** Lower-case letters and digits, as in resource ids. */
  text(length: number): string {
    let text = ''
    while (text.length < length) {
      text += Math.floor(this.#random() * BASE36_CHUNK)
        .toString(36)
        .padStart(6, '0')
    }
    return text.slice(0, length)
  }

  /** An upper-case UUID. */
  uuid(): string {
    const a = this.#word()
    const b = (this.#word() & 0xffff0fff) | 0x5000
    const c = (this.#word() & 0x3fffffff) | 0x80000000
    const d = this.#word()
    return `${hexOf(a)}-${hexOf(b >>> 16, 2)}-${hexOf(b, 2)}-${hexOf(c >>> 16, 2)}-${hexOf(c, 2)}${hexOf(d)}`
  }

  #word(): number {
    return Math.floor(this.#random() * 4_294_967_296) >>> 0
  }
}

/** The lowest `bytes` (2 or 4) bytes of a 32-bit word. */
function hexOf(word: number, bytes: 2 | 4 = 4): string {
  const low = `${HEX[(word >>> 8) & 255]}${HEX[word & 255]}`
  return bytes === 2 ? low : `${HEX[word >>> 24]}${HEX[(word >>> 16) & 255]}${low}`
}

/**
 * A function that draws one of the choices in proportion to its weight.
 *
 * @throws RangeError when no weight is above 0
 */
export function weightedChoice<Choice extends string>(weights: Weights<Choice>): (chance: Chance) => Choice {
  const choices = (Object.keys(weights) as Choice[]).filter((choice) => (weights[choice] ?? 0) > 0)
  const last = choices.at(-1)
  if (last === undefined) throw new RangeError('Cannot choose by weights: expected at least one above 0, found none')
  let total = 0
  const bounds: number[] = []
  for (const choice of choices) {
    total += weights[choice] ?? 0
    bounds.push(total)
  }
  return (chance) => {
    const drawn = chance.unit() * total
    return choices[bounds.findIndex((bound) => drawn < bound)] ?? last
  }
}
