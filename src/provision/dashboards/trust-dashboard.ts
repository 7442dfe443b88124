import { DAY, MINUTE } from '../../config/units.ts'
import { controlRow } from './control-row.ts'
import type { DashboardDefinition, Threshold, TokenDefinition } from './dashboard-definition.ts'
import { NONE_IS_GOOD } from './thresholds.ts'

const HOURS: TokenDefinition = {
  ...{ kind: 'token', question: 'silent-hours', parameter: 'hours' },
  choices: ['1', '3', '6', '12', '24'].map((value) => ({ value, label: { en: `${value} h`, zh: `${value} 小时` } }))
}

const DELAY: readonly Threshold[] = [
  { rule: '>=', value: 0, colour: 'good' },
  { rule: '>=', value: MINUTE, colour: 'warning' },
  { rule: '>=', value: 5 * MINUTE, colour: 'bad' }
]

/** Whether the log can be believed: complete, timely, clean; and how the service is. */
export const TRUST_DASHBOARD: DashboardDefinition = {
  name: 'ecs-audit-trust',
  title: { en: 'ECS audit: trust and health', zh: 'ECS 审计：日志可信度与服务健康' },
  description: {
    en: 'Whether the log is complete, timely and clean, and whether the service that writes it is well.',
    zh: '日志是否完整、及时、干净，写入日志的服务是否健康。'
  },
  rangeMs: 7 * DAY,
  rows: [
    controlRow(HOURS),
    {
      height: 5,
      charts: [
        [10, { kind: 'stat', question: 'stat-trust', fields: ['records', 'events', 'duplicates_percent'] }],
        [
          9,
          {
            ...{ kind: 'stat', question: 'stat-trust', id: 'stat-delay', fields: ['p50_ms', 'p99_ms', 'max_ms'] },
            title: { en: 'From the event to the queue’s consumer', zh: '从事件发生到被消费' },
            thresholds: { p50_ms: DELAY, p99_ms: DELAY }
          }
        ],
        [
          5,
          {
            ...{ kind: 'stat', question: 'stat-trust', id: 'stat-undecodable', fields: ['undecodable'] },
            title: { en: 'Undecodable messages', zh: '无法解析的消息' },
            thresholds: { undecodable: NONE_IS_GOOD }
          }
        ]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'stack', question: 'chart-records', x: 't', y: 'records', category: 'kind' }],
        [12, { kind: 'line', question: 'chart-lag', x: 't', y: ['p50_ms', 'p99_ms', 'max_ms'] }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'silent-hours', pageSize: 10 }],
        [12, { kind: 'table', question: 'service-health', pageSize: 10 }]
      ]
    },
    {
      height: 7,
      charts: [
        [12, { kind: 'line', question: 'chart-duplicates', x: 't', y: ['events', 'duplicates'], style: 'bars' }],
        [12, { kind: 'stack', question: 'chart-undecodable', x: 't', y: 'messages', category: 'reason' }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'late-events', pageSize: 10 }],
        [12, { kind: 'table', question: 'undecodable', pageSize: 10 }]
      ]
    },
    {
      height: 8,
      charts: [
        [8, { kind: 'table', question: 'duplicates', pageSize: 10 }],
        [8, { kind: 'pie', question: 'record-kinds', label: 'kind', value: 'records' }],
        [8, { kind: 'pie', question: 'envelopes', label: 'envelope', value: 'events' }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'schema-versions', pageSize: 10 }],
        [12, { kind: 'table', question: 'test-events', pageSize: 10 }]
      ]
    },
    { height: 10, charts: [[24, { kind: 'table', question: 'dry-run' }]] },
    {
      height: 4,
      charts: [
        [
          24,
          {
            ...{ kind: 'note', id: 'note', title: { en: 'How to read this', zh: '阅读说明' } },
            text: {
              en: 'Messages come at least once: duplicates are counted here, and nowhere else. Reports of health and undecodable messages tell no region, account or instance: a filter hides them.',
              zh: '消息至少投递一次：重复记录只在此处统计。健康报告和无法解析的消息没有地域、账号和实例：使用过滤器时不显示。'
            }
          }
        ]
      ]
    }
  ]
}
