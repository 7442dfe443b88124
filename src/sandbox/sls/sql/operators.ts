import { sqlFault } from './sql-fault.ts'
import type { Expression } from './sql-tree.ts'
import { BOOLEAN, commonType, isNumber, showType } from './sql-type.ts'
import { commonOf, type NodeOf, notApplicable, type Translates } from './translates.ts'
import { coerce, raise, type Typed } from './typed.ts'

/**
 * `+x`, `-x`: of a number or an interval.
 *
 * @throws SlsError in the service's words, for any other type
 */
export function signed({ operator, value, ...place }: NodeOf<'sign'>, to: Translates): Typed {
  const { sql, type } = to.translate(value)
  if (!isNumber(type) && !type.kind.startsWith('interval')) {
    throw sqlFault(place, `'${operator}' cannot be applied to ${showType(type)}`)
  }
  return { sql: operator === '-' ? `(- ${sql})` : sql, type }
}

/**
 * `+ - * / %`: of numbers, whole ones divided as whole ones; `+ -` of times and intervals.
 *
 * @throws SlsError in the service's words, for types that have no such operation
 */
export function arithmetic(node: NodeOf<'arithmetic'>, to: Translates): Typed {
  const [left, right] = [to.translate(node.left), to.translate(node.right)]
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

/**
 * `||`: of two texts or two arrays.
 *
 * @throws SlsError in the service's words, for other types
 */
export function concatenation(node: NodeOf<'concat'>, to: Translates): Typed {
  const [left, right] = [to.translate(node.left), to.translate(node.right)]
  const type = commonType(left.type, right.type)
  if (type?.kind === 'varchar') return { sql: `(${coerce(left, type)} || ${coerce(right, type)})`, type }
  if (type?.kind === 'array') return { sql: `list_concat(${coerce(left, type)}, ${coerce(right, type)})`, type }
  throw notApplicable('||', left, right, node)
}

/**
 * `= <> < <= > >=`, `is (not) distinct from`: of one common type; maps and JSON have no order.
 *
 * @throws SlsError in the service's words, for types that can not be compared
 */
export function comparison(node: NodeOf<'comparison'>, to: Translates): Typed {
  const [left, right] = [to.translate(node.left), to.translate(node.right)]
  const { operator } = node
  const type = commonType(left.type, right.type)
  const ordered = operator !== '=' && operator !== '<>' && operator !== 'is distinct from'
  if (type === undefined || (ordered && (type.kind === 'map' || type.kind === 'json'))) {
    throw notApplicable(operator.toUpperCase(), left, right, node)
  }
  return { sql: `(${coerce(left, type)} ${operator} ${coerce(right, type)})`, type: BOOLEAN }
}

/**
 * `and`, `or`: of two truth values.
 *
 * @throws SlsError in the service's words, for any other type
 */
export function logical({ operator, left, right }: NodeOf<'logical'>, to: Translates): Typed {
  const one = to.condition(left, 'Left side of logical expression')
  const other = to.condition(right, 'Right side of logical expression')
  return { sql: `(${one} ${operator} ${other})`, type: BOOLEAN }
}

/**
 * `x between low and high`, both ends included: of one common type.
 *
 * @throws SlsError in the service's words, for types that have none
 */
export function between(node: NodeOf<'between'>, to: Translates): Typed {
  const [value, low, high] = [to.translate(node.value), to.translate(node.low), to.translate(node.high)]
  const type = commonOf([value, low, high])
  if (type === undefined) {
    const [a, b, c] = [value, low, high].map((each) => showType(each.type))
    throw sqlFault(node, `Cannot check if ${a} is BETWEEN ${b} and ${c}`)
  }
  const sql = `(${coerce(value, type)} between ${coerce(low, type)} and ${coerce(high, type)})`
  return { sql, type: BOOLEAN }
}

/**
 * An interval literal: `interval '1.5' second`, fractions for seconds only.
 *
 * @throws SlsError in the service's words, for a text that is none
 */
export function interval({ value, unit, negative, ...place }: NodeOf<'interval'>): Typed {
  if (!/^[+-]?\d{1,9}(?:\.\d{1,3})?$/.test(value) || (value.includes('.') && unit !== 'second')) {
    throw sqlFault(place, `Invalid interval: ${value}`)
  }
  const years = unit === 'month' || unit === 'year'
  const sql =
    unit === 'second' ? `to_milliseconds(${Math.round(Number(value) * 1000)})` : `to_${unit}s(${Number(value)})`
  const kind = years ? 'interval year to month' : 'interval day to second'
  return { sql: negative ? `(- ${sql})` : sql, type: { kind } }
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
