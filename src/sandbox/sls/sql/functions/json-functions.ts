import { sqlText } from '../../database.ts'
import { type BoundCall, type FunctionSpec, functionsOf } from './function-spec.ts'
import { duckJsonPath } from './json-path.ts'
import { literal } from './text-functions.ts'

/** What is no JSON is NULL to these, an error only to `json_parse`. */
export const JSON_FUNCTIONS: readonly FunctionSpec[] = functionsOf('SLS "JSON functions"', 'scalar', [
  ...both('json_extract(J, varchar) json', (call, json) =>
    guarded(call, json, `json_extract(${json}, ${pathOf(call)})`)
  ),
  ...both('json_extract_scalar(J, varchar) varchar', (call, json) =>
    guarded(call, json, `json_extract_string(json_value(${json}, ${pathOf(call)}), '$')`)
  ),
  ...both('json_size(J, varchar) bigint', (call, json) =>
    guarded(call, json, `_json_size(json_extract(${json}, ${pathOf(call)}))`)
  ),
  ...both('json_array_length(J) bigint', (call, json) =>
    guarded(call, json, `case when json_type(${json}) = 'ARRAY' then cast(json_array_length(${json}) as bigint) end`)
  ),
  ...both('json_array_get(J, bigint) json', (call, json, at) =>
    guarded(
      call,
      json,
      `case when json_type(${json}) = 'ARRAY' then cast(${json} as json[])[case when ${at} < 0 then ${at} else ${at} + 1 end] end`
    )
  ),
  ...both('json_array_contains(J, varchar) boolean', arrayContains('varchar')),
  ...both('json_array_contains(J, bigint) boolean', arrayContains('bigint')),
  ...both('json_array_contains(J, boolean) boolean', arrayContains('boolean')),
  ['json_format(json) varchar', 'cast($1 as varchar)'],
  ['json_parse(varchar) json', 'json($1)'],
  ...both('is_json_scalar(J) boolean', (call, json) =>
    guarded(call, json, `json_type(${json}) not in ('ARRAY', 'OBJECT')`)
  )
])

function both(signature: string, template: (call: BoundCall, ...args: string[]) => string) {
  return ['varchar', 'json'].map((type) => [signature.replace('J', type), template] as const)
}

/** A text may be no JSON; DuckDB would end the statement there. */
function guarded({ args }: BoundCall, json: string, sql: string): string {
  return args[0]?.type.kind === 'varchar' ? `case when json_valid(${json}) then ${sql} end` : sql
}

function pathOf(call: BoundCall): string {
  return sqlText(duckJsonPath(literal(call, 1, 'A JSON path that is no literal')))
}

function arrayContains(type: 'varchar' | 'bigint' | 'boolean') {
  const kinds = { varchar: "'VARCHAR'", bigint: "'BIGINT', 'UBIGINT'", boolean: "'BOOLEAN'" }[type]
  return (call: BoundCall, json: string, value: string): string => {
    const found = `len(list_filter(cast(${json} as json[]), lambda e: json_type(e) in (${kinds}) and json_extract_string(e, '$') = cast(${value} as varchar))) > 0`
    return guarded(call, json, `case when json_type(${json}) = 'ARRAY' then ${found} end`)
  }
}
