/**
 * The service's SQL is Presto's dialect; these make DuckDB understand its functions. They live in the database's main
 * schema; a macro that shadows a built-in of the same name calls it as `system.main.<name>`.
 */
export const PRESTO_MACROS: readonly string[] = [
  // Seconds since 1970 (number or text), a timestamp, or its text: the service's date functions take all of them.
  `_ts(x) as coalesce(
     make_timestamp((try_cast(x::varchar as double) * 1e6)::bigint), try_cast(x::varchar as timestamp),
     try_cast(x::varchar as timestamptz)::timestamp)`,
  'from_unixtime(x) as make_timestamp((x::double * 1e6)::bigint)',
  'to_unixtime(x) as system.main.epoch(_ts(x))',
  'from_iso8601_timestamp(x) as try_cast(x as timestamptz)::timestamp',
  `to_iso8601(x) as strftime(_ts(x), '%Y-%m-%dT%H:%M:%S.%gZ')`,
  'date_trunc(u, x) as system.main.date_trunc(u, _ts(x))',
  'day_of_week(x) as isodow(_ts(x))',
  `date_add(u, n, x) as _ts(x) + case lower(u)
     when 'second' then to_seconds(n) when 'minute' then to_minutes(n) when 'hour' then to_hours(n)
     when 'day' then to_days(n) when 'week' then to_days(7 * n) when 'month' then to_months(n) else to_years(n) end`,
  dateFormat(),
  'approx_distinct(x) as approx_count_distinct(x)',
  'approx_percentile(x, p) as approx_quantile(x, p)',
  'count_if(x) as count(case when x then 1 end)',
  // DuckDB refuses duplicate keys; Presto keeps the first.
  `map_agg(k, v) as map_from_entries(list_filter(list({k: k, v: v}), (entry, i) ->
     list_position(list_transform(list({k: k, v: v}), other -> other.k), entry.k) = i))`,
  'array_join(a, d) as array_to_string(a, d)',
  'element_at(c, k) as c[k]',
  'json_extract_scalar(j, p) as case when json_valid(j) then json_extract_string(j, p) end',
  'json_parse(j) as try_cast(j as json)',
  'json_format(j) as j::varchar',
  'regexp_like(s, p) as regexp_matches(s, p)',
  `regexp_replace(s, p, r) as system.main.regexp_replace(s, p, r, 'g'),
     (s, p) as system.main.regexp_replace(s, p, '', 'g')`,
  `regexp_extract(s, p) as case when regexp_matches(s, p) then system.main.regexp_extract(s, p) end,
     (s, p, g) as case when regexp_matches(s, p) then system.main.regexp_extract(s, p, g) end`,
  // DuckDB's own leaves NULL arguments out; Presto's answers NULL.
  'concat(a, b) as a || b, (a, b, c) as a || b || c, (a, b, c, d) as a || b || c || d'
]

/**
 * MySQL's format letters, as Presto takes them, one by one: DuckDB's strftime wants a constant format, so each letter is
 * replaced by what strftime gives for it.
 */
function dateFormat(): string {
  const letters: ReadonlyArray<readonly [mysql: string, strftime: string]> = [
    ['%Y', '%Y'],
    ['%y', '%y'],
    ['%m', '%m'],
    ['%d', '%d'],
    ['%H', '%H'],
    ['%i', '%M'],
    ['%s', '%S'],
    ['%S', '%S'],
    ['%M', '%B'],
    ['%b', '%b'],
    ['%a', '%a'],
    ['%W', '%A'],
    ['%j', '%j'],
    ['%f', '%f'],
    ['%p', '%p'],
    ['%h', '%I'],
    ['%T', '%H:%M:%S']
  ]
  const body = letters.reduce(
    (text, [mysql, strftime]) => `replace(${text}, '${mysql}', strftime(_ts(t), '${strftime}'))`,
    'f'
  )
  return `date_format(t, f) as ${body}`
}
