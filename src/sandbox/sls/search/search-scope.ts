import { sqlText } from '../database.ts'
import type { TextRules } from '../index-config.ts'
import { isOwnText } from '../log-table.ts'
import type { Logstore, LogstoreIndex } from '../logstore.ts'
import type { SearchField, SearchScope } from './search-sql.ts'
import { type SearchText, VALUE_SEPARATOR } from './text-match.ts'

/** Topic, source and tags are indexed by themselves, with the console's delimiters. */
const RESERVED_RULES: TextRules = { delimiters: [...', \'";=()[]{}?@&<>/:\n\t\r'], caseSensitive: false }
const TAG_PREFIX = '__tag__:'

/** The fields that a search on a logstore can name, and the texts that bare words are looked for in. */
export function searchScope(logstore: Logstore, index: LogstoreIndex): SearchScope {
  return {
    field: (name) => reservedField(name) ?? indexedField(name, index),
    fullText: fullText(logstore, index)
  }
}

/** A tag's value, as SQL: NULL for a log without it. */
export function tagSql(field: string): string | undefined {
  return field.startsWith(TAG_PREFIX) ? memberSql('tags', field.slice(TAG_PREFIX.length)) : undefined
}

function reservedField(name: string): SearchField | undefined {
  const sql = name === '__topic__' ? 'topic' : name === '__source__' ? 'source' : tagSql(name)
  return sql === undefined ? undefined : { sql, type: 'text', rules: RESERVED_RULES }
}

function indexedField(name: string, { config, columns }: LogstoreIndex): SearchField | undefined {
  const field = config.fields.get(name)
  const column = columns.get(name)
  if (field !== undefined) return column && { sql: column.name, type: field.type, rules: field.text }
  return subfield(name, config, columns)
}

/** A JSON field's texts are indexed even where the index does not name them (`index_all`). */
function subfield(
  name: string,
  config: LogstoreIndex['config'],
  columns: LogstoreIndex['columns']
): SearchField | undefined {
  for (const field of config.fields.values()) {
    const column = columns.get(field.name)
    if (column === undefined || !name.startsWith(`${field.name}.`)) continue
    const path = name.slice(field.name.length + 1).split('.')
    if (path.length > field.depth) continue
    const text = `json_extract_string(${column.name}, ${sqlText(pointer(path))})`
    return { sql: `case when json_valid(${column.name}) then ${text} end`, type: 'text', rules: field.text }
  }
  return undefined
}

function fullText(logstore: Logstore, { config, columns }: LogstoreIndex): readonly SearchText[] {
  const { line } = config
  if (line === undefined) {
    return [...config.fields.values()].flatMap((field) => {
      const column = columns.get(field.name)
      return column !== undefined && field.type === 'text' ? [{ sql: column.name, rules: field.text }] : []
    })
  }
  const covered = (key: string): boolean =>
    line.include === undefined ? !line.exclude.includes(key) : line.include.includes(key)
  const texts = logstore.columns.filter((column) => isOwnText(column) && covered(column.key))
  return [...texts.map(({ name }) => ({ sql: name, rules: line.rules })), ...restTexts(line)]
}

function restTexts(line: NonNullable<LogstoreIndex['config']['line']>): SearchText[] {
  const { include, exclude, rules } = line
  if (include !== undefined) return include.map((key) => ({ sql: memberSql('rest', key), rules }))
  const removed = JSON.stringify(Object.fromEntries(exclude.map((key) => [key, null])))
  const kept = exclude.length === 0 ? 'rest' : `json_merge_patch(rest, ${sqlText(removed)})`
  const sql = `array_to_string(json_extract_string(${kept}, '$.*'), ${sqlText(VALUE_SEPARATOR)})`
  // Taking the JSON apart costs most: ask its text first, in which quotes and backslashes are escaped.
  const mayHold = (part: string): string => {
    const escaped = JSON.stringify(part).slice(1, -1)
    return `contains(lower(rest), lower(${sqlText(escaped)}))`
  }
  return [{ sql, rules, mayHold }]
}

/** A member of a JSON object, as text, by its name (JSON Pointer, RFC 6901). */
export function memberSql(column: string, key: string): string {
  return `json_extract_string(${column}, ${sqlText(pointer([key]))})`
}

function pointer(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
