import { sqlText } from '../database.ts'
import type { TextRules } from '../index-config.ts'
import { isOwnText } from '../log-table.ts'
import type { Logstore, LogstoreIndex } from '../logstore.ts'
import { type SearchField, type SearchScope, VALUE_SEPARATOR } from './search-sql.ts'

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
  return field && column && { sql: column.name, type: field.type, rules: field.text }
}

function fullText(logstore: Logstore, { config, columns }: LogstoreIndex): SearchScope['fullText'] {
  const { line } = config
  if (line === undefined) {
    return [...config.fields.values()].flatMap((field) => {
      const column = columns.get(field.name)
      return column !== undefined && field.type === 'text' ? [{ sql: column.name, rules: field.text }] : []
    })
  }
  const covered = (key: string): boolean =>
    line.include === undefined ? !line.exclude.includes(key) : line.include.includes(key)
  const texts = logstore.columns.filter((column) => isOwnText(column) && covered(column.key)).map(({ name }) => name)
  const values = [...texts, ...restValues(line)].join(', ')
  return [{ sql: `concat_ws(${sqlText(VALUE_SEPARATOR)}, ${values})`, rules: line.rules }]
}

function restValues({
  include,
  exclude
}: {
  include: readonly string[] | undefined
  exclude: readonly string[]
}): string[] {
  if (include !== undefined) return include.map((key) => memberSql('rest', key))
  const removed = JSON.stringify(Object.fromEntries(exclude.map((key) => [key, null])))
  const kept = exclude.length === 0 ? 'rest' : `json_merge_patch(rest, ${sqlText(removed)})`
  return [`array_to_string(json_extract_string(${kept}, '$.*'), ${sqlText(VALUE_SEPARATOR)})`]
}

/** A member of a JSON object, as text, by its name (JSON Pointer, RFC 6901). */
export function memberSql(column: string, key: string): string {
  const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
  return `json_extract_string(${column}, ${sqlText(pointer)})`
}
