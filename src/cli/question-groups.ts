import type { Question } from '../audit/question.ts'

/** Questions that dashboards and alerts ask rather than people. */
const FIGURE = /^(?:alert|chart|filter|stat)-/

/** What people come for stands first; what only charts and alerts ask, last. */
const TOPICS = [
  'life',
  'releases',
  'interruptions',
  'drains',
  'replacements',
  'restarts',
  'maintenance',
  'trust',
  'figure'
] as const

export type QuestionGroup = (typeof TOPICS)[number]

/** The questions of a catalogue by topic, `figure` for those of charts and alerts; topics without a question are left out. */
export function questionGroups(questions: Iterable<Question>): ReadonlyMap<QuestionGroup, readonly Question[]> {
  const all = [...questions]
  const groups = TOPICS.map((topic) => [topic, all.filter((question) => groupOf(question) === topic)] as const)
  return new Map(groups.filter(([, members]) => members.length > 0))
}

function groupOf({ name, topic }: Question): QuestionGroup {
  return topic === 'chart' || FIGURE.test(name) ? 'figure' : topic
}
