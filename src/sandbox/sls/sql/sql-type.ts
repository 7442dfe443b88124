import { notServed } from './sql-fault.ts'

/** Types of Presto's that the service's SQL knows. `unknown` is NULL's own; it becomes whatever is wanted. */
export type SqlType =
  | { readonly kind: PlainKind }
  /** `zone`: what values print in, where it is known. */
  | { readonly kind: 'timestamp with time zone'; readonly zone?: string | undefined }
  | { readonly kind: 'array'; readonly element: SqlType }
  | { readonly kind: 'map'; readonly key: SqlType; readonly value: SqlType }
  | { readonly kind: 'row'; readonly fields: readonly SqlType[] }
  /** In signatures only: a lambda, and a type that the arguments decide. */
  | { readonly kind: 'function'; readonly parameters: readonly SqlType[]; readonly result: SqlType }
  | { readonly kind: 'variable'; readonly name: string }

type PlainKind =
  | 'unknown'
  | 'boolean'
  | 'bigint'
  | 'double'
  | 'varchar'
  | 'varbinary'
  | 'date'
  | 'timestamp'
  | 'interval day to second'
  | 'interval year to month'
  | 'json'

/** DuckDB's names of the plain types. */
const DUCK_TYPES: Readonly<Record<PlainKind | 'timestamp with time zone', string>> = {
  unknown: 'VARCHAR',
  boolean: 'BOOLEAN',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  varchar: 'VARCHAR',
  varbinary: 'BLOB',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  'timestamp with time zone': 'TIMESTAMPTZ',
  'interval day to second': 'INTERVAL',
  'interval year to month': 'INTERVAL',
  json: 'JSON'
}

export const UNKNOWN: SqlType = { kind: 'unknown' }
export const BOOLEAN: SqlType = { kind: 'boolean' }
export const BIGINT: SqlType = { kind: 'bigint' }
export const DOUBLE: SqlType = { kind: 'double' }
export const VARCHAR: SqlType = { kind: 'varchar' }

/** A type as the service writes it. */
export function showType(type: SqlType): string {
  switch (type.kind) {
    case 'array':
      return `array(${showType(type.element)})`
    case 'map':
      return `map(${showType(type.key)}, ${showType(type.value)})`
    case 'row':
      return `row(${type.fields.map(showType).join(', ')})`
    case 'function':
      return `function(${[...type.parameters, type.result].map(showType).join(', ')})`
    case 'variable':
      return type.name
    default:
      return type.kind
  }
}

/** A type as DuckDB writes it. */
export function duckType(type: SqlType): string {
  switch (type.kind) {
    case 'array':
      return `${duckType(type.element)}[]`
    case 'map':
      return `MAP(${duckType(type.key)}, ${duckType(type.value)})`
    case 'row':
      return `STRUCT(${type.fields.map((field, i) => `f${i} ${duckType(field)}`).join(', ')})`
    case 'function':
    case 'variable':
      throw new TypeError(`${showType(type)} is the type of no value`)
    default:
      return DUCK_TYPES[type.kind]
  }
}

export function sameType(one: SqlType, other: SqlType): boolean {
  return showType(one) === showType(other)
}

/** The type that both can be taken for without a cast, if there is one. */
export function commonType(one: SqlType, other: SqlType): SqlType | undefined {
  if (sameType(one, other)) return one
  if (canBecome(one, other)) return other
  if (canBecome(other, one)) return one
  if (one.kind === 'array' && other.kind === 'array') {
    const element = commonType(one.element, other.element)
    return element && { kind: 'array', element }
  }
  return undefined
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  bigint: ['double'],
  date: ['timestamp', 'timestamp with time zone'],
  timestamp: ['timestamp with time zone']
}

/** Whether Presto takes a value of one type for another without a cast. */
export function canBecome(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'unknown' || sameType(from, to)) return true
  if (from.kind === 'array' && to.kind === 'array') return canBecome(from.element, to.element)
  if (from.kind === 'map' && to.kind === 'map') return canBecome(from.key, to.key) && canBecome(from.value, to.value)
  return WIDER[from.kind]?.includes(to.kind) ?? false
}

export function isNumber({ kind }: SqlType): boolean {
  return kind === 'bigint' || kind === 'double'
}

const ALIASES: Readonly<Record<string, SqlType>> = {
  integer: BIGINT,
  int: BIGINT,
  smallint: BIGINT,
  tinyint: BIGINT,
  'double precision': DOUBLE,
  timestamptz: { kind: 'timestamp with time zone' }
}
const NOT_SERVED = new Set([
  'decimal',
  'real',
  'char',
  'time',
  'ipaddress',
  'ipprefix',
  'hyperloglog',
  'qdigest',
  'time with time zone'
])

/**
 * Reads a type's text: `array(varchar)`, `map(K, V)`. Single capitals are variables of a signature.
 *
 * @throws SlsError NotImplemented for one that the sandbox does not serve; TypeError for no type
 */
export function parseType(text: string): SqlType {
  const [, name = '', inner] = /^([A-Za-z ]+?)\s*(?:\((.*)\))?$/s.exec(text.trim()) ?? []
  const args = inner === undefined ? [] : splitTopLevel(inner)
  if (/^[A-Z]$/.test(name)) return { kind: 'variable', name }
  switch (name) {
    case 'array':
      return { kind: 'array', element: parseType(args[0] ?? '') }
    case 'map':
      return { kind: 'map', key: parseType(args[0] ?? ''), value: parseType(args[1] ?? '') }
    case 'function':
      return { kind: 'function', parameters: args.slice(0, -1).map(parseType), result: parseType(args.at(-1) ?? '') }
    case 'row':
      return { kind: 'row', fields: args.map(parseType) }
    case 'timestamp with time zone':
      return { kind: name }
  }
  if (NOT_SERVED.has(name)) throw notServed(`The type ${name}`)
  const alias = ALIASES[name]
  if (alias !== undefined) return alias
  if (Object.hasOwn(DUCK_TYPES, name)) return { kind: name as PlainKind }
  throw new TypeError(`Unknown type: ${text}`)
}

/** Parts a list at the commas that stand in no parentheses. */
export function splitTopLevel(text: string): string[] {
  const parts = ['']
  let depth = 0
  for (const char of text) {
    if (char === '(') depth += 1
    if (char === ')') depth -= 1
    if (char === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
