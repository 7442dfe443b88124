import { sqlText } from '../database.ts'
import type { TextRules } from '../index-config.ts'

/** A text that words are looked for in: an SQL expression, NULL where a log lacks it. */
export interface SearchText {
  readonly sql: string
  readonly rules: TextRules
  /** What holds wherever the text holds `part`, and costs less to ask; default: the text itself is scanned for it. */
  readonly mayHold?: (part: string) => string
}

/** Joins several values in one text: no vendor delimiter, and in no reasonable value. */
export const VALUE_SEPARATOR = '\x1f'

/** The words of a value, parted as the index parts a text. */
export function splitWords(value: string, { delimiters }: TextRules): string[] {
  if (delimiters.length === 0) return value === '' ? [] : [value]
  const words = ['']
  for (const char of value) {
    if (delimiters.includes(char)) words.push('')
    else words[words.length - 1] += char
  }
  return words.filter((word) => word !== '')
}

/** SQL: the text has this word. */
export function hasWord(text: SearchText, word: string): string {
  const { sql, rules } = text
  if (rules.delimiters.length === 0) return `${folded(sql, rules)} = ${folded(sqlText(word), rules)}`
  return found(text, word, escapePattern(word))
}

/** SQL: the text has these words one behind the other, parted as they are here. */
export function hasPhrase(text: SearchText, phrase: string): string {
  const { sql, rules } = text
  if (rules.delimiters.length === 0) return `contains(${folded(sql, rules)}, ${folded(sqlText(phrase), rules)})`
  return found(text, phrase, escapePattern(phrase))
}

/** SQL: the text has a word of this form, in which `*` stands for any number of letters and `?` for one. */
export function hasWildcard(text: SearchText, form: string): string {
  const { sql, rules } = text
  if (rules.delimiters.length === 0) {
    const like = form
      .replace(/[%_\\]/g, '\\$&')
      .replaceAll('*', '%')
      .replaceAll('?', '_')
    return `${folded(sql, rules)} like ${folded(sqlText(like), rules)} escape '\\'`
  }
  const letter = `[^${edgeOf(rules)}]`
  const pattern = form
    .split(/([*?])/)
    .map((part) => (part === '*' ? `${letter}*` : part === '?' ? letter : escapePattern(part)))
    .join('')
  return found(text, form.split(/[*?]/, 1)[0] ?? '', pattern)
}

/** A scan for a part that every match holds spares most texts the pattern. */
function found({ sql, rules, mayHold }: SearchText, part: string, pattern: string): string {
  const quick = mayHold?.(part) ?? `contains(${folded(sql, rules)}, ${folded(sqlText(part), rules)})`
  const edge = edgeOf(rules)
  const whole = sqlText(`(?:^|[${edge}])${pattern}(?:$|[${edge}])`)
  return `(${quick} and regexp_matches(${sql}, ${whole}, '${rules.caseSensitive ? 'c' : 'i'}'))`
}

function edgeOf({ delimiters }: TextRules): string {
  return [...delimiters, VALUE_SEPARATOR].map(escapePattern).join('')
}

function folded(sql: string, { caseSensitive }: TextRules): string {
  return caseSensitive ? sql : `lower(${sql})`
}

/** ASCII other than letters and digits by its code: no character keeps a meaning of its own in an RE2 pattern. */
function escapePattern(text: string): string {
  return text.replace(/[^A-Za-z0-9\u0080-\uffff]/g, (char) => `\\x{${char.charCodeAt(0).toString(16)}}`)
}
