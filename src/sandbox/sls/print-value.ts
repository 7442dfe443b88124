import {
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue
} from '@duckdb/node-api'

/** Prints a column's values as the service does: everything is text, a missing value is `null`. */
export function valuePrinter(type: DuckDBType): (value: DuckDBValue) => string {
  const number = type.typeId === DuckDBTypeId.DOUBLE || type.typeId === DuckDBTypeId.FLOAT ? printDouble : String
  return (value) => (typeof value === 'number' ? number(value) : printValue(value))
}

const TYPE_NAMES: Partial<Record<DuckDBTypeId, string>> = {
  [DuckDBTypeId.TINYINT]: 'bigint',
  [DuckDBTypeId.SMALLINT]: 'bigint',
  [DuckDBTypeId.INTEGER]: 'bigint',
  [DuckDBTypeId.BIGINT]: 'bigint',
  [DuckDBTypeId.UBIGINT]: 'bigint',
  [DuckDBTypeId.HUGEINT]: 'bigint',
  [DuckDBTypeId.DOUBLE]: 'double',
  [DuckDBTypeId.FLOAT]: 'double',
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamp with time zone',
  [DuckDBTypeId.LIST]: 'array',
  [DuckDBTypeId.MAP]: 'map',
  [DuckDBTypeId.DECIMAL]: 'decimal'
}

/** A column's type as the service names it. */
export function typeName(type: DuckDBType): string {
  return TYPE_NAMES[type.typeId] ?? 'varchar'
}

/** The service's engine is Java: 1.0, 0.001, 1.0E7. */
function printDouble(value: number): string {
  const size = Math.abs(value)
  if (value === 0) return '0.0'
  if (!Number.isFinite(value)) return String(value)
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`
}

function printValue(value: DuckDBValue): string {
  if (value === null) return 'null'
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return printTime(value)
  if (value instanceof DuckDBListValue || value instanceof DuckDBMapValue || value instanceof DuckDBStructValue) {
    return JSON.stringify(toJson(value))
  }
  return String(value)
}

function printTime(value: DuckDBTimestampValue | DuckDBTimestampTZValue): string {
  const time = new Date(Number(value.micros / 1000n))
  return Number.isNaN(time.getTime()) ? value.toString() : time.toISOString().replace('T', ' ').replace('Z', '')
}

function toJson(value: DuckDBValue): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (value instanceof DuckDBListValue) return value.items.map(toJson)
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map((entry) => [printValue(entry.key), toJson(entry.value)]))
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, inner]) => [key, toJson(inner)]))
  }
  return printValue(value)
}
