import { expect, test } from 'vitest'
import { translateSql } from '../../../../src/sandbox/sls/sql/query-translator.ts'
import { BIGINT, DOUBLE, VARCHAR } from '../../../../src/sandbox/sls/sql/sql-type.ts'

const fields = [
  { name: 'n', type: BIGINT, sql: 'n' },
  { name: 'd', type: DOUBLE, sql: 'd' },
  { name: 's', type: VARCHAR, sql: 's' },
  { name: 'state', type: VARCHAR, sql: 'state' }
]
const log = { columns: fields, find: () => undefined, from: 'from store.log_1 where true' }
const sources = { named: (name: string) => (name === 'log' ? log : undefined) }

function refusal(sql: string): { code?: string; message: string } {
  try {
    translateSql(sql, { zone: 'UTC', nowMs: 0, sources })
  } catch (fault) {
    if (fault instanceof Error) return fault
  }
  return { message: 'passes' }
}

test.each([
  // Only DuckDB (or PostgreSQL, MySQL) understands these: on the service they fail.
  ['integer division', 'select 7 // 2', "mismatched input '/'"],
  ['a cast by colons', "select '1'::bigint", "mismatched input ':'"],
  ['a list in brackets alone', 'select [1, 2]', "mismatched input '['"],
  ['a struct', "select {'a': 1}", "mismatched input '{'"],
  ['a map literal', "select map {'a': 1}", "mismatched input '{'"],
  ['FROM first', 'from log select n', "mismatched input 'from'"],
  ['FROM alone', 'from log', "mismatched input 'from'"],
  ['qualify', 'select n from log qualify row_number() over (order by n) = 1', "mismatched input 'qualify'"],
  ['exclude', 'select * exclude (n) from log', "mismatched input 'exclude'"],
  ['replace', 'select * replace (n + 1 as n) from log', "mismatched input 'replace'"],
  ['columns', "select columns('n') from log", 'Function columns not registered'],
  ['group by all', 'select s, count(*) from log group by all', "Column 'all' cannot be resolved"],
  ['order by all', 'select s from log order by all', "Column 'all' cannot be resolved"],
  ['offset', 'select n from log limit 10 offset 5', "mismatched input 'offset'"],
  ['limit of an expression', 'select n from log limit 5 + 5', "mismatched input '+'"],
  ['limit in percent', 'select n from log limit 10%', "mismatched input '%'"],
  ['limit all', 'select n from log limit all', "mismatched input 'all'"],
  ['fetch first', 'select n from log fetch first 5 rows only', "mismatched input 'fetch'"],
  ['distinct on', 'select distinct on (s) n from log', "mismatched input 'on'"],
  ['ilike', "select n from log where s ilike 'A%'", "mismatched input 'ilike'"],
  ['similar to', "select n from log where s similar to 'a'", "mismatched input 'similar'"],
  ['a tilde', "select n from log where s ~ 'a'", "mismatched input '~'"],
  ['glob', "select n from log where s glob 'a*'", "mismatched input 'glob'"],
  ['two equals', 'select n from log where n == 1', "mismatched input '='"],
  ['a power by a caret', 'select 2 ^ 3', "mismatched input '^'"],
  ['a power by two stars', 'select 2 ** 3', "mismatched input '*'"],
  ['a dollar string', 'select $$a$$', "mismatched input '$'"],
  ['a semicolon', 'select 1;', "mismatched input ';'"],
  ['a back quote', 'select `n` from log', 'backquoted identifiers are not supported'],
  ['a comment by #', 'select 1 # one', "mismatched input '#'"],
  ['a lateral alias', 'select n + 1 as m, m + 1 from log', "Column 'm' cannot be resolved"],
  ['an alias in WHERE', 'select n + 1 as m from log where m > 1', "Column 'm' cannot be resolved"],
  ['asof join', 'select 1 from log asof join log b on n = n', "mismatched input 'asof'"],
  ['positional join', 'select 1 from log positional join log', "mismatched input 'positional'"],
  ['semi join', 'select 1 from log semi join log on true', "mismatched input 'semi'"],
  ['natural join', 'select 1 from log natural join log', "mismatched input 'natural'"],
  ['using sample', 'select n from log using sample 10', "mismatched input 'using'"],
  ['tablesample', 'select n from log tablesample bernoulli (10)', "mismatched input 'tablesample'"],
  ['a named window', 'select sum(n) over w from log window w as (order by n)', "mismatched input 'w'"],
  ['order in an aggregate', 'select array_agg(n order by n) from log', "mismatched input 'order'"],
  ['a table function', 'select * from range(3)', "mismatched input '('"],
  ['a file', "select * from 'x.csv'", "mismatched input ''x.csv''"],
  ['another schema', 'select * from store.log_1', 'Schema store does not exist'],
  ['unnest in SELECT', 'select unnest(array[1])', "mismatched input 'unnest'"],
  ['a recursive query', 'with recursive r as (select 1) select * from r', "mismatched input 'recursive'"],
  ['a materialized query', 'with r as materialized (select 1) select * from r', "mismatched input 'materialized'"],
  ['values alone', 'values (1)', "mismatched input 'values'"],
  ['intersect all', 'select 1 from log intersect all select 1 from log', 'INTERSECT ALL not yet implemented'],
  ['union by name', 'select n from log union by name select n from log', "mismatched input 'by'"],
  ['an insert', 'insert into log select 1', "mismatched input 'insert'"],
  ['a set statement', "set TimeZone = 'UTC'", "mismatched input 'set'"],
  ['a pragma', 'pragma version', "mismatched input 'pragma'"],
  ['a second statement', 'select 1; drop view log', "mismatched input ';'"],
  ['an interval without quotes', 'select now() - interval 1 day', "mismatched input '1'"],
  ['an underscore in a number', 'select 1_000', 'identifiers must not start with a digit'],
  ['a lambda by its word', 'select transform(array[1], lambda x: x)', "mismatched input ':'"],
  ['a named argument', 'select lpad(s := s, 1, s) from log', "mismatched input ':'"],
  ['a method', 'select s.upper() from log', "mismatched input '('"],
  ['a slice', 'select array[1, 2][1:2]', "mismatched input ':'"],
  ['a list comprehension', 'select [x for x in array[1]]', "mismatched input '['"],
  ['a placeholder', 'select $1', "mismatched input '$'"],
  ['ignore nulls', 'select lag(n) ignore nulls over (order by n) from log', 'IGNORE NULLS is not served'],
  // Names and words.
  ['a digit first', 'select n as 1st from log', 'identifiers must not start with a digit'],
  ['a colon in a name', 'select __tag__:host from log', "identifiers must not contain ':'"],
  ['a reserved word as alias', 'select n as order from log', "mismatched input 'order'"],
  ['a reserved word as name', 'select table from log', "mismatched input 'table'"],
  ['a dotted name without quotes', 'select state.code from log', "Column 'state.code' cannot be resolved"],
  ['an ambiguous name', 'select n from log a cross join log b', "Column 'n' is ambiguous"],
  ['an open text', "select 'a", "mismatched input '''"],
  ['a missing parenthesis', 'select count(n from log', "mismatched input 'from'"],
  ['too many parentheses', `select ${'('.repeat(300)}1${')'.repeat(300)}`, 'statement is too large'],
  // Functions.
  ['strftime', "select strftime(now(), '%Y')", 'Function strftime not registered'],
  ['list_filter', 'select list_filter(array[1], x -> true)', 'Function list_filter not registered'],
  ['string_agg', 'select string_agg(s) from log', 'Function string_agg not registered'],
  ['epoch', 'select epoch(now())', 'Function epoch not registered'],
  ['any_value', 'select any_value(s) from log', 'Function any_value not registered'],
  ['arg_max', 'select arg_max(s, n) from log', 'Function arg_max not registered'],
  ['len', 'select len(s) from log', 'Function len not registered'],
  ['getenv', "select getenv('HOME')", 'Function getenv not registered'],
  ['read_text', "select read_text('/etc/passwd')", 'Function read_text not registered'],
  ['_round', 'select _round(1.0, 1)', 'Function _round not registered'],
  ['a window function without OVER', 'select row_number() from log', 'requires an OVER clause'],
  ['a scalar with OVER', 'select lower(s) over () from log', 'Not a window function: lower'],
  ['a scalar with DISTINCT', 'select lower(distinct s) from log', 'not supported for the function lower'],
  ['a star elsewhere', 'select sum(*) from log', 'Unexpected parameters (*) for function sum'],
  // Types.
  ['a number against a text', "select n from log where n = '5'", "'=' cannot be applied to bigint, varchar"],
  ['a text against a number', 'select n from log where s > 5', "'>' cannot be applied to varchar, bigint"],
  ['a text in a sum', 'select s + 1 from log', "'+' cannot be applied to varchar, bigint"],
  ['a number in ||', "select 'a' || n from log", "'||' cannot be applied to varchar, bigint"],
  [
    'a number in concat',
    "select concat('a', n) from log",
    'Unexpected parameters (varchar, bigint) for function concat'
  ],
  [
    'a number in a text function',
    'select length(n) from log',
    'Unexpected parameters (bigint) for function length. Expected: length(varchar)'
  ],
  ['a text in sum', 'select sum(s) from log', 'Unexpected parameters (varchar) for function sum'],
  [
    'a number in url_decode',
    'select url_decode(n) from log',
    'Unexpected parameters (bigint) for function url_decode. Expected: url_decode(varchar)'
  ],
  [
    'texts and numbers in IN',
    'select n from log where s in (1, 2)',
    'IN value and list items must be the same type: varchar'
  ],
  [
    'texts and numbers in COALESCE',
    'select coalesce(s, 0) from log',
    'All COALESCE operands must be the same type: varchar'
  ],
  [
    'texts and numbers in CASE',
    "select case when n > 1 then 1 else 'a' end from log",
    'All CASE results must be the same type: bigint'
  ],
  [
    'texts and numbers in a simple CASE',
    "select case n when 'a' then 1 end from log",
    'CASE operand type does not match WHEN clause operand type: bigint vs varchar'
  ],
  [
    'texts and numbers in IF',
    "select if(n > 1, 1, 'a') from log",
    'Result types for IF must be the same: bigint and varchar'
  ],
  [
    'texts and numbers in NULLIF',
    'select nullif(s, 0) from log',
    'Types are not comparable with NULLIF: varchar vs bigint'
  ],
  [
    'texts and numbers in BETWEEN',
    "select n from log where n between '1' and '2'",
    'Cannot check if bigint is BETWEEN varchar and varchar'
  ],
  ['texts and numbers in an array', "select array[1, 'a']", 'All ARRAY elements must be the same type: bigint'],
  [
    'a number in LIKE',
    "select n from log where n like '1%'",
    'Left side of LIKE expression must evaluate to a varchar (actual: bigint)'
  ],
  ['a number as condition', 'select s from log where n', 'WHERE clause must evaluate to a boolean (actual: bigint)'],
  [
    'a text in AND',
    'select n from log where s and n = 1',
    'Left side of logical expression must evaluate to a boolean (actual: varchar)'
  ],
  [
    'a number in OR',
    'select n from log where n = 1 or n',
    'Right side of logical expression must evaluate to a boolean (actual: bigint)'
  ],
  [
    'union of texts and numbers',
    'select n from log union all select s from log',
    'column 1 in UNION query has incompatible types: bigint, varchar'
  ],
  [
    'union of one and two',
    'select n from log union all select n, s from log',
    'UNION query has different number of fields: 1, 2'
  ],
  ['a cast that cannot be', 'select cast(array[1] as bigint)', 'Cannot cast array(bigint) to bigint'],
  ['an unknown type', 'select cast(n as uinteger) from log', 'Unknown type: uinteger'],
  [
    'two columns as a value',
    'select (select n, s from log) from log',
    'Multiple columns returned by subquery are not yet supported'
  ],
  ['a wrong JSON path', "select json_extract_scalar(s, 'a.b') from log", "Invalid JSON path: 'a.b'"],
  ['a JSON path with ..', "select json_extract_scalar(s, '$..a') from log", 'Invalid JSON path'],
  // Groups.
  [
    'a column that is not grouped',
    'select s, n from log group by s',
    "Column 'n' not in GROUP BY clause;please add the column in the index attribute"
  ],
  ['a column beside an aggregate', 'select s, count(*) from log', "Column 's' not in GROUP BY clause"],
  ['a column in HAVING', 'select s from log group by s having n > 1', "Column 'n' not in GROUP BY clause"],
  ['a column in ORDER BY', 'select s from log group by s order by n', "Column 'n' not in GROUP BY clause"],
  ['part of a grouped expression', 'select n from log group by n + 1', "Column 'n' not in GROUP BY clause"],
  [
    'an aggregate in WHERE',
    'select s from log where count(*) > 1 group by s',
    'WHERE clause cannot contain aggregations or window functions: [count]'
  ],
  [
    'an aggregate in GROUP BY',
    'select count(*) from log group by count(*)',
    'GROUP BY clause cannot contain aggregations or window functions: [count]'
  ],
  ['a place that is not there', 'select n from log order by 2', 'ORDER BY position 2 is not in select list'],
  ['a grouped star', 'select * from log group by n', 'SELECT * cannot be combined with GROUP BY'],
  [
    'an order that DISTINCT lost',
    'select distinct s from log order by n',
    'ORDER BY expressions must appear in select list'
  ],
  // Known to the service; the sandbox can't tell what it answers.
  [
    'an alias that is a column too',
    'select lower(state) as state, count(*) from log group by state',
    'GROUP BY state, which is both a column and the alias of something else, is not served by the sandbox'
  ],
  ['geography', "select ip_to_city('1.2.3.4')", 'The function ip_to_city is not served by the sandbox'],
  ['decimals', 'select cast(n as decimal(10, 2)) from log', 'The type decimal is not served by the sandbox'],
  [
    'a row',
    'select n from log where (n, s) in (select n, s from log)',
    'A row of several values is not served by the sandbox'
  ],
  [
    'a quantified comparison',
    'select n from log where n > all (select n from log)',
    'A quantified comparison is not served by the sandbox'
  ],
  [
    'a computed time format',
    'select date_format(now(), s) from log',
    'A time format that is no literal is not served by the sandbox'
  ],
  [
    'a time format that DuckDB lacks',
    "select date_format(now(), '%D')",
    'The time format %D is not served by the sandbox'
  ]
])('%s is refused: %s', (_what, sql, message) => {
  const found = refusal(sql)
  expect(found.message).toContain(message)
  expect(found.code).toBe(message.includes('not served') ? 'NotImplemented' : 'ParameterInvalid')
})

test('a refusal tells the place', () => {
  expect(refusal('select n,\n  nope from log').message).toBe(
    "ErrorType:ColumnNotExists.ErrorPosition,line:2,column:3.ErrorMessage:line 2:3: Column 'nope' cannot be resolved;please add the column in the index attribute"
  )
})
