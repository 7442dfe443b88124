import { FUNCTIONS, KNOWN_ELSEWHERE } from './functions/function-catalogue.ts'
import type { BoundCall, FunctionSpec } from './functions/function-spec.ts'
import { notServed, type SqlPlace, sqlFault } from './sql-fault.ts'
import { canBecome, commonType, type SqlType, showType, UNKNOWN } from './sql-type.ts'
import { coerce, type Typed } from './typed.ts'

/** An argument: an expression, or a lambda that is translated once the types of its parameters are known. */
export type Argument =
  | Typed
  | { readonly lambda: (parameters: readonly SqlType[]) => Typed | undefined; readonly arity: number }

/** The overloads of a name. @throws SlsError */
export function overloadsOf(name: string, place: SqlPlace): readonly FunctionSpec[] {
  const overloads = FUNCTIONS.get(name)
  if (overloads !== undefined) return overloads
  if (KNOWN_ELSEWHERE.has(name)) throw notServed(`The function ${name}`)
  throw sqlFault(place, `Function ${name} not registered`)
}

/**
 * Finds the overload that takes these arguments: the first that takes their very types, else the first that they can
 * become.
 *
 * @throws SlsError ParameterInvalid when there is none
 */
export function resolveCall(
  name: string,
  args: readonly Argument[],
  rest: Omit<BoundCall, 'args' | 'result'>,
  place: SqlPlace
): Typed {
  const overloads = overloadsOf(name, place)
  for (const exact of [true, false]) {
    for (const spec of overloads) {
      const call = fitCall(spec, args, exact, rest)
      if (call !== undefined) return { sql: `(${spec.emit(call)})`, type: spec.typeOf(call) }
    }
  }
  const given = args.map((arg) => ('type' in arg ? showType(arg.type) : 'function')).join(', ')
  const expected = overloads.map((spec) => `${name}(${spec.parameters.map(showType).join(', ')})`).join(', ')
  throw sqlFault(place, `Unexpected parameters (${given}) for function ${name}. Expected: ${expected}`)
}

function fitCall(
  spec: FunctionSpec,
  args: readonly Argument[],
  exact: boolean,
  rest: Omit<BoundCall, 'args' | 'result'>
): BoundCall | undefined {
  const parameters = parametersFor(spec, args.length)
  if (parameters === undefined) return undefined
  const bound = new Map<string, SqlType>()
  for (const [i, parameter] of parameters.entries()) {
    const arg = args[i]
    if (arg !== undefined && 'type' in arg && !unify(parameter, arg.type, exact, bound)) return undefined
  }
  const fitted: Typed[] = []
  for (const [i, parameter] of parameters.entries()) {
    const arg = args[i]
    const found = arg && ('type' in arg ? fitValue(arg, parameter, bound) : fitLambda(arg, parameter, bound))
    if (found === undefined) return undefined
    fitted.push(found)
  }
  return { ...rest, args: fitted, result: substitute(spec.result, bound) }
}

function parametersFor({ parameters, variadic }: FunctionSpec, count: number): readonly SqlType[] | undefined {
  const last = parameters.at(-1)
  if (!variadic || last === undefined) return parameters.length === count ? parameters : undefined
  const fixed = parameters.slice(0, -1)
  return count < fixed.length ? undefined : [...fixed, ...Array.from({ length: count - fixed.length }, () => last)]
}

function fitValue(arg: Typed, parameter: SqlType, bound: ReadonlyMap<string, SqlType>): Typed | undefined {
  const type = substitute(parameter, bound)
  if (!canBecome(arg.type, type)) return undefined
  // Where the zone is known it goes on.
  if (arg.type.kind === type.kind && type.kind === 'timestamp with time zone') return arg
  return { ...arg, sql: coerce(arg, type), type }
}

function fitLambda(
  arg: Extract<Argument, { arity: number }>,
  parameter: SqlType,
  bound: Map<string, SqlType>
): Typed | undefined {
  if (parameter.kind !== 'function' || parameter.parameters.length !== arg.arity) return undefined
  const translated = arg.lambda(parameter.parameters.map((type) => substitute(type, bound)))
  return translated !== undefined && unify(parameter.result, translated.type, false, bound) ? translated : undefined
}

/** Whether a value fits a parameter; what the parameter's variables stand for is noted in `bound`. */
function unify(parameter: SqlType, type: SqlType, exact: boolean, bound: Map<string, SqlType>): boolean {
  if (parameter.kind === 'variable') {
    const known = bound.get(parameter.name)
    const common = known === undefined ? type : commonType(known, type)
    if (common === undefined) return false
    bound.set(parameter.name, common)
    return true
  }
  if (type.kind === 'unknown') return true
  if (parameter.kind === 'array' && type.kind === 'array') return unify(parameter.element, type.element, exact, bound)
  if (parameter.kind === 'map' && type.kind === 'map') {
    return unify(parameter.key, type.key, exact, bound) && unify(parameter.value, type.value, exact, bound)
  }
  return exact ? parameter.kind === type.kind : canBecome(type, parameter)
}

function substitute(type: SqlType, bound: ReadonlyMap<string, SqlType>): SqlType {
  switch (type.kind) {
    case 'variable':
      return bound.get(type.name) ?? UNKNOWN
    case 'array':
      return { kind: 'array', element: substitute(type.element, bound) }
    case 'map':
      return { kind: 'map', key: substitute(type.key, bound), value: substitute(type.value, bound) }
    case 'row':
      return { kind: 'row', fields: type.fields.map((field) => substitute(field, bound)) }
    default:
      return type
  }
}
