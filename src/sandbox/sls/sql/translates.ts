import type { SlsError } from '../sls-error.ts'
import { type SqlPlace, sqlFault } from './sql-fault.ts'
import type { Expression } from './sql-tree.ts'
import { commonType, type SqlType, showType, UNKNOWN } from './sql-type.ts'
import type { Typed } from './typed.ts'

/** What translates the parts of an expression. */
export interface Translates {
  translate(node: Expression): Typed
  /** An expression that must be a truth value. */
  condition(node: Expression, what: string): string
}

export type NodeOf<Type extends Expression['type']> = Extract<Expression, { type: Type }>

/** The type that all of them can take; undefined where there is none. */
export function commonOf(values: readonly Typed[]): SqlType | undefined {
  return values.reduce<SqlType | undefined>((type, value) => type && commonType(type, value.type), UNKNOWN)
}

/** The service's complaint about operands of these types. */
export function notApplicable(operator: string, left: Typed, right: Typed, place: SqlPlace): SlsError {
  return sqlFault(place, `'${operator}' cannot be applied to ${showType(left.type)}, ${showType(right.type)}`)
}
