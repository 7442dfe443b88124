import {
  DuckDBBlobValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  type DuckDBValue
} from '@duckdb/node-api'
import type { SqlType } from './sql/sql-type.ts'

/** Prints a column's values as the service does: everything is text, a missing value is `null`. */
export function printerOf(type: SqlType): (value: DuckDBValue) => string {
  switch (type.kind) {
    case 'double':
      return (value) => (typeof value === 'number' ? printDouble(value) : 'null')
    case 'timestamp':
      return (value) => printTime(value)
    case 'timestamp with time zone':
      return (value) => (value === null ? 'null' : printZoned(value, type.zone ?? 'UTC'))
    case 'array':
    case 'map':
    case 'row':
      return (value) => (value === null ? 'null' : jsonText(value, type))
    default:
      return printPlain
  }
}

function printPlain(value: DuckDBValue): string {
  if (value === null) return 'null'
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64')
  if (value instanceof DuckDBIntervalValue) return printInterval(value)
  return String(value)
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

function microsOf(value: DuckDBValue): bigint | undefined {
  if (value === null || typeof value !== 'object' || !('micros' in value)) return undefined
  return typeof value.micros === 'bigint' ? value.micros : undefined
}

function printTime(value: DuckDBValue): string {
  const micros = microsOf(value)
  if (micros === undefined) return printPlain(value)
  const time = new Date(Number(micros / 1000n))
  return Number.isNaN(time.getTime()) ? String(value) : time.toISOString().replace('T', ' ').replace('Z', '')
}

/** `2021-01-12 17:16:09.035 Asia/Shanghai` */
function printZoned(value: DuckDBValue, zone: string): string {
  const micros = microsOf(value)
  if (micros === undefined) return printPlain(value)
  const time = new Date(Number(micros / 1000n))
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return `${format.format(time)}.${String(time.getUTCMilliseconds()).padStart(3, '0')} ${zone}`
}

/** Presto's: days and the time of the day, or years and months. */
function printInterval({ months, days, micros }: DuckDBIntervalValue): string {
  if (months !== 0) return `${Math.trunc(months / 12)}-${Math.abs(months % 12)}`
  const ms = BigInt(days) * 86_400_000n + micros / 1000n
  const size = ms < 0n ? -ms : ms
  const part = (by: bigint, of: bigint, width: number): string => String((size / by) % of).padStart(width, '0')
  const time = `${part(3_600_000n, 24n, 2)}:${part(60_000n, 60n, 2)}:${part(1000n, 60n, 2)}.${part(1n, 1000n, 3)}`
  return `${ms < 0n ? '-' : ''}${size / 86_400_000n} ${time}`
}

const BARE_IN_JSON: ReadonlySet<string> = new Set(['bigint', 'double', 'boolean', 'json'])

/** A value inside a structure, as JSON with the digits of Java's numbers. */
function jsonText(value: DuckDBValue, type: SqlType): string {
  if (value === null) return 'null'
  if (type.kind === 'array' && value instanceof DuckDBListValue) {
    return `[${value.items.map((item) => jsonText(item, type.element)).join(',')}]`
  }
  if (type.kind === 'map' && value instanceof DuckDBMapValue) {
    const entries = value.entries.map(({ key, value: held }) => {
      return `${JSON.stringify(printerOf(type.key)(key))}:${jsonText(held, type.value)}`
    })
    return `{${entries.join(',')}}`
  }
  if (type.kind === 'row' && value instanceof DuckDBStructValue) {
    const fields = Object.values(value.entries)
    return `[${type.fields.map((field, i) => jsonText(fields[i] ?? null, field)).join(',')}]`
  }
  const text = printerOf(type)(value)
  return BARE_IN_JSON.has(type.kind) ? text : JSON.stringify(text)
}
