import { sqlText } from '../database.ts'
import type { SlsError } from '../sls-error.ts'
import { castTo } from './conversions.ts'
import type { BoundCall } from './functions/function-spec.ts'
import { type Argument, overloadsOf, resolveCall } from './resolve-call.ts'
import type { Scope } from './scope.ts'
import { notServed, type SqlPlace, sqlFault } from './sql-fault.ts'
import type { Call, Expression, FrameBound, Query, SortItem, WindowFrame } from './sql-tree.ts'
import { BIGINT, BOOLEAN, commonType, DOUBLE, isNumber, type SqlType, showType, UNKNOWN, VARCHAR } from './sql-type.ts'
import { coerce, raise, type Typed } from './typed.ts'

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

type NodeOf<Type extends Expression['type']> = Extract<Expression, { type: Type }>

/**
 * Translates expressions of Presto's into DuckDB's, with Presto's types: what the service would refuse for its types is
 * refused here in its words.
 */
export class ExpressionTranslator {
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
        return this.#sign(node)
      case 'arithmetic':
        return this.#arithmetic(node)
      case 'concat':
        return this.#concat(node)
      case 'comparison':
        return this.#comparison(node)
      case 'logical':
        return this.#logical(node)
      case 'not':
        return { sql: `(not ${this.condition(node.value, 'Value of logical NOT expression')})`, type: BOOLEAN }
      case 'isNull':
        return { sql: `(${this.translate(node.value).sql} is null)`, type: BOOLEAN }
      case 'between':
        return this.#between(node)
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
        return this.#array(node)
      case 'subscript':
        return this.#subscript(node)
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

  #sign({ operator, value, ...place }: NodeOf<'sign'>): Typed {
    const { sql, type } = this.translate(value)
    if (!isNumber(type) && !type.kind.startsWith('interval')) {
      throw sqlFault(place, `'${operator}' cannot be applied to ${showType(type)}`)
    }
    return { sql: operator === '-' ? `(- ${sql})` : sql, type }
  }

  #arithmetic(node: NodeOf<'arithmetic'>): Typed {
    const [left, right] = [this.translate(node.left), this.translate(node.right)]
    const times = timeArithmetic(node.operator, left, right)
    if (times !== undefined) return times
    const type = commonType(left.type, right.type)
    if (type?.kind === 'unknown') return { sql: 'null', type }
    if (type === undefined || !isNumber(type)) throw notApplicable(node.operator, left, right, node)
    const [a, b] = [coerce(left, type), coerce(right, type)]
    if (node.operator !== '/' && node.operator !== '%') return { sql: `(${a} ${node.operator} ${b})`, type }
    if (type.kind === 'double') {
      return { sql: node.operator === '/' ? `(${a} / ${b})` : `fmod(${a}, ${b})`, type }
    }
    const whole = `(${a} ${node.operator === '/' ? '//' : '%'} ${b})`
    // A divisor that can be seen not to be zero needs no look at each row.
    if ((constantValue(node.right) ?? 0) !== 0) return { sql: whole, type }
    return { sql: `(case when ${b} = 0 then ${raise('Division by zero', type)} else ${whole} end)`, type }
  }

  #concat(node: NodeOf<'concat'>): Typed {
    const [left, right] = [this.translate(node.left), this.translate(node.right)]
    const type = commonType(left.type, right.type)
    if (type?.kind === 'varchar') return { sql: `(${coerce(left, type)} || ${coerce(right, type)})`, type }
    if (type?.kind === 'array') return { sql: `list_concat(${coerce(left, type)}, ${coerce(right, type)})`, type }
    throw notApplicable('||', left, right, node)
  }

  #comparison(node: NodeOf<'comparison'>): Typed {
    const [left, right] = [this.translate(node.left), this.translate(node.right)]
    const { operator } = node
    const type = commonType(left.type, right.type)
    const ordered = operator !== '=' && operator !== '<>' && operator !== 'is distinct from'
    if (type === undefined || (ordered && (type.kind === 'map' || type.kind === 'json'))) {
      throw notApplicable(operator.toUpperCase(), left, right, node)
    }
    return { sql: `(${coerce(left, type)} ${operator} ${coerce(right, type)})`, type: BOOLEAN }
  }

  #logical({ operator, left, right }: NodeOf<'logical'>): Typed {
    const one = this.condition(left, 'Left side of logical expression')
    const other = this.condition(right, 'Right side of logical expression')
    return { sql: `(${one} ${operator} ${other})`, type: BOOLEAN }
  }

  #between(node: NodeOf<'between'>): Typed {
    const [value, low, high] = [this.translate(node.value), this.translate(node.low), this.translate(node.high)]
    const type = commonOf([value, low, high])
    if (type === undefined) {
      const [a, b, c] = [value, low, high].map((each) => showType(each.type))
      throw sqlFault(node, `Cannot check if ${a} is BETWEEN ${b} and ${c}`)
    }
    const sql = `(${coerce(value, type)} between ${coerce(low, type)} and ${coerce(high, type)})`
    return { sql, type: BOOLEAN }
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
        return this.#if(node)
      case 'coalesce':
        return this.#coalesce(node)
      case 'nullif':
        return this.#nullif(node)
      case 'try':
        return this.#try(node)
      case 'typeof':
        return { sql: sqlText(showType(this.#onlyArgument(node).type)), type: VARCHAR }
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

  #if(node: Call): Typed {
    const [test, ...values] = node.args
    if (test === undefined || values.length < 1 || values.length > 2)
      throw sqlFault(node, "Invalid number of arguments for 'if' function")
    const condition = this.condition(test, 'IF condition')
    const [then = { sql: 'null', type: UNKNOWN }, otherwise = { sql: 'null', type: UNKNOWN }] = values.map((each) =>
      this.translate(each)
    )
    const type = commonType(then.type, otherwise.type)
    if (type === undefined) {
      throw sqlFault(
        node,
        `Result types for IF must be the same: ${showType(then.type)} and ${showType(otherwise.type)}`
      )
    }
    return { sql: `(case when ${condition} then ${coerce(then, type)} else ${coerce(otherwise, type)} end)`, type }
  }

  #coalesce(node: Call): Typed {
    if (node.args.length < 2) throw sqlFault(node, "The 'coalesce' function must have at least two arguments")
    const values = node.args.map((arg) => this.translate(arg))
    const type = commonOf(values)
    if (type === undefined)
      throw sqlFault(node, `All COALESCE operands must be the same type: ${showType(values[0]?.type ?? UNKNOWN)}`)
    return { sql: `coalesce(${values.map((value) => coerce(value, type)).join(', ')})`, type }
  }

  #nullif(node: Call): Typed {
    const [one, other] = node.args.map((arg) => this.translate(arg))
    if (one === undefined || other === undefined || node.args.length !== 2) {
      throw sqlFault(node, "Invalid number of arguments for 'nullif' function")
    }
    const type = commonType(one.type, other.type)
    if (type === undefined)
      throw sqlFault(node, `Types are not comparable with NULLIF: ${showType(one.type)} vs ${showType(other.type)}`)
    return {
      sql: `(case when ${coerce(one, type)} = ${coerce(other, type)} then null else ${one.sql} end)`,
      type: one.type
    }
  }

  #try(node: Call): Typed {
    const { sql, type } = this.#onlyArgument(node)
    return { sql: `try(${sql})`, type }
  }

  #onlyArgument(node: Call): Typed {
    const [only, ...more] = node.args
    if (only === undefined || more.length > 0)
      throw sqlFault(node, `The '${node.name}' function must have exactly one argument`)
    return this.translate(only)
  }

  #array(node: NodeOf<'array'>): Typed {
    const items = node.items.map((item) => this.translate(item))
    const element = items.length === 0 ? UNKNOWN : commonOf(items)
    if (element === undefined)
      throw sqlFault(node, `All ARRAY elements must be the same type: ${showType(items[0]?.type ?? UNKNOWN)}`)
    return { sql: `[${items.map((item) => coerce(item, element)).join(', ')}]`, type: { kind: 'array', element } }
  }

  #subscript(node: NodeOf<'subscript'>): Typed {
    const base = this.translate(node.base)
    const index = this.translate(node.index)
    if (base.type.kind === 'array' && index.type.kind === 'bigint') {
      const { element } = base.type
      const within = `${index.sql} between 1 and len(${base.sql})`
      const sql = `(case when ${within} or ${base.sql} is null or ${index.sql} is null then list_extract(${base.sql}, ${index.sql})
        else ${raise('Array subscript out of bounds', element)} end)`
      return { sql, type: element }
    }
    if (base.type.kind === 'map' && commonType(base.type.key, index.type) !== undefined) {
      const { key, value } = base.type
      const wanted = coerce(index, key)
      const sql = `(case when map_contains(${base.sql}, ${wanted}) or ${base.sql} is null then map_extract_value(${base.sql}, ${wanted})
        else ${raise('Key not present in map', value)} end)`
      return { sql, type: value }
    }
    throw notApplicable('[]', base, index, node)
  }

  #scalarQuery(node: NodeOf<'query' | 'exists'>): Typed {
    const { sql, types } = this.#session.subquery(node.query, this.#scope)
    const [type = UNKNOWN] = types
    if (types.length !== 1) throw sqlFault(node, 'Multiple columns returned by subquery are not yet supported.')
    return { sql: `(${sql})`, type }
  }
}

function commonOf(values: readonly Typed[]): SqlType | undefined {
  return values.reduce<SqlType | undefined>((type, value) => type && commonType(type, value.type), UNKNOWN)
}

function notApplicable(operator: string, left: Typed, right: Typed, place: SqlPlace): SlsError {
  return sqlFault(place, `'${operator}' cannot be applied to ${showType(left.type)}, ${showType(right.type)}`)
}

function bigintLiteral(digits: string, place: SqlPlace): string {
  if (BigInt(digits) > 9_223_372_036_854_775_807n) throw sqlFault(place, `Invalid numeric literal: ${digits}`)
  return `cast(${digits} as bigint)`
}

/** The value of arithmetic on literals alone. */
function constantValue(node: Expression): number | undefined {
  if (node.type === 'integer') return Number(node.value)
  if (node.type === 'sign') return constantValue(node.value)
  if (node.type !== 'arithmetic') return undefined
  const [left, right] = [constantValue(node.left), constantValue(node.right)]
  if (left === undefined || right === undefined) return undefined
  switch (node.operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    default:
      return undefined
  }
}

function interval({ value, unit, negative, ...place }: NodeOf<'interval'>): Typed {
  if (!/^[+-]?\d{1,9}(?:\.\d{1,3})?$/.test(value) || (value.includes('.') && unit !== 'second')) {
    throw sqlFault(place, `Invalid interval: ${value}`)
  }
  const years = unit === 'month' || unit === 'year'
  const sql =
    unit === 'second' ? `to_milliseconds(${Math.round(Number(value) * 1000)})` : `to_${unit}s(${Number(value)})`
  const kind = years ? 'interval year to month' : 'interval day to second'
  return { sql: negative ? `(- ${sql})` : sql, type: { kind } }
}

/** Times and intervals: what can be added and subtracted. */
function timeArithmetic(operator: string, left: Typed, right: Typed): Typed | undefined {
  const isTime = ({ type }: Typed): boolean => ['date', 'timestamp', 'timestamp with time zone'].includes(type.kind)
  const isInterval = ({ type }: Typed): boolean => type.kind.startsWith('interval')
  const as = (sql: string, { type }: Typed): Typed => ({
    sql: type.kind === 'date' ? `cast(${sql} as date)` : sql,
    type
  })
  const sql = `(${left.sql} ${operator} ${right.sql})`
  if (operator === '+' && isTime(left) && isInterval(right)) return as(sql, left)
  if (operator === '+' && isInterval(left) && isTime(right)) return as(sql, right)
  if (operator === '-' && isTime(left) && isInterval(right)) return as(sql, left)
  if (operator === '-' && left.type.kind === right.type.kind && isTime(left)) {
    const asTimes =
      left.type.kind === 'date' ? `(cast(${left.sql} as timestamp) - cast(${right.sql} as timestamp))` : sql
    return { sql: asTimes, type: { kind: 'interval day to second' } }
  }
  if ((operator === '+' || operator === '-') && isInterval(left) && left.type.kind === right.type.kind)
    return { sql, type: left.type }
  return undefined
}
