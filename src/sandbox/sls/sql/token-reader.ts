import { sqlFault } from './sql-fault.ts'
import type { SqlToken } from './sql-lexer.ts'

/** Words that Presto's grammar keeps for itself: as a name they must be quoted (Presto "Reserved keywords"). */
const RESERVED = new Set(
  `alter and as between by case cast constraint create cross cube current_date current_time current_timestamp current_user
   deallocate delete describe distinct drop else end escape except execute exists extract false for from full group grouping
   having in inner insert intersect into is join left like localtime localtimestamp natural normalize not null on or order
   outer prepare recursive right rollup select table then true uescape union unnest using values when where with`.split(
    /\s+/
  )
)

/** Reads tokens one by one, with words asked for in lower case. */
export class TokenReader {
  readonly #tokens: readonly SqlToken[]
  #next = 0

  constructor(tokens: readonly SqlToken[]) {
    this.#tokens = tokens
  }

  protected peek(ahead = 0): SqlToken {
    const token = this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]
    if (token === undefined) throw new RangeError('A statement has an end')
    return token
  }

  protected take(): SqlToken {
    const token = this.peek()
    this.#next += 1
    return token
  }

  /** Whether the next tokens are these words or symbols. */
  protected sees(...texts: readonly string[]): boolean {
    return texts.every((text, i) => {
      const token = this.peek(i)
      return (token.kind === 'word' || token.kind === 'symbol') && token.text === text
    })
  }

  /** Takes the next tokens if they are these. */
  protected accept(...texts: readonly string[]): boolean {
    const found = this.sees(...texts)
    if (found) this.#next += texts.length
    return found
  }

  /** @throws SlsError ParameterInvalid where the next tokens are others */
  protected expect(...texts: readonly string[]): void {
    for (const text of texts) if (!this.accept(text)) throw this.unexpected()
  }

  protected seesName(ahead = 0): boolean {
    const { kind, text } = this.peek(ahead)
    return kind === 'quoted' || (kind === 'word' && !RESERVED.has(text))
  }

  /** A name, as written. */
  protected name(): string {
    if (!this.seesName()) throw this.unexpected()
    const token = this.take()
    return token.kind === 'quoted' ? token.text : token.raw
  }

  protected listOf<Item>(one: () => Item): Item[] {
    const items = [one()]
    while (this.accept(',')) items.push(one())
    return items
  }

  protected unexpected(): Error {
    const token = this.peek()
    return sqlFault(token, `mismatched input '${token.raw}'`)
  }
}
