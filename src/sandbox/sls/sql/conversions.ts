import { onTheClock, parsed, TIMESTAMP_TEXT } from './functions/time-functions.ts'
import { notServed, type SqlPlace, sqlFault } from './sql-fault.ts'
import { canBecome, duckType, parseType, type SqlType, showType } from './sql-type.ts'
import { coerce, raise, type Typed } from './typed.ts'

const INTEGERS: Readonly<Record<string, string>> = {
  integer: 'INTEGER',
  int: 'INTEGER',
  smallint: 'SMALLINT',
  tinyint: 'TINYINT'
}
const VARCHAR_LENGTH = /^varchar\((\d+)\)$/

/**
 * CAST as Presto does it; DuckDB alone would take more texts for numbers and times, and round otherwise.
 *
 * @throws SlsError ParameterInvalid for types that can't be cast
 */
export function castTo(value: Typed, to: string, zone: string, place: SqlPlace): Typed {
  const length = VARCHAR_LENGTH.exec(to)?.[1]
  const type = typeNamed(length === undefined ? to : 'varchar', place)
  const sql = converted(value, type, zone)
  if (sql === undefined) throw sqlFault(place, `Cannot cast ${showType(value.type)} to ${showType(type)}`)
  if (length !== undefined) return { sql: `left(${sql}, ${length})`, type }
  const narrow = INTEGERS[to]
  return { sql: narrow === undefined ? sql : `cast(cast(${sql} as ${narrow}) as bigint)`, type: withZone(type, zone) }
}

function typeNamed(name: string, place: SqlPlace): SqlType {
  try {
    const type = parseType(name)
    if (type.kind === 'variable' || type.kind === 'function') throw new TypeError(name)
    return type
  } catch (fault) {
    if (fault instanceof TypeError) throw sqlFault(place, `Unknown type: ${name}`)
    throw fault
  }
}

function withZone(type: SqlType, zone: string): SqlType {
  return type.kind === 'timestamp with time zone' ? { ...type, zone } : type
}

function converted(value: Typed, to: SqlType, zone: string): string | undefined {
  const { sql, type } = value
  if (type.kind === 'unknown' || (type.kind === to.kind && canBecome(type, to))) return coerce(value, to)
  switch (to.kind) {
    case 'bigint':
      return toBigint(value)
    case 'double':
      return toDouble(value)
    case 'varchar':
      return textOf(value)
    case 'boolean':
      return toBoolean(value)
    case 'date':
      if (type.kind === 'varchar')
        return parsed(sql, 'date', String.raw`\d{4}-\d{1,2}-\d{1,2}`, 'Value cannot be cast to date')
      return isTime(type) ? `cast(${onTheClock(value, zone)} as date)` : undefined
    case 'timestamp':
      if (type.kind === 'varchar') return parsed(sql, 'timestamp', TIMESTAMP_TEXT, 'Value cannot be cast to timestamp')
      return isTime(type) ? onTheClock(value, zone) : undefined
    case 'timestamp with time zone':
      if (type.kind !== 'timestamp' && type.kind !== 'date') return undefined
      return `timezone('${zone}', ${onTheClock(value, zone)})`
    case 'json':
      return toJson(value)
    case 'array':
    case 'map':
      if (type.kind === 'json') return `cast(${sql} as ${duckType(to)})`
      return type.kind === to.kind ? `cast(${sql} as ${duckType(to)})` : undefined
    default:
      return undefined
  }
}

function isTime({ kind }: SqlType): boolean {
  return kind === 'date' || kind === 'timestamp' || kind === 'timestamp with time zone'
}

function toBigint({ sql, type }: Typed): string | undefined {
  switch (type.kind) {
    case 'double':
      return `cast(round(${sql}) as bigint)`
    case 'boolean':
      return `cast(${sql} as bigint)`
    case 'varchar': {
      const failure = raise('Cannot cast value to BIGINT', { kind: 'bigint' })
      return `case when ${sql} is null or regexp_full_match(${sql}, '[+-]?[0-9]+') then cast(${sql} as bigint) else ${failure} end`
    }
    case 'json':
      return `cast(json_extract_string(${sql}, '$') as bigint)`
    default:
      return undefined
  }
}

function toDouble({ sql, type }: Typed): string | undefined {
  switch (type.kind) {
    case 'boolean':
      return `cast(cast(${sql} as integer) as double)`
    case 'bigint':
      return `cast(${sql} as double)`
    case 'varchar': {
      const form = String.raw`'\s*[+-]?(?:[0-9]+[.]?[0-9]*(?:[eE][+-]?[0-9]+)?|[.][0-9]+(?:[eE][+-]?[0-9]+)?|NaN|Infinity)\s*'`
      const failure = raise('Cannot cast value to DOUBLE', { kind: 'double' })
      return `case when ${sql} is null or regexp_full_match(${sql}, ${form}) then cast(${sql} as double) else ${failure} end`
    }
    case 'json':
      return `cast(json_extract_string(${sql}, '$') as double)`
    default:
      return undefined
  }
}

function toBoolean({ sql, type }: Typed): string | undefined {
  switch (type.kind) {
    case 'bigint':
    case 'double':
      return `(${sql} <> 0)`
    case 'varchar': {
      const failure = raise('Cannot cast value to BOOLEAN', { kind: 'boolean' })
      return `case when lower(${sql}) in ('true', 't', '1') then true when lower(${sql}) in ('false', 'f', '0') then false when ${sql} is null then null else ${failure} end`
    }
    case 'json':
      return `cast(json_extract_string(${sql}, '$') as boolean)`
    default:
      return undefined
  }
}

function textOf(value: Typed): string | undefined {
  const { sql, type } = value
  switch (type.kind) {
    case 'bigint':
    case 'boolean':
    case 'date':
      return `cast(${sql} as varchar)`
    case 'double':
      return `_double_text(${sql})`
    case 'timestamp':
      return `strftime(${sql}, '%Y-%m-%d %H:%M:%S.%g')`
    case 'timestamp with time zone':
      return type.zone === undefined
        ? undefined
        : `(strftime(${onTheClock(value, type.zone)}, '%Y-%m-%d %H:%M:%S.%g') || ' ${type.zone}')`
    case 'json':
      return `case when json_type(${sql}) not in ('OBJECT', 'ARRAY') then json_extract_string(${sql}, '$') end`
    default:
      return undefined
  }
}

/** Structures that hold doubles or times would print otherwise than the service's. */
function toJson({ sql, type }: Typed): string | undefined {
  switch (type.kind) {
    case 'bigint':
    case 'boolean':
    case 'varchar':
      return `to_json(${sql})`
    case 'array':
    case 'map':
      if (/double|date|time|row/.test(showType(type))) throw notServed(`A cast of ${showType(type)} to json`)
      return `to_json(${sql})`
    default:
      return undefined
  }
}
