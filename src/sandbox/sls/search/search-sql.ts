import type { IndexedField } from '../index-config.ts'
import { SlsError } from '../sls-error.ts'
import type { RangeEnd, SearchNode, TextMatch } from './search-parser.ts'
import { hasPhrase, hasWildcard, hasWord, type SearchText, splitWords } from './text-match.ts'

/** A field as a search reaches it. */
export interface SearchField extends SearchText {
  readonly type: IndexedField['type']
}

/** What a search can refer to. */
export interface SearchScope {
  /** The field of a name, if it is indexed. */
  field(name: string): SearchField | undefined
  /** Texts that words without a key are looked for in; any of them may hold them. */
  readonly fullText: readonly SearchText[]
}

/**
 * The SQL condition of a search; never NULL, so that `not` means what it says. Wildcards find every word of their form; the
 * service looks at the first hundred of them.
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
    case 'exists':
      return `(${requireField(node.key, scope).sql} is not null)`
    case 'compare':
      return known(`${requireNumber(node.key, scope).sql} ${node.operator} ${node.value}`)
    case 'range': {
      const { sql } = requireNumber(node.key, scope)
      return known(`${sql} ${atLeast(node.from)} and ${sql} ${atMost(node.to)}`)
    }
    case 'words':
    case 'phrase':
    case 'wildcard':
      return node.key === undefined ? fullTextSql(node, scope) : fieldSql(node, requireField(node.key, scope))
    default:
      return node satisfies never
  }
}

interface Wanted {
  readonly kind: TextMatch
  readonly value: string
}

function fieldSql({ kind, value }: Wanted, field: SearchField): string {
  const { sql, type } = field
  if (type === 'long' || type === 'double') {
    if (kind !== 'words') throw new SlsError('ParameterInvalid', 'fuzzy and phrase search need a text field')
    const number = Number(value)
    return value.trim() === '' || !Number.isFinite(number) ? 'false' : known(`${sql} = ${number}`)
  }
  if (kind === 'words' && value === '') return known(`${sql} = ''`)
  return conjunction(conditions({ kind, value }, field))
}

function fullTextSql(wanted: Wanted, { fullText }: SearchScope): string {
  if (fullText.length === 0) {
    throw new SlsError('ParameterInvalid', 'The logstore has no full text index: search for key: value instead.')
  }
  const perText = fullText.map((text) => conditions(wanted, text))
  const [first] = fullText
  if (fullText.some(({ rules }) => rules !== first?.rules)) return `(${perText.map(conjunction).join(' or ')})`
  // A log is one text to a full text index: each word may be in another of its fields.
  const words = perText[0] ?? []
  return conjunction(words.map((_, i) => perText.map((each) => known(each[i] ?? 'false')).join(' or ')))
}

/** One condition for each word. */
function conditions({ kind, value }: Wanted, text: SearchText): string[] {
  switch (kind) {
    case 'phrase':
      return [hasPhrase(text, value)]
    case 'wildcard':
      return [hasWildcard(text, value)]
    case 'words':
      return splitWords(value, text.rules).map((word) => hasWord(text, word))
    default:
      return kind satisfies never
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

function requireNumber(key: string, scope: SearchScope): SearchField {
  const field = requireField(key, scope)
  if (field.type === 'long' || field.type === 'double') return field
  throw new SlsError('ParameterInvalid', `key (${key}) is not config as numberic column`)
}

function atLeast({ value, included }: RangeEnd): string {
  return `${included ? '>=' : '>'} ${value}`
}

function atMost({ value, included }: RangeEnd): string {
  return `${included ? '<=' : '<'} ${value}`
}

function conjunction(parts: readonly string[]): string {
  return parts.length === 0 ? 'true' : `(${parts.map(known).join(' and ')})`
}

function known(condition: string): string {
  return `coalesce(${condition}, false)`
}
