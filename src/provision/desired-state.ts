import { consoleQuestion } from '../audit/console-question.ts'
import type { Question } from '../audit/question.ts'
import { questionQuery } from '../audit/question-query.ts'
import { AuditError } from '../lib/errors.ts'
import { alertBody } from './alert-body.ts'
import type { AlertDefinition } from './alert-definition.ts'
import { type DashboardFile, filledDashboard } from './dashboard-file.ts'
import { type IndexWish, indexResource } from './index-resource.ts'
import { type LogstoreWish, logstoreResource } from './logstore-resource.ts'
import { alertResource, dashboardResource, savedSearchResource } from './named-resource.ts'
import type { Resource } from './resource.ts'
import { type ConsoleText, type Target, TITLE_PREFIX } from './target.ts'

/** What the project is to be like, beyond what the product itself brings. */
export interface Wishes extends Target, ConsoleText, LogstoreWish, IndexWish {
  /** Id of the action policy of alerts; '' for none. */
  readonly actionPolicy: string
}

/** What the product brings. */
export interface Content {
  readonly questions: ReadonlyMap<string, Question>
  readonly dashboards: readonly DashboardFile[]
  readonly alerts: readonly AlertDefinition[]
}

/**
 * Everything that setup keeps in a project, in the order in which it can be made. A saved search is made of every question
 * that people ask: those of charts and alerts alone stay with these.
 *
 * @throws AuditError `internal` for an alert on a question that is not there
 */
export function desiredState(wishes: Wishes, { questions, dashboards, alerts }: Content): Resource[] {
  const alertQuestions = new Set(alerts.map(({ question }) => question))
  const asked = [...questions.values()].filter(({ name, topic }) => topic !== 'chart' && !alertQuestions.has(name))
  return [
    logstoreResource(wishes),
    indexResource(wishes),
    ...asked.map((question) => savedSearchResource(savedSearchBody(question, wishes))),
    ...dashboards.map((dashboard) => dashboardResource(filledDashboard(dashboard, wishes))),
    ...alerts.map((alert) => alertResource(alertBody(alert, questionOf(alert, questions), wishes)))
  ]
}

/** The console asks for no parameters of a saved search: they take their defaults. Its times are of UTC, as text. */
function savedSearchBody(question: Question, { logstore, lang }: Wishes) {
  return {
    savedsearchName: `ecs-audit-${question.name}`,
    displayName: `${TITLE_PREFIX[lang]}${question.title[lang]}`,
    logstore,
    topic: '',
    searchQuery: questionQuery(consoleQuestion(question))
  }
}

function questionOf({ name, question }: AlertDefinition, questions: Content['questions']): Question {
  const found = questions.get(question)
  if (found !== undefined) return found
  throw new AuditError('internal', `Cannot make the alert ${name}: there is no question ${question}`)
}
