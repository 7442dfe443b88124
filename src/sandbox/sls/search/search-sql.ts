import { sqlText } from '../database.ts'
import type { IndexedField, TextRules } from '../index-config.ts'
import type { SearchNode } from './search-parser.ts'
import { SlsError } from '../sls-error.ts'

/** A field as a search reaches it: an SQL expression, NULL where a log lacks the field. */
export interface SearchField {
  readonly sql: string
  readonly type: IndexedField['type']
  readonly rules: TextRules
}

/** What a search can refer to. */
export interface SearchScope {
  /** The field of a name, if it is indexed. */
  field(name: string): SearchField | undefined
  /** Texts that words without a key are looked for in; any of them may hold them. */
  readonly fullText: ReadonlyArray<{ readonly sql: string; readonly rules: TextRules }>
}

/** Joins the values of one log: no vendor delimiter, and in no reasonable value. */
export const VALUE_SEPARATOR = '\x1f'

/**
 * The SQL condition of a search; never NULL, so that `not` means what it says.
 *
 * @throws SlsError ParameterInvalid for a field that the index lacks, or numbers against text
 */
export function searchSql(node: SearchNode, scope: SearchScope): string {
  switch (node.kind) {
    case 'all':
      return 'true'
    case 'and':
    case 'or':
      return `(${searchSql(node.left, scope)} ${node.kind} ${searchSql(node.right, scope)})`
    case 'not':
      return `(not ${searchSql(node.inner, scope)})`
    case 'text':
      return fullTextSql(node.value, scope)
    case 'match':
      return matchSql(node.value, requireField(node.key, scope))
    case 'exists':
      return `(${requireField(node.key, scope).sql} is not null)`
    case 'compare': {
      const { sql, type } = requireField(node.key, scope)
      if (type !== 'long' && type !== 'double') {
        throw new SlsError('ParameterInvalid', `key (${node.key}) is not config as numberic column`)
      }
      return known(`${sql} ${node.operator} ${node.value}`)
    }
    default:
      return node satisfies never
  }
}

function requireField(key: string, scope: SearchScope): SearchField {
  const field = scope.field(key)
  if (field !== undefined) return field
  throw new SlsError(
    'ParameterInvalid',
    `key (${key}) is not config as key value config,if symbol : is in your log,please wrap : with quotation mark "`
  )
}

function fullTextSql(value: string, scope: SearchScope): string {
  if (scope.fullText.length === 0) {
    throw new SlsError('ParameterInvalid', 'The logstore has no full text index: search for key: value instead.')
  }
  return `(${scope.fullText.map(({ sql, rules }) => known(wordsSql(sql, rules, value))).join(' or ')})`
}

function matchSql(value: string, { sql, type, rules }: SearchField): string {
  if (type === 'long' || type === 'double') {
    const number = Number(value)
    return value.trim() === '' || !Number.isFinite(number) ? 'false' : known(`${sql} = ${number}`)
  }
  return known(value === '' ? `${sql} = ''` : wordsSql(sql, rules, value))
}

/** Every word of `value` is a whole word of the text, in any order. */
function wordsSql(sql: string, { delimiters, caseSensitive }: TextRules, value: string): string {
  if (delimiters.length === 0) {
    return caseSensitive ? `${sql} = ${sqlText(value)}` : `lower(${sql}) = lower(${sqlText(value)})`
  }
  const edge = [...delimiters, VALUE_SEPARATOR].map(escapePattern).join('')
  const words = splitWords(value, delimiters)
  if (words.length === 0) return 'true'
  return words
    .map((word) => `(?:^|[${edge}])${escapePattern(word)}(?:$|[${edge}])`)
    .map((pattern) => `regexp_matches(${sql}, ${sqlText(pattern)}, '${caseSensitive ? 'c' : 'i'}')`)
    .join(' and ')
}

function splitWords(text: string, delimiters: readonly string[]): string[] {
  const words = ['']
  for (const char of text) {
    if (delimiters.includes(char)) words.push('')
    else words[words.length - 1] += char
  }
  return words.filter((word) => word !== '')
}

/** ASCII other than letters and digits by its code: no character keeps a meaning of its own in an RE2 pattern. */
function escapePattern(text: string): string {
  return text.replace(/[^A-Za-z0-9\u0080-\uffff]/g, (char) => `\\x{${char.charCodeAt(0).toString(16)}}`)
}

function known(condition: string): string {
  return `coalesce(${condition}, false)`
}
