import { duckType } from '../sql-type.ts'
import { raise, type Typed } from '../typed.ts'
import { type BoundCall, type FunctionSpec, functionsOf } from './function-spec.ts'

const ARRAYS = functionsOf('SLS "Array functions and operators"', 'scalar', [
  ['array_distinct(array(T)) array(T)', '_distinct($1)'],
  ['array_except(array(T), array(T)) array(T)', '_distinct(list_filter($1, lambda e: not _holds($2, e)))'],
  ['array_intersect(array(T), array(T)) array(T)', '_distinct(list_filter($1, lambda e: _holds($2, e)))'],
  ['array_join(array(T), varchar) varchar', (call, array, by) => `array_to_string(${texts(call, array)}, ${by})`],
  [
    'array_join(array(T), varchar, varchar) varchar',
    (call, array, by, missing) =>
      `array_to_string(list_transform(${texts(call, array)}, lambda e: coalesce(e, ${missing})), ${by})`
  ],
  ['array_max(array(T)) T', 'case when not _holds($1, null) then list_max($1) end'],
  ['array_min(array(T)) T', 'case when not _holds($1, null) then list_min($1) end'],
  ['array_position(array(T), T) bigint', 'cast(coalesce(list_position($1, $2), 0) as bigint)'],
  ['array_remove(array(T), T) array(T)', 'list_filter($1, lambda e: e is distinct from $2)'],
  ['array_sort(array(T)) array(T)', "list_sort($1, 'ASC', 'NULLS LAST')"],
  ['array_union(array(T), array(T)) array(T)', '_distinct(list_concat($1, $2))'],
  ['arrays_overlap(array(T), array(T)) boolean', 'list_has_any($1, $2)'],
  ['cardinality(array(T)) bigint', 'len($1)'],
  [
    'concat(array(T), array(T), array(T)...) array(T)',
    (_, ...args) => args.reduce((one, other) => `list_concat(${one}, ${other})`)
  ],
  [
    'contains(array(T), T) boolean',
    'case when list_contains($1, $2) then true when _holds($1, null) then null else false end'
  ],
  [
    'element_at(array(T), bigint) T',
    ({ result }, array, at) =>
      `case when ${at} = 0 then ${raise('SQL array indices start at 1', result)} else list_extract(${array}, ${at}) end`
  ],
  ['flatten(array(array(T))) array(T)', 'flatten($1)'],
  ['repeat(T, bigint) array(T)', 'list_transform(generate_series(1, $2), lambda i: $1)'],
  ['reverse(array(T)) array(T)', 'list_reverse($1)'],
  ['sequence(bigint, bigint) array(bigint)', 'generate_series($1, $2, case when $1 <= $2 then 1 else -1 end)'],
  ['sequence(bigint, bigint, bigint) array(bigint)', 'generate_series($1, $2, $3)'],
  [
    'sequence(date, date, interval day to second) array(date)',
    'cast(generate_series(cast($1 as timestamp), cast($2 as timestamp), $3) as date[])'
  ],
  ['sequence(timestamp, timestamp, interval day to second) array(timestamp)', 'generate_series($1, $2, $3)'],
  ['sequence(timestamp, timestamp, interval year to month) array(timestamp)', 'generate_series($1, $2, $3)'],
  [
    'slice(array(T), bigint, bigint) array(T)',
    'case when $2 < 0 and $2 + $3 - 1 >= 0 then list_slice($1, $2, -1) else list_slice($1, $2, $2 + $3 - 1) end'
  ],
  [
    'zip(array(T), array(U)) array(row(T, U))',
    'list_transform(generate_series(1, greatest(len($1), len($2))), lambda i: struct_pack(f0 := $1[i], f1 := $2[i]))'
  ],
  ['transform(array(T), function(T, U)) array(U)', 'list_transform($1, $2)'],
  ['filter(array(T), function(T, boolean)) array(T)', 'list_filter($1, $2)'],
  [
    'reduce(array(T), S, function(S, T, S), function(S, R)) R',
    ({ args }, array, start, step, end) =>
      `list_extract(list_transform([list_reduce(${array}, ${step}, cast(${start} as ${duckType(args[1]?.type ?? { kind: 'unknown' })}))], ${end}), 1)`
  ],
  ['any_match(array(T), function(T, boolean)) boolean', '(len(list_filter($1, $2)) > 0)'],
  ['all_match(array(T), function(T, boolean)) boolean', '(len(list_filter($1, $2)) = len($1))'],
  ['none_match(array(T), function(T, boolean)) boolean', '(len(list_filter($1, $2)) = 0)'],
  [
    'zip_with(array(T), array(U), function(T, U, R)) array(R)',
    ({ args }, one, other) =>
      `list_transform(generate_series(1, greatest(len(${one}), len(${other}))), lambda i: ${apply(args[2], [`${one}[i]`, `${other}[i]`])})`
  ]
])

const MAPS = functionsOf('SLS "Map mapping functions and operators"', 'scalar', [
  ['cardinality(map(K, V)) bigint', 'cast(cardinality($1) as bigint)'],
  ['element_at(map(K, V), K) V', 'map_extract_value($1, $2)'],
  ['map() map(unknown, unknown)', 'cast(map() as MAP(VARCHAR, VARCHAR))'],
  ['map(array(K), array(V)) map(K, V)', 'map($1, $2)'],
  ['map_concat(map(K, V), map(K, V)) map(K, V)', 'map_concat($1, $2)'],
  [
    'map_entries(map(K, V)) array(row(K, V))',
    'list_transform(map_entries($1), lambda e: struct_pack(f0 := e.key, f1 := e.value))'
  ],
  ['map_keys(map(K, V)) array(K)', 'map_keys($1)'],
  ['map_values(map(K, V)) array(V)', 'map_values($1)'],
  [
    'map_filter(map(K, V), function(K, V, boolean)) map(K, V)',
    ({ args }, map) =>
      `map_from_entries(list_filter(map_entries(${map}), lambda e: ${apply(args[1], ['e.key', 'e.value'])}))`
  ],
  [
    'transform_keys(map(K, V), function(K, V, R)) map(R, V)',
    ({ args }, map) =>
      `map_from_entries(list_transform(map_entries(${map}), lambda e: struct_pack(k := ${apply(args[1], ['e.key', 'e.value'])}, v := e.value)))`
  ],
  [
    'transform_values(map(K, V), function(K, V, R)) map(K, R)',
    ({ args }, map) =>
      `map_from_entries(list_transform(map_entries(${map}), lambda e: struct_pack(k := e.key, v := ${apply(args[1], ['e.key', 'e.value'])})))`
  ]
])

/** Arrays, maps, and what lambdas do with them. */
export const COLLECTION_FUNCTIONS: readonly FunctionSpec[] = [...ARRAYS, ...MAPS]

function texts({ args }: BoundCall, array: string): string {
  const type = args[0]?.type
  return type?.kind === 'array' && type.element.kind === 'double'
    ? `list_transform(${array}, lambda e: _double_text(e))`
    : `cast(${array} as varchar[])`
}

/** A lambda's body with values for its parameters. DuckDB has no `let`: a list of one is transformed instead. */
function apply(lambda: Typed | undefined, values: readonly string[]): string {
  if (lambda?.lambda === undefined) return 'null'
  const { parameters, body } = lambda.lambda
  return parameters.reduce(
    (inner, name, i) => `list_extract(list_transform([${values[i] ?? 'null'}], lambda ${name}: ${inner}), 1)`,
    body
  )
}
