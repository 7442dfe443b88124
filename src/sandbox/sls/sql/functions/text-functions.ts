import { sqlText } from '../../database.ts'
import { notServed } from '../sql-fault.ts'
import { VARCHAR } from '../sql-type.ts'
import { raise } from '../typed.ts'
import { type BoundCall, type FunctionSpec, functionsOf } from './function-spec.ts'

const STRINGS = functionsOf('SLS "String functions"', 'scalar', [
  ['chr(bigint) varchar', 'chr(cast($1 as integer))'],
  ['codepoint(varchar) bigint', 'cast(unicode($1) as bigint)'],
  ['concat(varchar, varchar, varchar...) varchar', (_, ...args) => `(${args.join(' || ')})`],
  ['from_utf8(varbinary) varchar', 'decode($1)'],
  ['to_utf8(varchar) varbinary', 'encode($1)'],
  ['length(varchar) bigint', 'length($1)'],
  ['levenshtein_distance(varchar, varchar) bigint', 'levenshtein($1, $2)'],
  ['hamming_distance(varchar, varchar) bigint', 'hamming($1, $2)'],
  ['lower(varchar) varchar', 'lower($1)'],
  ['upper(varchar) varchar', 'upper($1)'],
  ['lpad(varchar, bigint, varchar) varchar', 'lpad($1, cast($2 as integer), $3)'],
  ['rpad(varchar, bigint, varchar) varchar', 'rpad($1, cast($2 as integer), $3)'],
  ['trim(varchar) varchar', 'trim($1)'],
  ['ltrim(varchar) varchar', 'ltrim($1)'],
  ['rtrim(varchar) varchar', 'rtrim($1)'],
  ['replace(varchar, varchar) varchar', "replace($1, $2, '')"],
  ['replace(varchar, varchar, varchar) varchar', 'replace($1, $2, $3)'],
  ['reverse(varchar) varchar', 'reverse($1)'],
  ['split(varchar, varchar) array(varchar)', 'string_split($1, $2)'],
  ['split(varchar, varchar, bigint) array(varchar)', '_split($1, $2, $3)'],
  ['split_part(varchar, varchar, bigint) varchar', '_split_part($1, $2, $3)'],
  [
    'split_to_map(varchar, varchar, varchar) map(varchar, varchar)',
    (
      _,
      text,
      entries,
      pairs
    ) => `case when _is_split(${text}, ${entries}, ${pairs}) then _split_to_map(${text}, ${entries}, ${pairs})
      else ${raise('Key-value delimiter must appear exactly once in each entry.', { kind: 'map', key: VARCHAR, value: VARCHAR })} end`
  ],
  ['strpos(varchar, varchar) bigint', 'strpos($1, $2)'],
  ['substr(varchar, bigint) varchar', "case when $2 = 0 then '' else substr($1, $2) end"],
  ['substr(varchar, bigint, bigint) varchar', "case when $2 = 0 then '' else substr($1, $2, $3) end"],
  ['substring(varchar, bigint) varchar', "case when $2 = 0 then '' else substr($1, $2) end"],
  ['substring(varchar, bigint, bigint) varchar', "case when $2 = 0 then '' else substr($1, $2, $3) end"],
  ['translate(varchar, varchar, varchar) varchar', 'translate($1, $2, $3)']
])

const PATTERNS = functionsOf('SLS "Regular expression functions"', 'scalar', [
  ['regexp_like(varchar, varchar) boolean', 'regexp_matches($1, $2)'],
  ['regexp_extract(varchar, varchar) varchar', 'case when regexp_matches($1, $2) then regexp_extract($1, $2) end'],
  [
    'regexp_extract(varchar, varchar, bigint) varchar',
    group('case when regexp_matches($1, $2) then regexp_extract($1, $2, $3) end')
  ],
  ['regexp_extract_all(varchar, varchar) array(varchar)', 'regexp_extract_all($1, $2)'],
  ['regexp_extract_all(varchar, varchar, bigint) array(varchar)', group('regexp_extract_all($1, $2, $3)')],
  ['regexp_replace(varchar, varchar) varchar', "regexp_replace($1, $2, '', 'g')"],
  // Presto names groups $1, DuckDB \1.
  [
    'regexp_replace(varchar, varchar, varchar) varchar',
    String.raw`regexp_replace($1, $2, regexp_replace(replace($3, '\', '\\'), '[$](\d)', '\\\1', 'g'), 'g')`
  ],
  ['regexp_split(varchar, varchar) array(varchar)', 'string_split_regex($1, $2)']
])

const URLS = functionsOf('SLS "URL functions"', 'scalar', [
  ['url_encode(varchar) varchar', "replace(replace(replace(url_encode($1), '%20', '+'), '~', '%7E'), '%2A', '*')"],
  ['url_decode(varchar) varchar', "url_decode(replace($1, '+', ' '))"],
  ['url_extract_protocol(varchar) varchar', "regexp_extract($1, '^([A-Za-z][A-Za-z0-9+.-]*):', 1)"],
  ['url_extract_host(varchar) varchar', "regexp_extract($1, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)', 1)"],
  [
    'url_extract_port(varchar) bigint',
    "try_cast(regexp_extract($1, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*:([0-9]+)(?:[/?#]|$)', 1) as bigint)"
  ],
  ['url_extract_path(varchar) varchar', "regexp_extract($1, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)', 1)"],
  ['url_extract_query(varchar) varchar', "regexp_extract($1, '^[^?#]*[?]([^#]*)', 1)"],
  ['url_extract_fragment(varchar) varchar', "regexp_extract($1, '#(.*)$', 1)"],
  [
    'url_extract_parameter(varchar, varchar) varchar',
    (call, url) => {
      const name = literal(call, 1, 'url_extract_parameter of a computed name').replace(/[^A-Za-z0-9_]/g, '\\$&')
      const pattern = sqlText(`^[^?#]*[?](?:[^#]*&)?${name}=([^&#]*)`)
      return `case when regexp_matches(${url}, ${pattern}) then url_decode(replace(regexp_extract(${url}, ${pattern}, 1), '+', ' ')) end`
    }
  ]
])

const BINARIES = functionsOf('Presto "Binary functions"', 'scalar', [
  ['md5(varbinary) varbinary', 'unhex(md5($1))'],
  ['sha1(varbinary) varbinary', 'unhex(sha1($1))'],
  ['sha256(varbinary) varbinary', 'unhex(sha256($1))'],
  ['to_hex(varbinary) varchar', 'hex($1)'],
  ['from_hex(varchar) varbinary', 'unhex($1)'],
  ['to_base64(varbinary) varchar', 'to_base64($1)'],
  ['from_base64(varchar) varbinary', 'from_base64($1)']
])

const ADDRESSES = functionsOf('SLS "IP functions"', 'scalar', [
  ['ip_to_domain(varchar) varchar', '_ip_to_domain($1)'],
  ['is_subnet_of(varchar, varchar) boolean', '_is_subnet_of($1, $2)']
])

/** Texts, patterns, URLs, bytes and addresses. Patterns are RE2's, without look-around; Presto's are Java's. */
export const TEXT_FUNCTIONS: readonly FunctionSpec[] = [...STRINGS, ...PATTERNS, ...URLS, ...BINARIES, ...ADDRESSES]

/** The text of an argument that must be a literal here. */
export function literal({ args }: BoundCall, at: number, what: string): string {
  const node = args[at]?.node
  if (node?.type === 'string' || node?.type === 'integer') return node.value
  throw notServed(what)
}

/** DuckDB wants a pattern's group as a literal of its own. */
function group(template: string) {
  return (call: BoundCall, ...args: string[]): string => {
    const number = literal(call, 2, 'A group of a pattern that is no literal')
    return template.replace(/\$(\d)/g, (_, at: string) => (at === '3' ? number : (args[Number(at) - 1] ?? 'null')))
  }
}
