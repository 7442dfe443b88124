import { sqlFault } from './sql-fault.ts'
import type { Call } from './sql-tree.ts'
import { commonType, showType, UNKNOWN } from './sql-type.ts'
import { commonOf, type NodeOf, notApplicable, type Translates } from './translates.ts'
import { coerce, raise, type Typed } from './typed.ts'

/**
 * `if(test, then [, otherwise])`: null where there is no `otherwise`.
 *
 * @throws SlsError in the service's words, for other arguments
 */
export function ifCall(node: Call, to: Translates): Typed {
  const [test, ...values] = node.args
  if (test === undefined || values.length < 1 || values.length > 2)
    throw sqlFault(node, "Invalid number of arguments for 'if' function")
  const condition = to.condition(test, 'IF condition')
  const [then = { sql: 'null', type: UNKNOWN }, otherwise = { sql: 'null', type: UNKNOWN }] = values.map((each) =>
    to.translate(each)
  )
  const type = commonType(then.type, otherwise.type)
  if (type === undefined) {
    throw sqlFault(node, `Result types for IF must be the same: ${showType(then.type)} and ${showType(otherwise.type)}`)
  }
  return { sql: `(case when ${condition} then ${coerce(then, type)} else ${coerce(otherwise, type)} end)`, type }
}

/**
 * `coalesce(a, b, ...)`: the first that is not null; two or more of one common type.
 *
 * @throws SlsError in the service's words, for other arguments
 */
export function coalesceCall(node: Call, to: Translates): Typed {
  if (node.args.length < 2) throw sqlFault(node, "The 'coalesce' function must have at least two arguments")
  const values = node.args.map((arg) => to.translate(arg))
  const type = commonOf(values)
  if (type === undefined)
    throw sqlFault(node, `All COALESCE operands must be the same type: ${showType(values[0]?.type ?? UNKNOWN)}`)
  return { sql: `coalesce(${values.map((value) => coerce(value, type)).join(', ')})`, type }
}

/**
 * `nullif(a, b)`: null where both are equal, else `a`.
 *
 * @throws SlsError in the service's words, for other arguments
 */
export function nullifCall(node: Call, to: Translates): Typed {
  const [one, other] = node.args.map((arg) => to.translate(arg))
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

/**
 * `try(x)`: null where the evaluation of `x` fails.
 *
 * @throws SlsError in the service's words, for any other number of arguments
 */
export function tryCall(node: Call, to: Translates): Typed {
  const { sql, type } = onlyArgument(node, to)
  return { sql: `try(${sql})`, type }
}

/**
 * The argument of a function of one.
 *
 * @throws SlsError in the service's words, for any other number of arguments
 */
export function onlyArgument(node: Call, to: Translates): Typed {
  const [only, ...more] = node.args
  if (only === undefined || more.length > 0)
    throw sqlFault(node, `The '${node.name}' function must have exactly one argument`)
  return to.translate(only)
}

/**
 * `array[a, b, ...]`: of one common type.
 *
 * @throws SlsError in the service's words, for items that have none
 */
export function arrayLiteral(node: NodeOf<'array'>, to: Translates): Typed {
  const items = node.items.map((item) => to.translate(item))
  const element = items.length === 0 ? UNKNOWN : commonOf(items)
  if (element === undefined)
    throw sqlFault(node, `All ARRAY elements must be the same type: ${showType(items[0]?.type ?? UNKNOWN)}`)
  return { sql: `[${items.map((item) => coerce(item, element)).join(', ')}]`, type: { kind: 'array', element } }
}

/**
 * `array[1]`, from 1, or `map[key]`; an index or key that is not there fails when the row is read.
 *
 * @throws SlsError in the service's words, for any other base or index
 */
export function subscript(node: NodeOf<'subscript'>, to: Translates): Typed {
  const base = to.translate(node.base)
  const index = to.translate(node.index)
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
