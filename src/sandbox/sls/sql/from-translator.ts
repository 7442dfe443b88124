import { ExpressionTranslator, type Session } from './expression-translator.ts'
import type { LogField, LogSource } from './log-source.ts'
import { type Column, type Relation, Scope, sameName } from './scope.ts'
import { notServed, type SqlPlace, sqlFault } from './sql-fault.ts'
import type { Alias, FromItem, Query } from './sql-tree.ts'
import { BIGINT, commonType, type SqlType, showType } from './sql-type.ts'
import type { Typed } from './typed.ts'

/** A query translated: its columns are named `c0`, `c1` .. in its SQL. A name may be missing or there twice. */
export interface TranslatedQuery {
  readonly sql: string
  readonly columns: ReadonlyArray<{ readonly name: string | undefined; readonly type: SqlType }>
}

/** What a FROM clause needs of the statement around it. */
export interface FromContext {
  readonly session: Session
  readonly parent: Scope | undefined
  /** A fresh name for a relation. */
  alias(): string
  /** What a table's name means: the SQL of a WITH query, or a logstore. @throws SlsError for neither */
  table(name: string, place: SqlPlace): TranslatedQuery | LogSource
  query(query: Query, parent: Scope | undefined): TranslatedQuery
}

/** A FROM clause: what its names are, and its SQL, which is complete once all names of the SELECT have been resolved. */
export interface Source {
  readonly relations: readonly Relation[]
  readonly sql: () => string
}

type ItemOf<Type extends FromItem['type']> = Extract<FromItem, { type: Type }>

/**
 * Translates what stands behind FROM.
 *
 * @throws SlsError
 */
export function translateFrom(item: FromItem, context: FromContext, left: readonly Relation[] = []): Source {
  switch (item.type) {
    case 'table': {
      const table = context.table(item.name, item)
      const name = item.alias?.name ?? item.name
      return 'from' in table
        ? logSource(table, { name, columns: item.alias?.columns ?? [] }, context, item)
        : derived(table, { name, columns: item.alias?.columns ?? [] }, context, item)
    }
    case 'derived':
      return derived(context.query(item.query, context.parent), item.alias, context, item)
    case 'unnest':
      return unnest(item, context, left)
    case 'join':
      return join(item, context, left)
    default:
      return item satisfies never
  }
}

function logSource(log: LogSource, alias: Alias, context: FromContext, place: SqlPlace): Source {
  const own = context.alias()
  const fields: LogField[] = [...log.columns]
  const column = (field: LogField, i: number): Column => ({ ...field, sql: `${own}.c${i}` })
  const columns = renamed(log.columns.map(column), alias, place)
  const find = (name: string): Column | undefined => {
    const known = fields.findIndex((field) => sameName(field.name, name))
    const field = fields[known] ?? log.find(name)
    if (field === undefined) return undefined
    if (known < 0) fields.push(field)
    return column(field, known < 0 ? fields.length - 1 : known)
  }
  const sql = (): string =>
    `(select ${fields.map((field, i) => `${field.sql} as c${i}`).join(', ')} ${log.from}) as ${own}`
  return { relations: [{ name: alias.name, columns, find }], sql }
}

function derived(query: TranslatedQuery, alias: Alias | undefined, context: FromContext, place: SqlPlace): Source {
  const own = context.alias()
  const columns = query.columns.map(({ name = '', type }, i): Column => ({ name, type, sql: `${own}.c${i}` }))
  const relation: Relation = { name: alias?.name, columns: renamed(columns, alias, place) }
  return { relations: [relation], sql: () => `(${query.sql}) as ${own}` }
}

/** Arrays side by side, a map as its keys and values (Presto "UNNEST"). The shorter ones end in NULLs. */
function unnest(item: ItemOf<'unnest'>, context: FromContext, left: readonly Relation[]): Source {
  const translator = new ExpressionTranslator(context.session, new Scope(left, context.parent))
  const lists = item.values.flatMap((value) => listsOf(translator.translate(value), value))
  if (item.ordinality) {
    const longest = `greatest(${lists.map(({ sql }) => `coalesce(len(${sql}), 0)`).join(', ')})`
    lists.push({ sql: `generate_series(1, ${longest})`, type: BIGINT })
  }
  const own = context.alias()
  const columns = lists.map(({ type }, i): Column => ({ name: '', type, sql: `${own}.c${i}` }))
  const inner = `select ${lists.map(({ sql }, i) => `unnest(${sql}) as c${i}`).join(', ')}`
  const relation = { name: item.alias?.name, columns: renamed(columns, item.alias, item) }
  return { relations: [relation], sql: () => `${left.length > 0 ? 'lateral ' : ''}(${inner}) as ${own}` }
}

function listsOf({ sql, type }: Typed, place: SqlPlace): Typed[] {
  if (type.kind === 'array') {
    if (type.element.kind === 'row') throw notServed('UNNEST of an array of rows')
    return [{ sql, type: type.element }]
  }
  if (type.kind === 'map') {
    return [
      { sql: `map_keys(${sql})`, type: type.key },
      { sql: `map_values(${sql})`, type: type.value }
    ]
  }
  throw sqlFault(place, `Cannot unnest type: ${showType(type)}`)
}

function join(item: ItemOf<'join'>, context: FromContext, outer: readonly Relation[]): Source {
  const left = translateFrom(item.left, context, outer)
  if (item.right.type === 'unnest' && item.kind !== 'cross') {
    throw sqlFault(item.right, 'UNNEST on other than the right side of CROSS JOIN is not supported')
  }
  const right = translateFrom(item.right, context, [...outer, ...left.relations])
  const relations = [...left.relations, ...right.relations]
  if (item.using.length > 0) return joinUsing(item, left, right)
  if (item.on === undefined) return { relations, sql: () => `${left.sql()} cross join ${right.sql()}` }
  const scope = new Scope(relations, context.parent)
  const on = new ExpressionTranslator(context.session, scope).condition(item.on, 'JOIN ON clause')
  return { relations, sql: () => `(${left.sql()} ${item.kind} join ${right.sql()} on ${on})` }
}

/** `using (a)`: the two columns are one, that of the side that has all rows. */
function joinUsing(item: ItemOf<'join'>, left: Source, right: Source): Source {
  if (item.kind === 'full') throw notServed('FULL JOIN with USING')
  const hiddenSide = item.kind === 'right' ? left : right
  const conditions = item.using.map((name) => {
    const part = [{ text: name, quoted: false }]
    const [one, other] = [left, right].map(({ relations }) => new Scope(relations).resolve(part, item))
    if (one === undefined || other === undefined || commonType(one.type, other.type) === undefined) {
      throw sqlFault(item, `Column types of ${name} do not match in USING`)
    }
    return `${one.sql} = ${other.sql}`
  })
  const hide = (relation: Relation): Relation => ({
    ...relation,
    columns: relation.columns.map((column) => ({
      ...column,
      hidden: item.using.some((name) => sameName(name, column.name))
    }))
  })
  const relations = [left, right].flatMap((side) => (side === hiddenSide ? side.relations.map(hide) : side.relations))
  return { relations, sql: () => `(${left.sql()} ${item.kind} join ${right.sql()} on ${conditions.join(' and ')})` }
}

function renamed(columns: readonly Column[], alias: Alias | undefined, place: SqlPlace): readonly Column[] {
  const names = alias?.columns ?? []
  if (names.length === 0) return columns
  if (names.length === columns.length) return columns.map((column, i) => ({ ...column, name: names[i] ?? column.name }))
  const has = `Column alias list has ${names.length} entries but '${alias?.name}' has ${columns.length} columns available`
  throw sqlFault(place, has)
}
