import { ExpressionTranslator, type Session } from './expression-translator.ts'
import type { FromContext, TranslatedQuery } from './from-translator.ts'
import type { LogSource, LogSources } from './log-source.ts'
import { parseSql } from './query-parser.ts'
import { Scope } from './scope.ts'
import { translateSelect } from './select-translator.ts'
import { type SqlPlace, sqlFault } from './sql-fault.ts'
import type { Expression, FromItem, Query, QueryBody, SortItem } from './sql-tree.ts'
import { commonType, duckType, type SqlType, sameType, showType, UNKNOWN } from './sql-type.ts'
import { coerce } from './typed.ts'

/** Rows when a statement has no LIMIT (SLS "LIMIT clause"). */
const DEFAULT_LIMIT = 100
/** The most rows that a statement may ask for (SLS "LIMIT clause"). */
export const MAX_LIMIT = 1_000_000
/** SLS "Common errors in queries". */
const MAX_DISTINCT = 10

/** A statement as DuckDB takes it, and its result's columns. */
export interface TranslatedStatement {
  readonly sql: string
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: SqlType }>
}

/** Where and when a statement runs. */
export interface StatementSettings {
  /** Time zone of the session. */
  readonly zone: string
  /** Epoch ms. */
  readonly nowMs: number
  readonly sources: LogSources
}

/**
 * Translates a statement of the service's dialect (Presto's, with its additions) into DuckDB's. What is not in that dialect
 * does not pass: the statement is read by its grammar, and every name and function is looked up.
 *
 * @throws SlsError as the service would answer; NotImplemented for what the sandbox can't answer alike
 */
export function translateSql(sql: string, settings: StatementSettings): TranslatedStatement {
  const query = parseSql(sql)
  const limited = query.limit === undefined ? { ...query, limit: { offset: '0', count: String(DEFAULT_LIMIT) } } : query
  const translated = new QueryTranslator(settings).statement(limited)
  return {
    sql: translated.sql,
    columns: translated.columns.map(({ name, type }, i) => ({ name: name ?? `_col${i}`, type }))
  }
}

type Tables = ReadonlyMap<string, TranslatedQuery>

class QueryTranslator {
  readonly #settings: StatementSettings
  #aliases = 0
  #distinct = 0

  constructor(settings: StatementSettings) {
    this.#settings = settings
  }

  /** The outermost query may leave out FROM: it means the logstore that is asked. */
  statement(query: Query): TranslatedQuery {
    return this.#query(query, undefined, new Map(), {
      type: 'table',
      name: 'log',
      alias: undefined,
      line: 1,
      column: 1
    })
  }

  #query(query: Query, parent: Scope | undefined, outer: Tables, implied?: FromItem): TranslatedQuery {
    const tables = new Map(outer)
    const withs: string[] = []
    for (const { name, columns, query: inner } of query.with) {
      const translated = this.#query(inner, undefined, tables)
      const own = `w${this.#aliases++}`
      withs.push(`${own} as (${translated.sql})`)
      const named = translated.columns.map((column, i) => ({ ...column, name: columns[i] ?? column.name }))
      tables.set(name.toLowerCase(), { sql: `select * from ${own}`, columns: named })
    }
    const body = this.#ordered(query.body, query.orderBy, { parent, tables, implied })
    const head = withs.length === 0 ? '' : `with ${withs.join(', ')} `
    return { ...body, sql: `${head}${body.sql}${limitOf(query)}` }
  }

  #ordered(body: QueryBody, orderBy: readonly SortItem[], around: Around): TranslatedQuery {
    if (body.type === 'select') {
      const from = body.from ?? around.implied
      if (from === undefined) {
        throw sqlFault(body, 'you are using nested sql, please specify FROM LogStore in the innermost sql')
      }
      return translateSelect(body, from, orderBy, this.#context(around))
    }
    const inner = this.#body(body, around)
    if (orderBy.length === 0) return { ...inner, sql: `select * from (${inner.sql}) as r${this.#aliases++}` }
    const own = `r${this.#aliases++}`
    const columns = inner.columns.map(({ name = '', type }, i) => ({ name, type, sql: `${own}.c${i}` }))
    const translator = new ExpressionTranslator(this.#session(around.tables), new Scope([{ name: undefined, columns }]))
    const order = translator.sortList(orderBy, (node) => sortKey(node, translator))
    return { ...inner, sql: `select * from (${inner.sql}) as ${own} order by ${order}` }
  }

  #body(body: Exclude<QueryBody, { type: 'select' }>, around: Around): TranslatedQuery {
    switch (body.type) {
      case 'nested':
        return this.#query(body.query, around.parent, around.tables, around.implied)
      case 'values':
        return this.#values(body.rows, around, body)
      case 'set':
        return this.#setOperation(body, around)
      default:
        return body satisfies never
    }
  }

  #values(rows: ReadonlyArray<readonly Expression[]>, around: Around, place: SqlPlace): TranslatedQuery {
    const translator = new ExpressionTranslator(this.#session(around.tables), new Scope([], around.parent))
    const values = rows.map((row) => row.map((value) => translator.translate(value)))
    const columns = (values[0] ?? []).map((_, i) => {
      const type = values.reduce<SqlType | undefined>(
        (known, row) => known && commonType(known, row[i]?.type ?? UNKNOWN),
        UNKNOWN
      )
      if (type === undefined) throw sqlFault(place, 'Values rows have mismatched types')
      return { name: undefined, type }
    })
    if (values.some((row) => row.length !== columns.length)) throw sqlFault(place, 'Values rows have mismatched types')
    const lists = values.map(
      (row) => `(${row.map((value, i) => coerce(value, columns[i]?.type ?? UNKNOWN)).join(', ')})`
    )
    const names = columns.map((_, i) => `c${i}`).join(', ')
    return { sql: `select * from (values ${lists.join(', ')}) as r${this.#aliases++}(${names})`, columns }
  }

  #setOperation(body: Extract<QueryBody, { type: 'set' }>, around: Around): TranslatedQuery {
    const { operator, all } = body
    const [left, right] = [body.left, body.right].map((side) => this.#ordered(side, [], around))
    if (left === undefined || right === undefined) throw new RangeError('A set operation has two sides')
    const name = operator.toUpperCase()
    if (left.columns.length !== right.columns.length) {
      throw sqlFault(
        body,
        `${name} query has different number of fields: ${left.columns.length}, ${right.columns.length}`
      )
    }
    const columns = left.columns.map((column, i) => {
      const other = right.columns[i]?.type ?? UNKNOWN
      const type = commonType(column.type, other)
      if (type !== undefined) return { ...column, type }
      throw sqlFault(
        body,
        `column ${i + 1} in ${name} query has incompatible types: ${showType(column.type)}, ${showType(other)}`
      )
    })
    const sides = [left, right].map((side) => this.#retyped(side, columns))
    return { sql: `${sides[0]} ${operator}${all ? ' all' : ''} ${sides[1]}`, columns }
  }

  #retyped(query: TranslatedQuery, columns: TranslatedQuery['columns']): string {
    const own = `r${this.#aliases++}`
    const list = query.columns.map((column, i) => {
      const type = columns[i]?.type ?? column.type
      const same = sameType(column.type, type)
      return same ? `${own}.c${i} as c${i}` : `cast(${own}.c${i} as ${duckType(type)}) as c${i}`
    })
    return `(select ${list.join(', ')} from (${query.sql}) as ${own})`
  }

  #context({ parent, tables }: Around): FromContext {
    return {
      session: this.#session(tables),
      parent,
      alias: () => `r${this.#aliases++}`,
      table: (name, place) => this.#table(name, tables, place),
      query: (query, scope) => this.#query(query, scope, tables)
    }
  }

  #table(name: string, tables: Tables, place: SqlPlace): TranslatedQuery | LogSource {
    const found = tables.get(name.toLowerCase()) ?? this.#settings.sources.named(name)
    if (found === undefined) throw sqlFault(place, `LogStore (${name}) is not found`)
    return found
  }

  #session(tables: Tables): Session {
    return {
      zone: this.#settings.zone,
      nowMs: this.#settings.nowMs,
      noteDistinct: (place) => {
        this.#distinct += 1
        if (this.#distinct > MAX_DISTINCT) {
          throw sqlFault(place, `max distinct num is:${MAX_DISTINCT}, please use approx_distinct`)
        }
      },
      subquery: (query, scope) => {
        const { sql, columns } = this.#query(query, scope, tables)
        return { sql, types: columns.map(({ type }) => type) }
      }
    }
  }
}

/** What a query's body may use. */
interface Around {
  readonly parent: Scope | undefined
  readonly tables: Tables
  readonly implied: FromItem | undefined
}

function sortKey(node: Expression, translator: ExpressionTranslator): string {
  return node.type === 'integer' ? node.value : translator.translate(node).sql
}

function limitOf({ limit, ...place }: Query): string {
  if (limit === undefined) return ''
  const { offset, count } = limit
  if (Number(offset) + Number(count) > MAX_LIMIT) {
    throw sqlFault(place, `reading data with pagination only allow reading max ${MAX_LIMIT}`)
  }
  return ` limit ${count}${offset === '0' ? '' : ` offset ${offset}`}`
}
