import { sqlText } from '../database.ts'
import {
  arrayLiteral,
  coalesceCall,
  ifCall,
  nullifCall,
  onlyArgument,
  subscript,
  tryCall
} from './conditional-calls.ts'
import { castTo } from './conversions.ts'
import type { BoundCall } from './functions/function-spec.ts'
import { arithmetic, between, comparison, concatenation, interval, logical, signed } from './operators.ts'
import { type Argument, overloadsOf, resolveCall } from './resolve-call.ts'
import type { Scope } from './scope.ts'
import { notServed, type SqlPlace, sqlFault } from './sql-fault.ts'
import type { Call, Expression, FrameBound, Query, SortItem, WindowFrame } from './sql-tree.ts'
import { BIGINT, BOOLEAN, commonType, DOUBLE, type SqlType, showType, UNKNOWN, VARCHAR } from './sql-type.ts'
import { commonOf, type NodeOf, type Translates } from './translates.ts'
import { coerce, type Typed } from './typed.ts'

/** What a statement's expressions share. */
export interface Session {
  /** Time zone of times that tell none. */
  readonly zone: string
  /** Epoch ms. */
  readonly nowMs: number
  /** Told of each aggregate over distinct values. @throws SlsError where they are too many */
  noteDistinct(place: SqlPlace): void
  /** Translates a subquery that may use names of the scope around it. */
  subquery(query: Query, scope: Scope): { readonly sql: string; readonly types: readonly SqlType[] }
}

/**
 * Translates expressions of Presto's into DuckDB's, with Presto's types: what the service would refuse for its types is
 * refused here in its words.
 */
export class ExpressionTranslator implements Translates {
  readonly #session: Session
  readonly #scope: Scope
  readonly #lambdas: number

  constructor(session: Session, scope: Scope, lambdas = 0) {
    this.#session = session
    this.#scope = scope
    this.#lambdas = lambdas
  }

  /** @throws SlsError */
  translate(node: Expression): Typed {
    return { ...this.#translated(node), node }
  }

  /** An expression that must be a truth value; `what` begins the service's complaint. @throws SlsError */
  condition(node: Expression, what: string): string {
    const { sql, type } = this.translate(node)
    if (type.kind === 'boolean') return sql
    if (type.kind === 'unknown') return 'cast(null as boolean)'
    throw sqlFault(node, `${what} must evaluate to a boolean (actual: ${showType(type)})`)
  }

  /** The list behind ORDER BY, NULLs placed as Presto does. */
  sortList(items: readonly SortItem[], one: (node: Expression) => string = (node) => this.translate(node).sql): string {
    return items
      .map(({ value, descending, nullsFirst }) => {
        return `${one(value)} ${descending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`
      })
      .join(', ')
  }

  #translated(node: Expression): Typed {
    switch (node.type) {
      case 'null':
        return { sql: 'null', type: UNKNOWN }
      case 'boolean':
        return { sql: String(node.value), type: BOOLEAN }
      case 'integer':
        return { sql: bigintLiteral(node.value, node), type: BIGINT }
      case 'decimal':
        return { sql: `cast(${node.value} as double)`, type: DOUBLE }
      case 'string':
        return { sql: sqlText(node.value), type: VARCHAR }
      case 'typed':
        return castTo({ sql: sqlText(node.value), type: VARCHAR }, node.name, this.#session.zone, node)
      case 'interval':
        return interval(node)
      case 'name':
        return this.#scope.resolve(node.parts, node)
      case 'sign':
        return signed(node, this)
      case 'arithmetic':
        return arithmetic(node, this)
      case 'concat':
        return concatenation(node, this)
      case 'comparison':
        return comparison(node, this)
      case 'logical':
        return logical(node, this)
      case 'not':
        return { sql: `(not ${this.condition(node.value, 'Value of logical NOT expression')})`, type: BOOLEAN }
      case 'isNull':
        return { sql: `(${this.translate(node.value).sql} is null)`, type: BOOLEAN }
      case 'between':
        return between(node, this)
      case 'in':
        return this.#in(node)
      case 'inQuery':
        return this.#inQuery(node)
      case 'like':
        return this.#like(node)
      case 'case':
        return this.#case(node)
      case 'cast':
        return this.#cast(node)
      case 'call':
        return this.#call(node)
      case 'lambda':
        throw sqlFault(node, 'Lambda expression should be used inside a function')
      case 'array':
        return arrayLiteral(node, this)
      case 'subscript':
        return subscript(node, this)
      case 'query':
        return this.#scalarQuery(node)
      case 'exists':
        return { sql: `exists (${this.#session.subquery(node.query, this.#scope).sql})`, type: BOOLEAN }
      case 'atTimeZone':
        return this.#function('at_timezone', [this.translate(node.value), this.translate(node.zone)], node)
      default:
        return node satisfies never
    }
  }

  #in(node: NodeOf<'in'>): Typed {
    const value = this.translate(node.value)
    const items = node.items.map((item) => this.translate(item))
    const type = commonOf([value, ...items])
    if (type === undefined) {
      throw sqlFault(node, `IN value and list items must be the same type: ${showType(value.type)}`)
    }
    return { sql: `(${coerce(value, type)} in (${items.map((item) => coerce(item, type)).join(', ')}))`, type: BOOLEAN }
  }

  #inQuery(node: NodeOf<'inQuery'>): Typed {
    const value = this.translate(node.value)
    const { sql, types } = this.#session.subquery(node.query, this.#scope)
    const [type = UNKNOWN] = types
    if (types.length !== 1) throw sqlFault(node, 'Multiple columns returned by subquery are not yet supported.')
    const common = commonType(value.type, type)
    if (common === undefined) {
      throw sqlFault(
        node,
        `value and result of subquery must be of the same type for IN expression: ${showType(value.type)} vs ${showType(type)}`
      )
    }
    return { sql: `(${coerce(value, common)} in (${sql}))`, type: BOOLEAN }
  }

  #like(node: NodeOf<'like'>): Typed {
    const value = this.translate(node.value)
    const pattern = this.translate(node.pattern)
    for (const [side, each] of [
      ['Left side of LIKE expression', value],
      ['Pattern for LIKE expression', pattern]
    ] as const) {
      if (commonType(each.type, VARCHAR)?.kind !== 'varchar') {
        throw sqlFault(node, `${side} must evaluate to a varchar (actual: ${showType(each.type)})`)
      }
    }
    const escaping = node.escape && this.translate(node.escape)
    if (escaping !== undefined && node.escape?.type !== 'string') throw notServed('An ESCAPE that is no literal')
    const sql = `${coerce(value, VARCHAR)} like ${coerce(pattern, VARCHAR)}`
    return { sql: escaping === undefined ? `(${sql})` : `(${sql} escape ${escaping.sql})`, type: BOOLEAN }
  }

  #case(node: NodeOf<'case'>): Typed {
    const operand = node.operand && this.translate(node.operand)
    const conditions = node.whens.map(({ when }) => {
      if (operand === undefined) return this.condition(when, 'CASE WHEN clause')
      const value = this.translate(when)
      const type = commonType(operand.type, value.type)
      if (type !== undefined) return `${coerce(operand, type)} = ${coerce(value, type)}`
      throw sqlFault(
        when,
        `CASE operand type does not match WHEN clause operand type: ${showType(operand.type)} vs ${showType(value.type)}`
      )
    })
    const results = node.whens.map(({ result }) => this.translate(result))
    const otherwise = node.otherwise === undefined ? { sql: 'null', type: UNKNOWN } : this.translate(node.otherwise)
    const type = commonOf([...results, otherwise])
    if (type === undefined)
      throw sqlFault(node, `All CASE results must be the same type: ${showType(results[0]?.type ?? UNKNOWN)}`)
    const whens = results.map((result, i) => `when ${conditions[i]} then ${coerce(result, type)}`)
    return { sql: `(case ${whens.join(' ')} else ${coerce(otherwise, type)} end)`, type }
  }

  #cast(node: NodeOf<'cast'>): Typed {
    const { sql, type } = castTo(this.translate(node.value), node.to, this.#session.zone, node)
    return { sql: node.tolerant ? `try(${sql})` : sql, type }
  }

  #call(node: Call): Typed {
    switch (node.name) {
      case 'if':
        return ifCall(node, this)
      case 'coalesce':
        return coalesceCall(node, this)
      case 'nullif':
        return nullifCall(node, this)
      case 'try':
        return tryCall(node, this)
      case 'typeof':
        return { sql: sqlText(showType(onlyArgument(node, this).type)), type: VARCHAR }
      case 'grouping':
        return {
          sql: `cast(grouping(${node.args.map((arg) => this.translate(arg).sql).join(', ')}) as bigint)`,
          type: BIGINT
        }
    }
    const [spec] = overloadsOf(node.name, node)
    const aggregates = spec?.kind === 'aggregate'
    if (node.over === undefined && spec?.kind === 'window') {
      throw sqlFault(node, `Window function ${node.name} requires an OVER clause`)
    }
    if (!aggregates && (node.distinct || node.star || node.filter !== undefined)) {
      throw sqlFault(node, `DISTINCT, * and FILTER are not supported for the function ${node.name}`)
    }
    if (node.over !== undefined && spec?.kind === 'scalar') throw sqlFault(node, `Not a window function: ${node.name}`)
    if (node.star && node.name !== 'count') throw sqlFault(node, `Unexpected parameters (*) for function ${node.name}`)
    if (node.distinct) this.#session.noteDistinct(node)
    const args = node.args.map((arg) => this.#argument(arg))
    const filter =
      node.filter === undefined ? '' : ` filter (where ${this.condition(node.filter, 'FILTER expression')})`
    const over = node.over === undefined ? '' : ` over (${this.#window(node.over)})`
    return this.#function(node.name, args, node, { distinct: node.distinct ? 'distinct ' : '', suffix: filter + over })
  }

  #function(
    name: string,
    args: readonly Argument[],
    place: SqlPlace,
    marks: Pick<BoundCall, 'distinct' | 'suffix'> = { distinct: '', suffix: '' }
  ): Typed {
    const { zone, nowMs } = this.#session
    return resolveCall(name, args, { ...marks, zone, nowMs }, place)
  }

  #argument(node: Expression): Argument {
    if (node.type !== 'lambda') return this.translate(node)
    return { arity: node.parameters.length, lambda: (types) => this.#lambda(node, types) }
  }

  /** Undefined where the body does not fit the types: another overload may. */
  #lambda(node: NodeOf<'lambda'>, types: readonly SqlType[]): Typed | undefined {
    const parameters = node.parameters.map((_, i) => `l${this.#lambdas + i}`)
    const bound = node.parameters.map((name, i): [string, Typed] => {
      return [name.toLowerCase(), { sql: parameters[i] ?? '', type: types[i] ?? UNKNOWN }]
    })
    const inner = new ExpressionTranslator(
      this.#session,
      this.#scope.with({ before: new Map(bound) }),
      this.#lambdas + bound.length
    )
    const { sql: body, type } = inner.translate(node.body)
    return { sql: `lambda ${parameters.join(', ')}: ${body}`, type, lambda: { parameters, body } }
  }

  #window({ partitionBy, orderBy, frame }: WindowFrame): string {
    const parts: string[] = []
    if (partitionBy.length > 0)
      parts.push(`partition by ${partitionBy.map((each) => this.translate(each).sql).join(', ')}`)
    if (orderBy.length > 0) parts.push(`order by ${this.sortList(orderBy)}`)
    if (frame !== undefined) {
      const start = this.#frameBound(frame.start)
      parts.push(
        `${frame.unit} ${frame.end === undefined ? start : `between ${start} and ${this.#frameBound(frame.end)}`}`
      )
    }
    return parts.join(' ')
  }

  #frameBound(bound: FrameBound): string {
    if (bound.kind === 'current') return 'current row'
    const distance = bound.distance === undefined ? 'unbounded' : this.translate(bound.distance).sql
    return `${distance} ${bound.side}`
  }

  #scalarQuery(node: NodeOf<'query' | 'exists'>): Typed {
    const { sql, types } = this.#session.subquery(node.query, this.#scope)
    const [type = UNKNOWN] = types
    if (types.length !== 1) throw sqlFault(node, 'Multiple columns returned by subquery are not yet supported.')
    return { sql: `(${sql})`, type }
  }
}

function bigintLiteral(digits: string, place: SqlPlace): string {
  if (BigInt(digits) > 9_223_372_036_854_775_807n) throw sqlFault(place, `Invalid numeric literal: ${digits}`)
  return `cast(${digits} as bigint)`
}
