import { DAY } from '../../config/units.ts'
import { controlRow } from './control-row.ts'
import type { DashboardDefinition, Threshold, TokenDefinition } from './dashboard-definition.ts'
import { NONE_IS_GOOD } from './thresholds.ts'

const STOPS: TokenDefinition = {
  ...{ kind: 'token', question: 'restart-loops', parameter: 'stops' },
  choices: ['2', '3', '5', '10'].map((value) => ({ value, label: { en: `${value} stops`, zh: `停止 ${value} 次` } }))
}

const RECOVERED: readonly Threshold[] = [
  { rule: '<', value: 80, colour: 'bad' },
  { rule: '>=', value: 80, colour: 'warning' },
  { rule: '>=', value: 95, colour: 'good' }
]

/** Instances that stopped, what was done about them, and maintenance that stops them. */
export const RESTARTS_DASHBOARD: DashboardDefinition = {
  name: 'ecs-audit-restarts',
  title: { en: 'ECS audit: restarts', zh: 'ECS 审计：自动重启' },
  description: {
    en: 'Which instances stopped, which were started again, which came back, and which were left alone and why.',
    zh: '哪些实例停止，哪些被重新启动并恢复，哪些未处理及其原因。'
  },
  rangeMs: 30 * DAY,
  rows: [
    controlRow(STOPS),
    {
      height: 5,
      charts: [
        [
          14,
          {
            ...{ kind: 'stat', question: 'stat-restarts', fields: ['restarts', 'recovered', 'gave_up', 'still_open'] },
            thresholds: { gave_up: NONE_IS_GOOD }
          }
        ],
        [
          5,
          {
            ...{ kind: 'stat', question: 'stat-restarts', id: 'stat-recovered', fields: ['recovered_percent'] },
            title: { en: 'Recovered', zh: '恢复率' },
            thresholds: { recovered_percent: RECOVERED }
          }
        ],
        [
          5,
          {
            ...{ kind: 'stat', question: 'stat-restarts', id: 'stat-longest', fields: ['longest_ms'] },
            title: { en: 'Longest recovery', zh: '最长恢复用时' }
          }
        ]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'stack', question: 'chart-restarts', x: 't', y: 'steps', category: 'outcome' }],
        [12, { kind: 'stack', question: 'chart-events-by-state', x: 't', y: 'events', category: 'state' }]
      ]
    },
    { height: 10, charts: [[24, { kind: 'table', question: 'restarts' }]] },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'restart-loops', pageSize: 10 }],
        [12, { kind: 'table', question: 'restarts-refused', pageSize: 10 }]
      ]
    },
    { height: 8, charts: [[24, { kind: 'table', question: 'stopped-and-left', pageSize: 10 }]] },
    {
      height: 1,
      charts: [
        [
          24,
          { kind: 'section', id: 'section-maintenance', title: { en: 'Maintenance and failures', zh: '运维与故障' } }
        ]
      ]
    },
    {
      height: 8,
      charts: [
        [8, { kind: 'stack', question: 'chart-maintenance', x: 't', y: 'events', category: 'status' }],
        [16, { kind: 'table', question: 'maintenance-open', pageSize: 10 }]
      ]
    },
    { height: 10, charts: [[24, { kind: 'table', question: 'maintenance' }]] },
    {
      height: 4,
      charts: [
        [
          24,
          {
            ...{ kind: 'note', id: 'note', title: { en: 'How to read this', zh: '阅读说明' } },
            text: {
              en: 'One restart is the first stop of an instance and all that was tried because of it. What was refused tells its reason; a decision in dry run changed nothing. The meaning of each reason is in docs/actions.md.',
              zh: '一次重启包括实例的首次停止以及由此进行的全部尝试。被拒绝的操作会给出原因；演练模式的决定不会改变任何实例。各原因的含义见 docs/actions.md。'
            }
          }
        ]
      ]
    }
  ]
}
