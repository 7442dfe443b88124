import type { Question } from '../audit/question.ts'
import { formatDuration } from '../config/units.ts'
import { markdownTable } from './markdown-table.ts'
import { questionGroups } from './question-groups.ts'

/** The catalogue for the documentation: a table for each topic, and one for what only charts and alerts ask. */
export function questionTables(questions: Iterable<Question>): Record<string, string> {
  const groups = questionGroups(questions)
  return Object.fromEntries([...groups].map(([topic, members]) => [`${topic}-questions`, topicTable(members)]))
}

function topicTable(questions: readonly Question[]): string {
  return markdownTable(
    ['name', 'question', 'parameters', 'looks back', 'how to read it'],
    questions.map((question) => [
      `\`${question.name}\``,
      question.question.en,
      question.parameters
        .map(({ name, default: value, required }) => {
          return `\`${name}${value === '' ? '' : `=${value}`}\`${required ? ' (needed)' : ''}`
        })
        .join(', '),
      formatDuration(question.range),
      notesOf(question).replaceAll('|', '\\|')
    ])
  )
}

function notesOf({ notes, needsSnapshots }: Question): string {
  return [...(needsSnapshots ? ['Needs snapshots.'] : []), notes].join(' ').trim()
}
