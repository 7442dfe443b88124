import type { SqlPlace } from './sql-fault.ts'

/** One part of a dotted name. Unquoted names are the same in either case; so are quoted ones to the service. */
export interface NamePart {
  readonly text: string
  readonly quoted: boolean
}

/** An expression as Presto's grammar knows it (Presto "SQL language"). */
export type Expression = SqlPlace &
  (
    | { readonly type: 'null' }
    | { readonly type: 'boolean'; readonly value: boolean }
    | { readonly type: 'integer'; readonly value: string }
    | { readonly type: 'decimal' | 'string'; readonly value: string }
    /** `timestamp '...'`, `date '...'` */
    | { readonly type: 'typed'; readonly name: string; readonly value: string }
    | { readonly type: 'interval'; readonly value: string; readonly unit: string; readonly negative: boolean }
    | { readonly type: 'name'; readonly parts: readonly NamePart[] }
    | { readonly type: 'sign'; readonly operator: '-' | '+'; readonly value: Expression }
    | {
        readonly type: 'arithmetic'
        readonly operator: Arithmetic
        readonly left: Expression
        readonly right: Expression
      }
    | { readonly type: 'concat'; readonly left: Expression; readonly right: Expression }
    | {
        readonly type: 'comparison'
        readonly operator: Comparison
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly type: 'logical'
        readonly operator: 'and' | 'or'
        readonly left: Expression
        readonly right: Expression
      }
    | { readonly type: 'not'; readonly value: Expression }
    | { readonly type: 'isNull'; readonly value: Expression }
    | { readonly type: 'between'; readonly value: Expression; readonly low: Expression; readonly high: Expression }
    | { readonly type: 'in'; readonly value: Expression; readonly items: readonly Expression[] }
    | { readonly type: 'inQuery'; readonly value: Expression; readonly query: Query }
    | {
        readonly type: 'like'
        readonly value: Expression
        readonly pattern: Expression
        readonly escape: Expression | undefined
      }
    | {
        readonly type: 'case'
        readonly operand: Expression | undefined
        readonly whens: ReadonlyArray<{ readonly when: Expression; readonly result: Expression }>
        readonly otherwise: Expression | undefined
      }
    | { readonly type: 'cast'; readonly value: Expression; readonly to: string; readonly tolerant: boolean }
    | Call
    | { readonly type: 'lambda'; readonly parameters: readonly string[]; readonly body: Expression }
    | { readonly type: 'array'; readonly items: readonly Expression[] }
    | { readonly type: 'subscript'; readonly base: Expression; readonly index: Expression }
    | { readonly type: 'query' | 'exists'; readonly query: Query }
    | { readonly type: 'atTimeZone'; readonly value: Expression; readonly zone: Expression }
  )

/** A function call; `args` of `count(*)` are none and `star` is set. */
export interface Call extends SqlPlace {
  readonly type: 'call'
  readonly name: string
  readonly args: readonly Expression[]
  readonly star: boolean
  readonly distinct: boolean
  readonly filter: Expression | undefined
  readonly over: WindowFrame | undefined
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%'
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'is distinct from'

/** What stands in `over (...)`. */
export interface WindowFrame {
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly frame: FrameBounds | undefined
}

export interface FrameBounds {
  readonly unit: 'rows' | 'range'
  readonly start: FrameBound
  readonly end: FrameBound | undefined
}

/** `unbounded` and `current` have no distance. */
export type FrameBound =
  | {
      readonly kind: 'unbounded' | 'distance'
      readonly side: 'preceding' | 'following'
      readonly distance?: Expression
    }
  | { readonly kind: 'current' }

export interface SortItem {
  readonly value: Expression
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** A query with what stands before and behind its body. */
export interface Query extends SqlPlace {
  readonly with: ReadonlyArray<{ readonly name: string; readonly columns: readonly string[]; readonly query: Query }>
  readonly body: QueryBody
  readonly orderBy: readonly SortItem[]
  readonly limit: { readonly offset: string; readonly count: string } | undefined
}

export type QueryBody =
  | Select
  | (SqlPlace & { readonly type: 'values'; readonly rows: ReadonlyArray<readonly Expression[]> })
  | (SqlPlace & { readonly type: 'nested'; readonly query: Query })
  | (SqlPlace & {
      readonly type: 'set'
      readonly operator: 'union' | 'intersect' | 'except'
      readonly all: boolean
      readonly left: QueryBody
      readonly right: QueryBody
    })

export interface Select extends SqlPlace {
  readonly type: 'select'
  readonly distinct: boolean
  readonly items: readonly SelectItem[]
  readonly from: FromItem | undefined
  readonly where: Expression | undefined
  readonly groupBy: readonly GroupItem[]
  readonly having: Expression | undefined
}

export type SelectItem = SqlPlace &
  (
    | { readonly type: 'star'; readonly of: string | undefined }
    | { readonly type: 'value'; readonly value: Expression; readonly alias: string | undefined }
  )

export type GroupItem =
  | { readonly kind: 'simple'; readonly value: Expression }
  | { readonly kind: 'rollup' | 'cube'; readonly values: readonly Expression[] }
  | { readonly kind: 'sets'; readonly sets: ReadonlyArray<readonly Expression[]> }

/** An alias, and names for the columns where given. */
export interface Alias {
  readonly name: string
  readonly columns: readonly string[]
}

export type FromItem = SqlPlace &
  (
    | { readonly type: 'table'; readonly name: string; readonly alias: Alias | undefined }
    | { readonly type: 'derived'; readonly query: Query; readonly alias: Alias | undefined }
    | {
        readonly type: 'unnest'
        readonly values: readonly Expression[]
        readonly ordinality: boolean
        readonly alias: Alias | undefined
      }
    | {
        readonly type: 'join'
        readonly kind: 'cross' | 'inner' | 'left' | 'right' | 'full'
        readonly left: FromItem
        readonly right: FromItem
        readonly on: Expression | undefined
        readonly using: readonly string[]
      }
  )
