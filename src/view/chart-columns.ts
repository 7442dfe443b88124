import type { Question } from '../audit/question.ts'
import type { Bilingual, ColumnView, ValueKind } from './answers.ts'

/** A column's title and kind, as a question of the catalogue tells them. */
export type ColumnBook = ReadonlyMap<string, Pick<Question, 'columns' | 'parameters' | 'topic'>>

/** The questions of a catalogue, to be found by the query of a chart. */
export function columnBook(questions: Iterable<Question>): ColumnBook {
  return new Map(Array.from(questions, (question) => [queryKey(question.query.join(' ')), question]))
}

/** What two spellings of one query have in common: blanks and the defaults of variables are not part of it. */
export function queryKey(query: string): string {
  return query
    .replace(/\$\{\{(\w+)(?:\|[^}]*)?\}\}/g, '$${{$1}}')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Titles and kinds of an answer's columns: from the catalogue where it knows the query, else from their names. */
export function columnViews(names: readonly string[], question: Pick<Question, 'columns'> | undefined): ColumnView[] {
  return names.map((name) => {
    const known = question?.columns.find((column) => column.name === name)
    return known ?? { name, title: plainTitle(name), kind: kindByName(name) }
  })
}

/** The naming rules of the record's fields: `_ms` ends a number of milliseconds, and `..._id` names something. */
function kindByName(name: string): ValueKind {
  if (/^(time|hour|day|event_ms|received_ms|created_ms|released_ms|notice_ms|.*_at_ms)$/.test(name)) return 'time'
  if (/_ms$/.test(name)) return 'duration'
  if (/(^|_)(id|key)$/.test(name)) return 'id'
  if (/(^|_)(percent|pct)$/.test(name)) return 'percent'
  if (/^(count|events|records|instances|releases|total|n|cnt|requests)$/.test(name)) return 'count'
  return 'text'
}

function plainTitle(name: string): Bilingual {
  const words = name.replace(/_ms$/, '').replaceAll('_', ' ').trim() || name
  const title = words.charAt(0).toUpperCase() + words.slice(1)
  return { en: title, zh: title }
}
