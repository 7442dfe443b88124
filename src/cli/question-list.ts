import type { Question } from '../audit/question.ts'
import { formatDuration } from '../config/units.ts'
import { answerTable } from './answer-table.ts'
import { csvText } from './csv.ts'
import type { Format } from './format.ts'
import { type QuestionGroup, questionGroups } from './question-groups.ts'

/** The questions of the catalogue, for people by topic. Without a line end. */
export function questionList(questions: readonly Question[], format: Format, columns: number): string {
  switch (format) {
    case 'table':
      return table(questions, columns)
    case 'csv':
      return csv(questions)
    case 'json':
      return JSON.stringify(questions.map(told), null, 2)
    case 'ndjson':
      return questions.map((question) => JSON.stringify(told(question))).join('\n')
    default: {
      const never: never = format
      return never
    }
  }
}

const BLANK = ['', '', '', '']
const GROUP_TITLES: Readonly<Record<QuestionGroup, string>> = {
  life: 'Lives',
  releases: 'Releases',
  interruptions: 'Interruptions',
  drains: 'Drains',
  replacements: 'Replacements',
  restarts: 'Restarts',
  maintenance: 'Maintenance',
  trust: 'Trust in the log',
  figure: 'Charts and alerts'
}

function table(questions: readonly Question[], columns: number): string {
  const rows = [...questionGroups(questions)].flatMap(([group, members], at) => [
    ...(at === 0 ? [] : [BLANK]),
    [`# ${GROUP_TITLES[group]}`, '', '', ''],
    ...members.map((question) => {
      return [question.name, question.question.en, formatDuration(question.range), parametersOf(question)]
    })
  ])
  return answerTable(['NAME', 'QUESTION', 'LOOKS BACK', 'PARAMETERS'], rows, columns)
}

function csv(questions: readonly Question[]): string {
  const rows = questions.map((question) => {
    const { name, topic, range } = question
    return [name, topic, question.question.en, formatDuration(range), parametersOf(question)]
  })
  return csvText(['name', 'topic', 'question', 'range', 'parameters'], rows)
}

function parametersOf({ parameters }: Question): string {
  return parameters.map(({ name, default: value, required }) => `${name}=${required ? '(needed)' : value}`).join(' ')
}

function told({ name, topic, question, range, parameters }: Question): unknown {
  return {
    ...{ name, topic, question: question.en, range: formatDuration(range) },
    parameters: parameters.map((each) => ({ name: each.name, default: each.default, required: each.required }))
  }
}
