import type { Question } from '../audit/question.ts'
import { formatDuration } from '../config/units.ts'
import { markdownTable } from './markdown-table.ts'

/** Questions that dashboards and alerts ask rather than people. */
const FIGURE = /^(?:alert|chart|filter|stat)-/

/** The catalogue for the documentation: a table for each topic, and one for what only charts and alerts ask. */
export function questionTables(questions: Iterable<Question>): Record<string, string> {
  const topics = new Map<string, Question[]>()
  for (const question of questions) {
    const topic = FIGURE.test(question.name) ? 'figure' : question.topic
    topics.set(topic, [...(topics.get(topic) ?? []), question])
  }
  return Object.fromEntries([...topics].map(([topic, members]) => [`${topic}-questions`, topicTable(members)]))
}

function topicTable(questions: readonly Question[]): string {
  return markdownTable(
    ['name', 'question', 'parameters', 'looks back', 'how to read it'],
    questions.map((question) => [
      `\`${question.name}\``,
      question.question.en,
      question.parameters
        .map(({ name, default: value }) => (value === '' ? `\`${name}\`` : `\`${name}=${value}\``))
        .join(', '),
      formatDuration(question.range),
      notesOf(question).replaceAll('|', '\\|')
    ])
  )
}

function notesOf({ notes, needsSnapshots }: Question): string {
  return [...(needsSnapshots ? ['Needs snapshots.'] : []), notes].join(' ').trim()
}
