/** Pages of the SLS documentation (help.aliyun.com/en/sls, "Query and analysis"), by what they document. */
const PAGES = {
  'General aggregate functions': ['count', 'max', 'max_by', 'min', 'min_by', 'sum'],
  'Window functions': ['lag', 'lead', 'over', 'row_number'],
  'Conditional expressions': ['coalesce', 'if', 'nullif', 'try'],
  'Type conversion functions': ['cast', 'try_cast'],
  'String functions': ['lower', 'split', 'split_part', 'strpos', 'substr'],
  'Array functions and operators': ['array_join', 'contains'],
  'Map functions and operators': ['element_at', 'map'],
  'JSON functions': ['json_extract_scalar', 'json_parse'],
  'Date and time functions': ['date_format', 'from_iso8601_timestamp', 'from_unixtime', 'now', 'to_unixtime'],
  'Regular expression functions': ['regexp_extract', 'regexp_extract_all'],
  'Mathematical calculation functions': ['round']
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Words that stand before a parenthesis and are no functions. */
const GRAMMAR = new Set(['and', 'as', 'by', 'from', 'in', 'join', 'not', 'or', 'select', 'then', 'when', 'where'])

/** Where each function is documented that a question may use: by its name in lower case. */
export const DOCUMENTED: ReadonlyMap<string, string> = new Map(
  Object.entries(PAGES).flatMap(([page, names]) => names.map((name): [string, string] => [name, page]))
)

/** The functions that the SQL of a query calls; types with parentheses, such as `map(...)`, among them. */
export function functionsOf(sql: string): Set<string> {
  const code = sql.replace(/'(?:[^']|'')*'/g, "''")
  const called = [...code.matchAll(/([a-z_][a-z0-9_]*)\s*\(/gi)].map(([, name = '']) => name.toLowerCase())
  return new Set(called.filter((name) => !GRAMMAR.has(name)))
}
