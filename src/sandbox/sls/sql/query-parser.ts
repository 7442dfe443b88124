import { ExpressionParser } from './expression-parser.ts'
import { placeOf } from './operand-parser.ts'
import { notServed, sqlFault } from './sql-fault.ts'
import { sqlTokens } from './sql-lexer.ts'
import type { Alias, Expression, FromItem, GroupItem, Query, QueryBody, Select, SelectItem } from './sql-tree.ts'

/** Words that may follow a table and are no alias of it. */
const AFTER_TABLE = new Set([
  'limit',
  'offset',
  'fetch',
  'window',
  'qualify',
  'tablesample',
  'sample',
  'using',
  'positional',
  'asof',
  'semi',
  'anti',
  'pivot',
  'unpivot'
])

/**
 * Reads one statement of the service's dialect: a SELECT as Presto's grammar has it, and `limit offset, count`.
 *
 * @throws SlsError ParameterInvalid with the place of the mistake; NotImplemented for what the sandbox does not serve
 */
export function parseSql(sql: string): Query {
  return new QueryParser(sqlTokens(sql)).statement()
}

class QueryParser extends ExpressionParser {
  statement(): Query {
    if (!this.sees('select') && !this.sees('with') && !this.sees('(')) throw this.unexpected()
    const query = this.query()
    if (this.peek().kind !== 'end') throw this.unexpected()
    return query
  }

  protected override query(): Query {
    const at = placeOf(this.peek())
    const ctes = this.accept('with') ? this.listOf(() => this.#cte()) : []
    const body = this.#union()
    const orderBy = this.sortItems()
    return { with: ctes, body, orderBy, limit: this.#limit(), ...at }
  }

  #cte(): Query['with'][number] {
    if (this.sees('recursive')) throw this.unexpected()
    const name = this.name()
    const columns = this.sees('(') ? this.#names() : []
    this.expect('as', '(')
    const query = this.query()
    this.expect(')')
    return { name, columns, query }
  }

  #limit(): Query['limit'] {
    if (!this.accept('limit')) return undefined
    const first = this.#count()
    return this.accept(',') ? { offset: first, count: this.#count() } : { offset: '0', count: first }
  }

  #count(): string {
    if (this.peek().kind !== 'integer') throw this.unexpected()
    return this.take().text
  }

  #union(): QueryBody {
    let left = this.#intersect()
    while (this.sees('union') || this.sees('except')) left = this.#setOperation(left, () => this.#intersect())
    return left
  }

  #intersect(): QueryBody {
    let left = this.#term()
    while (this.sees('intersect')) left = this.#setOperation(left, () => this.#term())
    return left
  }

  #setOperation(left: QueryBody, right: () => QueryBody): QueryBody {
    const { text, ...at } = this.take()
    const all = this.accept('all')
    if (!all) this.accept('distinct')
    if (all && text !== 'union') throw sqlFault(at, `${text.toUpperCase()} ALL not yet implemented`)
    const operator = text as 'union' | 'intersect' | 'except'
    return { type: 'set', operator, all, left, right: right(), ...placeOf(at) }
  }

  #term(): QueryBody {
    const at = placeOf(this.peek())
    if (this.accept('(')) {
      const query = this.query()
      this.expect(')')
      return { type: 'nested', query, ...at }
    }
    if (this.accept('values')) return { type: 'values', rows: this.listOf(() => this.#row()), ...at }
    return this.#select()
  }

  #row(): Expression[] {
    if (!this.accept('(')) return [this.expression()]
    const row = this.listOf(() => this.expression())
    this.expect(')')
    return row
  }

  #select(): Select {
    const at = placeOf(this.peek())
    this.expect('select')
    const distinct = this.accept('distinct')
    if (!distinct) this.accept('all')
    const items = this.listOf(() => this.#selectItem())
    const from = this.accept('from') ? this.#fromList() : undefined
    const where = this.accept('where') ? this.expression() : undefined
    const groupBy = this.accept('group', 'by') ? this.listOf(() => this.#groupItem()) : []
    const having = this.accept('having') ? this.expression() : undefined
    return { type: 'select', distinct, items, from, where, groupBy, having, ...at }
  }

  #selectItem(): SelectItem {
    const at = placeOf(this.peek())
    if (this.accept('*')) return { type: 'star', of: undefined, ...at }
    if (this.seesName() && this.peek(1).text === '.' && this.peek(2).text === '*') {
      const of = this.name()
      this.expect('.', '*')
      return { type: 'star', of, ...at }
    }
    const value = this.expression()
    const alias = this.accept('as') || this.#seesAlias() ? this.name() : undefined
    return { type: 'value', value, alias, ...at }
  }

  #seesAlias(): boolean {
    const { kind, text } = this.peek()
    return this.seesName() && !(kind === 'word' && AFTER_TABLE.has(text))
  }

  #groupItem(): GroupItem {
    if (this.sees('rollup', '(') || this.sees('cube', '(')) {
      const kind = this.take().text as 'rollup' | 'cube'
      return { kind, values: this.#row() }
    }
    if (this.accept('grouping', 'sets')) {
      this.expect('(')
      const sets = this.listOf(() => this.#groupingSet())
      this.expect(')')
      return { kind: 'sets', sets }
    }
    if (this.sees('(', ')')) throw notServed('GROUP BY ()')
    return { kind: 'simple', value: this.expression() }
  }

  #groupingSet(): Expression[] {
    if (!this.accept('(')) return [this.expression()]
    const values = this.sees(')') ? [] : this.listOf(() => this.expression())
    this.expect(')')
    return values
  }

  #fromList(): FromItem {
    let left = this.#joined()
    for (let at = this.peek(); this.accept(','); at = this.peek()) {
      left = { type: 'join', kind: 'cross', left, right: this.#joined(), on: undefined, using: [], ...placeOf(at) }
    }
    return left
  }

  #joined(): FromItem {
    let left = this.#fromItem()
    for (;;) {
      const at = placeOf(this.peek())
      const kind = this.#joinKind()
      if (kind === undefined) return left
      const right = this.#fromItem()
      if (kind === 'cross') {
        left = { type: 'join', kind, left, right, on: undefined, using: [], ...at }
      } else if (this.accept('using')) {
        left = { type: 'join', kind, left, right, on: undefined, using: this.#names(), ...at }
      } else {
        this.expect('on')
        left = { type: 'join', kind, left, right, on: this.expression(), using: [], ...at }
      }
    }
  }

  #joinKind(): 'cross' | 'inner' | 'left' | 'right' | 'full' | undefined {
    if (this.accept('cross', 'join')) return 'cross'
    if (this.accept('join') || this.accept('inner', 'join')) return 'inner'
    for (const kind of ['left', 'right', 'full'] as const) {
      if (this.accept(kind, 'join') || this.accept(kind, 'outer', 'join')) return kind
    }
    if (this.sees('natural')) throw this.unexpected()
    return undefined
  }

  #fromItem(): FromItem {
    const at = placeOf(this.peek())
    if (this.accept('unnest')) {
      this.expect('(')
      const values = this.listOf(() => this.expression())
      this.expect(')')
      const ordinality = this.accept('with', 'ordinality')
      return { type: 'unnest', values, ordinality, alias: this.#alias(), ...at }
    }
    if (this.accept('(')) {
      const isQuery = this.sees('select') || this.sees('with') || this.sees('values') || this.sees('(')
      const inner: FromItem = isQuery
        ? { type: 'derived', query: this.query(), alias: undefined, ...at }
        : this.#fromList()
      this.expect(')')
      if (inner.type !== 'derived') return inner
      return { ...inner, alias: this.#alias() }
    }
    const name = this.name()
    if (this.sees('.')) throw sqlFault(at, `Schema ${name} does not exist`)
    if (this.sees('(')) throw this.unexpected()
    return { type: 'table', name, alias: this.#alias(), ...at }
  }

  #alias(): Alias | undefined {
    if (!this.accept('as') && !this.#seesAlias()) return undefined
    const name = this.name()
    return { name, columns: this.sees('(') ? this.#names() : [] }
  }

  #names(): string[] {
    this.expect('(')
    const names = this.listOf(() => this.name())
    this.expect(')')
    return names
  }
}
