import type { Question } from '../../audit/question.ts'
import { buildDashboard } from './build-dashboard.ts'
import type { DashboardDefinition, Language } from './dashboard-definition.ts'
import { INTERRUPTIONS_DASHBOARD } from './interruptions-dashboard.ts'
import { RELEASED_DASHBOARD } from './released-dashboard.ts'
import { RESTARTS_DASHBOARD } from './restarts-dashboard.ts'
import { TRUST_DASHBOARD } from './trust-dashboard.ts'

/** The dashboards, in the order to read them in. */
export const DASHBOARDS: readonly DashboardDefinition[] = [
  RELEASED_DASHBOARD,
  INTERRUPTIONS_DASHBOARD,
  RESTARTS_DASHBOARD,
  TRUST_DASHBOARD
]

/**
 * The files that people import: by their paths under `dashboards/`, English ones there and Chinese ones in `zh/`.
 * Both have the same names in the service: a project has one language.
 *
 * @throws AuditError `internal` for a definition that can't be drawn from this catalogue
 */
export function dashboardFiles(questions: ReadonlyMap<string, Question>): ReadonlyMap<string, string> {
  const files = (lang: Language, folder: string) =>
    DASHBOARDS.map((definition): [string, string] => {
      const dashboard = buildDashboard(definition, { questions, lang })
      return [`${folder}${definition.name.replace(/^ecs-audit-/, '')}.json`, `${JSON.stringify(dashboard, null, 2)}\n`]
    })
  return new Map([...files('en', ''), ...files('zh', 'zh/')])
}
