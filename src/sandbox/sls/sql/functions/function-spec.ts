import { parseType, type SqlType, splitTopLevel } from '../sql-type.ts'
import type { Typed } from '../typed.ts'

/** One overload of a function. */
export interface FunctionSpec {
  readonly name: string
  readonly kind: 'scalar' | 'aggregate' | 'window'
  readonly parameters: readonly SqlType[]
  /** The last parameter may be given any number of times, none included. */
  readonly variadic: boolean
  readonly result: SqlType
  /** The vendor's page that documents it. */
  readonly page: string
  readonly emit: (call: BoundCall) => string
  readonly typeOf: (call: BoundCall) => SqlType
}

/** A call whose arguments fit an overload and have its types. */
export interface BoundCall {
  readonly args: readonly Typed[]
  readonly result: SqlType
  /** `distinct ` or nothing, for aggregates. */
  readonly distinct: string
  /** FILTER and OVER of the call, for aggregates and window functions. */
  readonly suffix: string
  /** The session's time zone: what a timestamp without one of its own is in. */
  readonly zone: string
  /** Now, epoch ms. */
  readonly nowMs: number
}

/** SQL with `$1`, `$2` .. for the arguments (of aggregates `@` for DISTINCT, `#` for FILTER and OVER), or what makes it. */
export type Template = string | ((call: BoundCall, ...args: string[]) => string)

/** `name(type, type...) result`, its SQL, and its type where the arguments decide more of it than the signature tells. */
export type FunctionRow = readonly [signature: string, template: Template, type?: (call: BoundCall) => SqlType]

/** Functions of one vendor page. */
export function functionsOf(page: string, kind: FunctionSpec['kind'], rows: readonly FunctionRow[]): FunctionSpec[] {
  return rows.map(([signature, template, type]) => ({
    ...parseSignature(signature),
    kind,
    page,
    emit: (call) => fill(template, kind === 'scalar' ? SCALAR_MARKS : ALL_MARKS, call),
    typeOf: (call) => type?.(call) ?? call.result
  }))
}

function parseSignature(text: string): Pick<FunctionSpec, 'name' | 'parameters' | 'variadic' | 'result'> {
  const open = text.indexOf('(')
  let depth = 0
  let close = open
  for (; close < text.length; close += 1) {
    if (text[close] === '(') depth += 1
    if (text[close] === ')') depth -= 1
    if (depth === 0) break
  }
  const inner = text.slice(open + 1, close)
  const variadic = inner.endsWith('...')
  return {
    name: text.slice(0, open),
    variadic,
    parameters: splitTopLevel(variadic ? inner.slice(0, -3) : inner).map(parseType),
    result: parseType(text.slice(close + 1))
  }
}

const SCALAR_MARKS = /\$(\d)/g
const ALL_MARKS = /\$(\d)|@|#/g

function fill(template: Template, marks: RegExp, call: BoundCall): string {
  if (typeof template === 'function') return template(call, ...call.args.map(({ sql }) => sql))
  return template.replace(marks, (mark, at: string | undefined) => {
    if (mark === '@') return call.distinct
    if (mark === '#') return call.suffix
    return call.args[Number(at) - 1]?.sql ?? 'null'
  })
}
