import type { IndexedField } from './index-config.ts'
import type { Logstore, LogstoreIndex } from './logstore.ts'
import { tagSql } from './search/search-scope.ts'
import type { LogField, LogSource } from './sql/log-source.ts'
import { sameName } from './sql/scope.ts'
import { BIGINT, DOUBLE, type SqlType, VARCHAR } from './sql/sql-type.ts'

const TYPES: Readonly<Record<IndexedField['type'], SqlType>> = {
  text: VARCHAR,
  json: VARCHAR,
  long: BIGINT,
  double: DOUBLE
}

/**
 * A logstore's logs as SQL sees them: the fields with statistics on (SLS "Configure indexes"), and the reserved ones; tags
 * only when asked for, as `*` shows none.
 *
 * @param conditions DuckDB's SQL of the search and the time range
 */
export function logstoreSource(logstore: Logstore, index: LogstoreIndex, conditions: string): LogSource {
  const columns: LogField[] = []
  for (const field of [...analysedFields(index), ...RESERVED]) {
    // Names are the same to SQL in either case: the first one wins.
    if (!columns.some(({ name }) => sameName(name, field.name))) columns.push(field)
  }
  return { columns, find: hiddenField, from: `from store.${logstore.table} where ${conditions}` }
}

const RESERVED: readonly LogField[] = [
  { name: '__topic__', type: VARCHAR, sql: 'topic' },
  { name: '__source__', type: VARCHAR, sql: 'source' },
  { name: '__time__', type: BIGINT, sql: 'time' }
]

function hiddenField(name: string): LogField | undefined {
  if (name === '__time_ns_part__') return { name, type: BIGINT, sql: 'cast(time_ns as bigint)' }
  const tag = tagSql(name)
  return tag === undefined ? undefined : { name, type: VARCHAR, sql: tag }
}

function* analysedFields({ config, columns }: LogstoreIndex): Generator<LogField> {
  const longest = config.maxTextLength
  for (const field of config.fields.values()) {
    const column = columns.get(field.name)
    if (!field.analysed || column === undefined) continue
    const type = TYPES[field.type]
    const { name } = column
    // A text is cut at `max_text_len`; few are that long, and asking costs less than cutting.
    const cut = `case when strlen(${name}) > ${longest} then left(${name}, ${longest}) else ${name} end`
    yield { name: field.sqlName, type, sql: type === VARCHAR ? cut : name }
  }
}
