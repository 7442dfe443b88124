import type { Question } from '../audit/question.ts'
import { questionQuery } from '../audit/question-query.ts'
import type { AlertDefinition } from './alert-definition.ts'
import { type ConsoleText, type Target, TITLE_PREFIX } from './target.ts'

/** SLS's own dashboard of what alerts have done. */
const HISTORY = 'internal-alert-analysis'
/** The alert policy that lets each alert name its own action policy (SLS "Built-in alert policies"). */
const ALERT_POLICY = 'sls.builtin.dynamic'

/**
 * An alert as CreateAlert takes it, version 2. Without an action policy nobody is called: it shows in the console's alert
 * centre alone.
 */
export function alertBody(
  alert: AlertDefinition,
  question: Question,
  { region, project, logstore, actionPolicy, lang }: Target & ConsoleText & { readonly actionPolicy: string }
) {
  return {
    name: `ecs-audit-${alert.name}`,
    displayName: `${TITLE_PREFIX[lang]}${alert.title[lang]}`,
    description: alert.description[lang],
    schedule: { type: 'FixedRate', interval: alert.every },
    configuration: {
      version: '2.0',
      type: 'default',
      dashboard: HISTORY,
      queryList: [
        {
          storeType: 'log',
          ...{ region, project, store: logstore },
          query: questionQuery(question, alert.parameters),
          timeSpanType: 'Relative',
          start: `-${alert.window}`,
          end: 'now',
          powerSqlMode: 'auto'
        }
      ],
      groupConfiguration: { type: 'no_group', fields: [] },
      severityConfigurations: alert.severities.map(({ severity, when: condition }) => {
        return { severity, evalCondition: { condition, countCondition: '' } }
      }),
      threshold: 1,
      autoAnnotation: true,
      sendResolved: true,
      noDataFire: false,
      noDataSeverity: 6,
      labels: [],
      annotations: [
        { key: 'title', value: `\${alert_name}` },
        { key: 'desc', value: alert.message[lang] }
      ],
      policyConfiguration: {
        alertPolicyId: ALERT_POLICY,
        ...(actionPolicy !== '' && { actionPolicyId: actionPolicy }),
        repeatInterval: alert.repeat
      },
      sinkAlerthub: { enabled: true },
      sinkCms: { enabled: false },
      sinkEventStore: { enabled: false }
    }
  }
}
