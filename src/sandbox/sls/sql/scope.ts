import { type SqlPlace, sqlFault, unresolvedColumn } from './sql-fault.ts'
import type { NamePart } from './sql-tree.ts'
import type { SqlType } from './sql-type.ts'
import type { Typed } from './typed.ts'

/** A column as a statement sees it. */
export interface Column {
  /** As written; names are the same in either case. */
  readonly name: string
  readonly type: SqlType
  /** DuckDB's SQL for it, with the relation's alias. */
  readonly sql: string
  /** Left out of `*` and of names without a relation: the other side of USING has it too. */
  readonly hidden?: boolean
}

/** Something that rows come from. */
export interface Relation {
  /** What its columns may be qualified with. */
  readonly name: string | undefined
  /** What `*` stands for. */
  readonly columns: readonly Column[]
  /** Columns that are there when asked for by name. */
  find?(name: string): Column | undefined
}

/** Names in lower case that come before those of columns, and names that come after them. */
interface StandIns {
  readonly before: ReadonlyMap<string, Typed>
  readonly after: ReadonlyMap<string, Typed>
}

/** The names that an expression can use. */
export class Scope {
  readonly relations: readonly Relation[]
  readonly #parent: Scope | undefined
  readonly #names: StandIns

  constructor(
    relations: readonly Relation[],
    parent?: Scope,
    names: StandIns = { before: new Map(), after: new Map() }
  ) {
    this.relations = relations
    this.#parent = parent
    this.#names = names
  }

  /** This scope, and names that stand for other expressions: parameters of lambdas, aliases. */
  with(names: Partial<StandIns>): Scope {
    const before = new Map([...this.#names.before, ...(names.before ?? [])])
    return new Scope(this.relations, this.#parent, { before, after: names.after ?? this.#names.after })
  }

  /**
   * What a name stands for.
   *
   * @throws SlsError ParameterInvalid for a name that is unknown or means several columns
   */
  resolve(parts: readonly NamePart[], place: SqlPlace): Typed {
    const found = this.find(parts, place)
    if (found !== undefined) return found
    throw unresolvedColumn(place, parts.map(({ text }) => text).join('.'), parts.at(-1)?.quoted ?? false)
  }

  /** As `resolve`; undefined for an unknown name. */
  find(parts: readonly NamePart[], place: SqlPlace): Typed | undefined {
    const [first, second] = parts
    if (first === undefined || parts.length > 2) return undefined
    const alone = second === undefined ? first.text.toLowerCase() : ''
    const before = this.#names.before.get(alone)
    if (before !== undefined) return before
    const own = second === undefined ? this.#anywhere(first.text) : this.#qualified(first.text, second.text)
    if (own.length > 1) throw sqlFault(place, `Column '${parts.map(({ text }) => text).join('.')}' is ambiguous`)
    return own[0] ?? this.#names.after.get(alone) ?? this.#parent?.find(parts, place)
  }

  #anywhere(name: string): Column[] {
    return this.relations.flatMap((relation) => columnsOf(relation, name).filter(({ hidden }) => hidden !== true))
  }

  #qualified(relation: string, name: string): Column[] {
    return this.relations.filter((each) => sameName(each.name ?? '', relation)).flatMap((each) => columnsOf(each, name))
  }
}

function columnsOf(relation: Relation, name: string): Column[] {
  const own = relation.columns.filter((column) => sameName(column.name, name))
  const asked = own.length === 0 ? relation.find?.(name) : undefined
  return asked === undefined ? own : [asked]
}

export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
