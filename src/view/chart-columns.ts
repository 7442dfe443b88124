import { consoleQuestion } from '../audit/console-question.ts'
import type { Question } from '../audit/question.ts'
import type { Bilingual, ColumnView, ValueKind } from './answers.ts'

/** A question of the catalogue as the page asks it: columns with titles and kinds, parameters, and its own words. */
export type KnownQuestion = Pick<Question, 'columns' | 'parameters' | 'topic' | 'query'>

/** Questions by the queries of charts. */
export type ColumnBook = ReadonlyMap<string, KnownQuestion>

/**
 * The questions of a catalogue, to be found by the query of a chart: by their own, and by what the console asks, whose times
 * are text where the page shows those of the reader's clock.
 */
export function columnBook(questions: Iterable<Question>): ColumnBook {
  return new Map(
    Array.from(questions).flatMap((question) =>
      [question, consoleQuestion(question)].map(({ query }) => [queryKey(query.join(' ')), question] as const)
    )
  )
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
