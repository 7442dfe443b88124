import { sqlText } from '../../database.ts'
import { notServed } from '../sql-fault.ts'
import { raise, type Typed } from '../typed.ts'
import { type BoundCall, type FunctionSpec, functionsOf, type Template } from './function-spec.ts'
import { literal } from './text-functions.ts'
import { duckFormat, duckJodaFormat } from './time-format.ts'

/** The service takes a time as seconds since 1970 and as text too, where Presto knows timestamps only. */
const ANY_TIME = ['timestamp', 'timestamp with time zone', 'date', 'bigint', 'double', 'varchar'] as const
const TIMES = ['timestamp', 'timestamp with time zone', 'date'] as const
const UNITS = ['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year']
const FIELDS: Readonly<Record<string, string>> = {
  year: 'year($)',
  quarter: 'quarter($)',
  month: 'month($)',
  week: 'week($)',
  week_of_year: 'week($)',
  day: 'day($)',
  day_of_month: 'day($)',
  day_of_week: 'isodow($)',
  dow: 'isodow($)',
  day_of_year: 'dayofyear($)',
  doy: 'dayofyear($)',
  hour: 'hour($)',
  minute: 'minute($)',
  second: 'second($)',
  millisecond: 'millisecond($) % 1000',
  year_of_week: 'isoyear($)',
  yow: 'isoyear($)'
}

/** Times and dates (SLS "Date and time functions"). A timestamp without a zone of its own is in the session's. */
export const TIME_FUNCTIONS: readonly FunctionSpec[] = functionsOf('SLS "Date and time functions"', 'scalar', [
  ['now() timestamp with time zone', ({ nowMs }) => instant(nowMs), sessionZone],
  ['current_timestamp() timestamp with time zone', ({ nowMs }) => instant(nowMs), sessionZone],
  ['localtimestamp() timestamp', ({ nowMs, zone }) => `timezone(${sqlText(zone)}, ${instant(nowMs)})`],
  ['current_date() date', ({ nowMs, zone }) => `cast(timezone(${sqlText(zone)}, ${instant(nowMs)}) as date)`],
  ['current_timezone() varchar', ({ zone }) => sqlText(zone)],
  ['from_unixtime(bigint) timestamp', (call) => localTime(call, 0)],
  ['from_unixtime(double) timestamp', (call) => localTime(call, 0)],
  ['from_unixtime(bigint, varchar) timestamp with time zone', 'make_timestamptz($1 * 1000000)', namedZone],
  ['from_unixtime(double, varchar) timestamp with time zone', 'make_timestamptz(_millis($1) * 1000)', namedZone],
  ['at_timezone(timestamp with time zone, varchar) timestamp with time zone', '$1', namedZone],
  ['from_iso8601_timestamp(varchar) timestamp with time zone', ({ zone }, text) => isoInstant(text, zone)],
  ['from_iso8601_date(varchar) date', (_, text) => parsed(text, 'date', String.raw`\d{4}-\d\d-\d\d`, 'Invalid format')],
  ['to_iso8601(date) varchar', 'cast($1 as varchar)'],
  ...over(TIMES, 'to_unixtime(X) double', (call) => `epoch(${instantOf(call, 0)})`),
  ['to_unixtime(varchar) double', (call) => `epoch(${instantOf(call, 0)})`],
  ...over(ANY_TIME, 'date_format(X, varchar) varchar', (call) => format(call, duckFormat)),
  [
    'date_parse(varchar, varchar) timestamp',
    (call, text) => `strptime(${text}, ${sqlText(duckFormat(formatText(call)))})`
  ],
  ...over(TIMES, 'format_datetime(X, varchar) varchar', (call) => format(call, duckJodaFormat)),
  [
    'parse_datetime(varchar, varchar) timestamp',
    (call, text) => `strptime(${text}, ${sqlText(duckJodaFormat(formatText(call)))})`
  ],
  ...over(
    ['timestamp', 'bigint', 'double', 'varchar'],
    'date_trunc(varchar, X) timestamp',
    (call) => `date_trunc(${unit(call)}, ${localTime(call, 1)})`
  ),
  [
    'date_trunc(varchar, timestamp with time zone) timestamp with time zone',
    (call) => `timezone(${sqlText(zoneOf(call.args[1]))}, date_trunc(${unit(call)}, ${localTime(call, 1)}))`,
    ({ args }) => args[1]?.type ?? { kind: 'unknown' }
  ],
  ['date_trunc(varchar, date) date', (call, _, date) => `cast(date_trunc(${unit(call)}, ${date}) as date)`],
  ...over(
    ['timestamp', 'varchar'],
    'date_add(varchar, bigint, X) timestamp',
    (call) => `(${localTime(call, 2)} + ${span(call)})`
  ),
  [
    'date_add(varchar, bigint, timestamp with time zone) timestamp with time zone',
    (call, _, __, time) => `(${time} + ${span(call)})`,
    ({ args }) => args[2]?.type ?? { kind: 'unknown' }
  ],
  ['date_add(varchar, bigint, date) date', (call, _, __, date) => `cast(${date} + ${span(call)} as date)`],
  // DuckDB's date_diff counts the bounds between two times, Presto's the whole units.
  ...over(
    ['timestamp', 'varchar', 'date'],
    'date_diff(varchar, X, X) bigint',
    (call) => `date_sub(${unit(call)}, ${localTime(call, 1)}, ${localTime(call, 2)})`
  ),
  [
    'date_diff(varchar, timestamp with time zone, timestamp with time zone) bigint',
    (call, _, from, to) => `date_sub(${unit(call)}, ${from}, ${to})`
  ],
  [
    'date(varchar) date',
    (_, text) => parsed(text, 'date', String.raw`\d{4}-\d{1,2}-\d{1,2}`, 'Value cannot be cast to date')
  ],
  ...over(TIMES, 'date(X) date', (call) => `cast(${localTime(call, 0)} as date)`),
  ...over(TIMES, 'last_day_of_month(X) date', (call) => `last_day(${localTime(call, 0)})`),
  ...Object.entries(FIELDS).flatMap(([name, sql]) =>
    over(TIMES, `${name}(X) bigint`, (call) => `cast(${sql.replace('$', localTime(call, 0))} as bigint)`)
  )
])

function over(types: readonly string[], signature: string, template: Template) {
  return types.map((type) => [signature.replaceAll('X', type), template] as const)
}

/** A text to a date or a timestamp as Presto reads it: DuckDB alone would take more forms. */
export function parsed(text: string, to: 'date' | 'timestamp', pattern: string, fault: string): string {
  const form = sqlText(`\\s*${pattern}\\s*`)
  const failure = raise(fault, { kind: to })
  return `case when ${text} is null or regexp_full_match(${text}, ${form}) then cast(${text} as ${to}) else ${failure} end`
}

/** `2020-01-02 03:04:05.678`; the parts of the day may be missing from the right. */
export const TIMESTAMP_TEXT = String.raw`\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{1,2}(?::\d{1,2}(?:[.]\d{1,3})?)?)?`

/** An argument as a time on the clock of its zone. */
function localTime({ args, zone }: BoundCall, at: number): string {
  const arg = args[at]
  if (arg === undefined) throw new RangeError('A time function has a time')
  return onTheClock(arg, zone)
}

/** A value of any time type as DuckDB's TIMESTAMP. */
export function onTheClock(arg: Typed, zone: string): string {
  const { sql, type } = arg
  switch (type.kind) {
    case 'bigint':
      return fromMicros(`(${sql}) * 1000000`, zone)
    case 'double':
      return fromMicros(`_millis(${sql}) * 1000`, zone)
    case 'varchar':
      return parsed(sql, 'timestamp', TIMESTAMP_TEXT, 'Value cannot be cast to timestamp')
    case 'timestamp with time zone':
      return `timezone(${sqlText(zoneOf(arg))}, ${sql})`
    case 'date':
      return `cast(${sql} as timestamp)`
    default:
      return sql
  }
}

function fromMicros(micros: string, zone: string): string {
  return zone === 'UTC' ? `make_timestamp(${micros})` : `timezone(${sqlText(zone)}, make_timestamptz(${micros}))`
}

/** An argument as DuckDB's TIMESTAMPTZ. */
function instantOf({ args, zone }: BoundCall, at: number): string {
  const arg = args[at]
  if (arg === undefined) throw new RangeError('A time function has a time')
  return arg.type.kind === 'timestamp with time zone' ? arg.sql : `timezone(${sqlText(zone)}, ${onTheClock(arg, zone)})`
}

function instant(ms: number): string {
  return `make_timestamptz(${Math.trunc(ms) * 1000})`
}

/** Each value has a zone of its own in Presto; here only where the statement tells one for all. */
function zoneOf({ type }: Pick<Typed, 'type'> = { type: { kind: 'unknown' } }): string {
  if (type.kind === 'timestamp with time zone' && type.zone !== undefined) return type.zone
  throw notServed('The clock of a time whose zone the statement does not tell (add: at time zone)')
}

function sessionZone({ zone }: BoundCall) {
  return { kind: 'timestamp with time zone', zone } as const
}

function namedZone(call: BoundCall) {
  return { kind: 'timestamp with time zone', zone: literal(call, 1, 'A time zone that is no literal') } as const
}

function isoInstant(text: string, zone: string): string {
  const form = String.raw`\d{4}-\d\d-\d\d(?:T\d\d(?::\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?`
  const here = `timezone(${sqlText(zone)}, cast(${text} as timestamp))`
  const found = String.raw`case when regexp_matches(${text}, 'T.*(?:Z|[+-]\d\d(?::?\d\d)?)$') then cast(${text} as timestamptz) else ${here} end`
  const failure = raise('Invalid format', { kind: 'timestamp with time zone' })
  return `case when ${text} is null or regexp_full_match(${text}, ${sqlText(form)}) then ${found} else ${failure} end`
}

function format(call: BoundCall, toDuck: (format: string) => string): string {
  return `strftime(${localTime(call, 0)}, ${sqlText(toDuck(formatText(call)))})`
}

function formatText(call: BoundCall): string {
  return literal(call, 1, 'A time format that is no literal')
}

function unit(call: BoundCall): string {
  const name = literal(call, 0, 'A time unit that is no literal').toLowerCase()
  if (!UNITS.includes(name)) throw notServed(`The time unit ${name}`)
  return sqlText(name)
}

/** The second argument as so many units of the first. */
function span(call: BoundCall): string {
  const name = unit(call).slice(1, -1)
  return `to_${name}s(cast(${call.args[1]?.sql} as ${name === 'millisecond' || name === 'second' || name === 'minute' || name === 'hour' ? 'bigint' : 'integer'}))`
}
