/**
 * What Presto's functions need beyond DuckDB's own, kept in the database's main schema. Parameters of lambdas are named `q`
 * and `p` here and nowhere else: a macro's argument may stand inside another lambda.
 */
export const PRESTO_MACROS: readonly string[] = [
  // Java's: half away from zero, and no cleverer about binary fractions than a multiplication.
  '_round(x, n) as sign(x) * floor(abs(x) * pow(10, n) + 0.5) / pow(10, n)',
  // One step of Newton's takes off the last bit that DuckDB's cube root is wrong by.
  '_cbrt(x, c) as case when x = 0 then x else c - (c * c * c - x) / (3 * c * c) end',
  '_millis(s) as cast(floor(s * 1000 + 0.5) as bigint)',
  '_holds(a, x) as list_position(a, x) is not null',
  '_distinct(a) as list_filter(a, lambda q, p: list_position(a, q) = p)',
  // Presto keeps the first value of a key; DuckDB refuses a second one.
  `_first_entries(es) as map_from_entries(list_filter(es, lambda q, p: q.k is not null and
     list_position(list_transform(es, lambda q: q.k), q.k) = p))`,
  `_grouped_entries(es) as map_from_entries(list_transform(
     list_sort(list_distinct(list_transform(es, lambda q: q.k))),
     lambda q: struct_pack(k := q, v := list_transform(list_filter(es, lambda p: p.k = q), lambda p: p.v))))`,
  `_split_part(s, d, n) as case when n between 1 and len(string_split(s, d)) then split_part(s, d, cast(n as integer)) end`,
  `_split(s, d, n) as case when len(string_split(s, d)) <= n then string_split(s, d)
     else list_append(list_slice(string_split(s, d), 1, n - 1),
       array_to_string(list_slice(string_split(s, d), n, len(string_split(s, d))), d)) end`,
  `_is_split(s, d, k) as s is null or len(list_filter(string_split(s, d), lambda q: len(string_split(q, k)) <> 2)) = 0`,
  `_split_to_map(s, d, k) as map_from_entries(list_transform(string_split(s, d),
     lambda q: struct_pack(k := split_part(q, k, 1), v := split_part(q, k, 2))))`,
  `_json_size(j) as case json_type(j) when 'ARRAY' then cast(json_array_length(j) as bigint)
     when 'OBJECT' then len(json_keys(j)) else case when j is not null then 0 end end`,
  `_from_base(s, b) as list_reduce(list_transform(string_split(lower(s), ''),
     lambda q: cast(strpos('0123456789abcdefghijklmnopqrstuvwxyz', q) - 1 as bigint)), lambda q, p: q * b + p, cast(0 as bigint))`,
  doubleText(),
  `_ip_number(ip) as case when regexp_full_match(ip, '\\d{1,3}([.]\\d{1,3}){3}') then
     list_reduce(list_transform(string_split(ip, '.'), lambda q: cast(q as bigint)), lambda q, p: q * 256 + p) end`,
  `_is_subnet_of(net, ip) as _ip_number(ip) >> (32 - cast(split_part(net, '/', 2) as integer)) =
     _ip_number(split_part(net, '/', 1)) >> (32 - cast(split_part(net, '/', 2) as integer))`,
  `_ip_to_domain(ip) as case when _is_subnet_of('10.0.0.0/8', ip) or _is_subnet_of('172.16.0.0/12', ip)
     or _is_subnet_of('192.168.0.0/16', ip) or _is_subnet_of('127.0.0.0/8', ip) then 'intranet'
     when _ip_number(ip) is not null then 'internet' end`
]

/** Java's text of a double: 1.0, 0.001, 1.0E7. DuckDB writes the same digits in other places. */
function doubleText(): string {
  const text = 'cast(abs(x) as varchar)'
  const mantissa = `replace(regexp_replace(split_part(${text}, 'e', 1), '^([0-9]+)$', '\\1.0'), ' ', '')`
  const exponent = `cast(cast(split_part(${text}, 'e', 2) as integer) as varchar)`
  const digits = `trim(replace(${text}, '.', ''), '0')`
  const whole = `case when ${digits} = '' then '0' else substr(${digits}, 1, 1) || '.' ||
    case when len(${digits}) > 1 then substr(${digits}, 2) else '0' end end`
  const place = `case when abs(x) >= 1 then len(split_part(${text}, '.', 1)) - 1 else -4 end`
  return `_double_text(x) as case when x is null then null when isnan(x) then 'NaN' when isinf(x) then
      case when x > 0 then 'Infinity' else '-Infinity' end
    when x = 0 or (abs(x) >= 0.001 and abs(x) < 10000000) then cast(x as varchar)
    else case when x < 0 then '-' else '' end || case when contains(${text}, 'e')
      then ${mantissa} || 'E' || ${exponent} else ${whole} || 'E' || cast(${place} as varchar) end end`
}
