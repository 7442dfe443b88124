import { ExpressionTranslator } from './expression-translator.ts'
import { type FromContext, type Source, type TranslatedQuery, translateFrom } from './from-translator.ts'
import { Grouping, hasAggregate, refuseAggregates } from './grouping.ts'
import { type Column, type Relation, Scope, sameName } from './scope.ts'
import { notServed, sqlFault } from './sql-fault.ts'
import type { Expression, FromItem, GroupItem, Select, SelectItem, SortItem } from './sql-tree.ts'
import { VARCHAR } from './sql-type.ts'
import { keyOf } from './tree-walk.ts'
import { coerce, type Typed } from './typed.ts'

/** One column of a SELECT's result. */
interface Output {
  readonly name: string | undefined
  readonly typed: Typed
  /** Undefined for what `*` brought in. */
  readonly node: Expression | undefined
  readonly alias: string | undefined
}

/**
 * Translates one SELECT with the ORDER BY behind it.
 *
 * @param from what FROM says, or stands for when it is left out
 * @throws SlsError
 */
export function translateSelect(
  select: Select,
  from: FromItem,
  orderBy: readonly SortItem[],
  context: FromContext
): TranslatedQuery {
  return new SelectTranslator(select, translateFrom(from, context), context).translate(orderBy)
}

class SelectTranslator {
  readonly #select: Select
  readonly #source: Source
  readonly #context: FromContext
  readonly #scope: Scope
  readonly #expressions: ExpressionTranslator
  readonly #outputs: readonly Output[]

  constructor(select: Select, source: Source, context: FromContext) {
    this.#select = select
    this.#source = source
    this.#context = context
    this.#scope = new Scope(source.relations, context.parent)
    this.#expressions = new ExpressionTranslator(context.session, this.#scope)
    this.#outputs = select.items.flatMap((item) => this.#outputsOf(item))
  }

  translate(orderBy: readonly SortItem[]): TranslatedQuery {
    const { distinct, where, having } = this.#select
    if (where !== undefined) refuseAggregates(where, 'WHERE clause')
    const groups = this.#select.groupBy.map((item) => this.#groupOf(item))
    this.#checkGrouping(
      groups.flatMap(({ values }) => values),
      orderBy
    )
    const list = this.#outputs.map(({ typed }, i) => `${printable(typed)} as c${i}`)
    const parts = [`select ${distinct ? 'distinct ' : ''}${list.join(', ')}`]
    const conditions = where === undefined ? '' : ` where ${this.#expressions.condition(where, 'WHERE clause')}`
    const tail = [
      groups.length === 0 ? '' : ` group by ${groups.map(({ sql }) => sql).join(', ')}`,
      having === undefined
        ? ''
        : ` having ${this.#translator({ after: this.#aliases() }).condition(having, 'HAVING clause')}`,
      orderBy.length === 0 ? '' : ` order by ${this.#expressions.sortList(orderBy, (node) => this.#sortKey(node))}`
    ]
    // Only now are all names resolved that the source has to bring.
    parts.push(` from ${this.#source.sql()}`, conditions, ...tail)
    return { sql: parts.join(''), columns: this.#outputs.map(({ name, typed }) => ({ name, type: typed.type })) }
  }

  #outputsOf(item: SelectItem): Output[] {
    if (item.type === 'star') {
      const relations = this.#source.relations.filter(
        ({ name }) => item.of === undefined || sameName(name ?? '', item.of)
      )
      if (relations.length === 0) throw sqlFault(item, `Table '${item.of}' not found`)
      return starOf(relations, item.of !== undefined).map((column) => ({
        name: column.name,
        typed: column,
        node: undefined,
        alias: undefined
      }))
    }
    const own = item.value.type === 'name' ? item.value.parts.at(-1)?.text : undefined
    return [
      { name: item.alias ?? own, typed: this.#expressions.translate(item.value), node: item.value, alias: item.alias }
    ]
  }

  #groupOf(item: GroupItem): { sql: string; values: readonly Expression[] } {
    switch (item.kind) {
      case 'simple': {
        const value = this.#groupValue(item.value)
        return { sql: this.#groupSql(value), values: [value] }
      }
      case 'rollup':
      case 'cube': {
        const values = item.values.map((value) => this.#groupValue(value))
        return { sql: `${item.kind}(${this.#listOf(values)})`, values }
      }
      case 'sets': {
        const sets = item.sets.map((set) => set.map((value) => this.#groupValue(value)))
        return { sql: `grouping sets (${sets.map((set) => `(${this.#listOf(set)})`).join(', ')})`, values: sets.flat() }
      }
      default:
        return item satisfies never
    }
  }

  #listOf(values: readonly Expression[]): string {
    return values.map((value) => this.#expressions.translate(value).sql).join(', ')
  }

  /** A place in the list names that column, so that DuckDB need not find out that two expressions are one. */
  #groupSql(value: Expression): string {
    const key = keyOf(value)
    const place = this.#outputs.findIndex(({ node }) => node !== undefined && keyOf(node) === key)
    return place < 0 ? this.#expressions.translate(value).sql : String(place + 1)
  }

  /** What is grouped by: an expression, a place in the list, or (the service's own) an alias. */
  #groupValue(value: Expression): Expression {
    const found = value.type === 'integer' ? this.#outputAt(value, 'GROUP BY').node : this.#groupName(value)
    if (found === undefined) throw notServed('GROUP BY of a place that * takes')
    refuseAggregates(found, 'GROUP BY clause')
    return found
  }

  #groupName(value: Expression): Expression {
    const [only, second] = value.type === 'name' ? value.parts : []
    if (only === undefined || second !== undefined) return value
    const aliased = this.#outputs.find(({ alias, node }) => node !== undefined && sameName(alias ?? '', only.text))
    if (aliased?.node === undefined) return value
    const column = this.#scope.find([only], value)
    if (column === undefined || column.sql === aliased.typed.sql) return aliased.node
    throw notServed(`GROUP BY ${only.text}, which is both a column and the alias of something else,`)
  }

  #outputAt({ value, ...place }: Extract<Expression, { type: 'integer' }>, clause: string): Output {
    const found = this.#outputs[Number(value) - 1]
    if (found === undefined) throw sqlFault(place, `${clause} position ${value} is not in select list`)
    return found
  }

  #checkGrouping(groups: readonly Expression[], orderBy: readonly SortItem[]): void {
    const { items, having, groupBy } = this.#select
    const values = this.#outputs.flatMap(({ node }) => node ?? [])
    const mentioned = [...values, ...(having === undefined ? [] : [having]), ...orderBy.map(({ value }) => value)]
    if (groupBy.length === 0 && having === undefined && !mentioned.some(hasAggregate)) return
    const star = items.find((item) => item.type === 'star')
    if (star !== undefined) throw sqlFault(star, 'SELECT * cannot be combined with GROUP BY or aggregations')
    const grouping = new Grouping(groups, this.#scope)
    for (const value of values) grouping.check(value)
    const aliases = new Set(this.#aliases().keys())
    if (having !== undefined) grouping.check(having, new Set([...aliases].filter((name) => !this.#isColumn(name))))
    for (const { value } of orderBy) if (value.type !== 'integer') grouping.check(value, aliases)
  }

  #isColumn(name: string): boolean {
    return this.#scope.find([{ text: name, quoted: false }], this.#select) !== undefined
  }

  #aliases(): ReadonlyMap<string, Typed> {
    return new Map(
      this.#outputs.flatMap(({ alias, typed }) => (alias === undefined ? [] : [[alias.toLowerCase(), typed]]))
    )
  }

  #translator(names: {
    before?: ReadonlyMap<string, Typed>
    after?: ReadonlyMap<string, Typed>
  }): ExpressionTranslator {
    return new ExpressionTranslator(this.#context.session, this.#scope.with(names))
  }

  /** Names in ORDER BY are the result's first, then the source's. */
  #sortKey(node: Expression): string {
    if (node.type === 'integer') {
      this.#outputAt(node, 'ORDER BY')
      return node.value
    }
    const [only, second] = node.type === 'name' ? node.parts : []
    const named = this.#outputs.findIndex(
      ({ name }) => only !== undefined && second === undefined && sameName(name ?? '', only.text)
    )
    const key = keyOf(node)
    const place =
      named >= 0 ? named : this.#outputs.findIndex((output) => output.node !== undefined && keyOf(output.node) === key)
    if (place >= 0) return String(place + 1)
    if (this.#select.distinct) {
      throw sqlFault(node, 'For SELECT DISTINCT, ORDER BY expressions must appear in select list')
    }
    return this.#translator({ before: this.#aliases() }).translate(node).sql
  }
}

function starOf(relations: readonly Relation[], qualified: boolean): Column[] {
  return relations.flatMap(({ columns }) => columns.filter(({ hidden }) => qualified || hidden !== true))
}

/** NULL alone has no type in Presto; a column has one in DuckDB. */
function printable(typed: Typed): string {
  return typed.type.kind === 'unknown' ? coerce(typed, VARCHAR) : typed.sql
}
