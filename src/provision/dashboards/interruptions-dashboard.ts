import { DAY, MINUTE } from '../../config/units.ts'
import { controlRow } from './control-row.ts'
import type { DashboardDefinition, Threshold } from './dashboard-definition.ts'
import { NONE_IS_GOOD } from './thresholds.ts'

/** Below zero a drain ended after the instance's last moment. */
const MARGIN: readonly Threshold[] = [
  { rule: '>=', value: MINUTE, colour: 'good' },
  { rule: '<', value: MINUTE, colour: 'warning' },
  { rule: '<', value: 0, colour: 'bad' }
]

/** Preemptible instances that were taken away: notices, drains, replacements. */
export const INTERRUPTIONS_DASHBOARD: DashboardDefinition = {
  name: 'ecs-audit-interruptions',
  title: { en: 'ECS audit: interruptions and drains', zh: 'ECS 审计：中断与流量摘除' },
  description: {
    en: 'Which preemptible instances were interrupted, whether they left their load balancers in time, and what replaced them.',
    zh: '哪些抢占式实例被中断，是否及时从负载均衡摘除，由什么实例替换。'
  },
  rangeMs: 30 * DAY,
  rows: [
    controlRow(),
    {
      height: 5,
      charts: [
        [
          14,
          {
            ...{ kind: 'stat', question: 'stat-interruptions' },
            fields: ['notices', 'in_time', 'late', 'failed', 'replaced'],
            thresholds: { late: NONE_IS_GOOD, failed: NONE_IS_GOOD }
          }
        ],
        [
          5,
          {
            ...{ kind: 'stat', question: 'stat-interruptions', id: 'stat-margin', fields: ['least_margin_ms'] },
            title: { en: 'Least margin of a drain', zh: '摘除的最小余量' },
            thresholds: { least_margin_ms: MARGIN }
          }
        ],
        [
          5,
          {
            ...{ kind: 'stat', question: 'stat-interruptions', id: 'stat-lost-capacity', fields: ['lost_ms'] },
            title: { en: 'Capacity lost', zh: '缺失的容量' }
          }
        ]
      ]
    },
    {
      height: 8,
      charts: [
        [
          12,
          {
            ...{ kind: 'line', question: 'chart-interruptions', x: 't', style: 'bars' },
            y: ['notices', 'in_time', 'late', 'failed', 'replaced']
          }
        ],
        [12, { kind: 'line', question: 'chart-drain-margins', x: 't', y: ['least_ms', 'most_ms'] }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'interrupted-now', fixedTime: true, pageSize: 10 }],
        [12, { kind: 'table', question: 'notices-undrained', pageSize: 10 }]
      ]
    },
    { height: 1, charts: [[24, { kind: 'section', id: 'section-drains', title: { en: 'Drains', zh: '流量摘除' } }]] },
    { height: 10, charts: [[24, { kind: 'table', question: 'drains' }]] },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'drain-outcomes', pageSize: 10 }],
        [12, { kind: 'table', question: 'drains-failed', pageSize: 10 }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'interrupted-unbalanced', pageSize: 10 }],
        [12, { kind: 'table', question: 'last-healthy-removed', pageSize: 10 }]
      ]
    },
    {
      height: 1,
      charts: [[24, { kind: 'section', id: 'section-replacements', title: { en: 'Replacements', zh: '实例替换' } }]]
    },
    {
      height: 8,
      charts: [
        [8, { kind: 'line', question: 'chart-lost-capacity', x: 't', y: ['lost_ms', 'longest_ms'], style: 'bars' }],
        [16, { kind: 'table', question: 'replacements', pageSize: 10 }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'replacements-failed', pageSize: 10 }],
        [12, { kind: 'table', question: 'replacements-surplus', pageSize: 10 }]
      ]
    },
    {
      height: 1,
      charts: [
        [24, { kind: 'section', id: 'section-releases', title: { en: 'Notices and releases', zh: '中断通知与释放' } }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'released-after-notice', pageSize: 10 }],
        [12, { kind: 'table', question: 'notices-unreleased', pageSize: 10 }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'spot-pools', pageSize: 10 }],
        [12, { kind: 'table', question: 'spot-released-unnoticed', pageSize: 10 }]
      ]
    },
    {
      height: 4,
      charts: [
        [
          24,
          {
            ...{ kind: 'note', id: 'note', title: { en: 'How to read this', zh: '阅读说明' } },
            text: {
              en: 'A margin is what was left until the instance would be reclaimed when its drain had ended: below zero it was too late. A step that was told twice counts once. Zones and types come from snapshots (`kind: instance`).',
              zh: '余量是流量摘除结束时距实例被回收的剩余时间：小于零表示太晚。重复记录的步骤只计一次。可用区和规格来自快照（`kind: instance`）。'
            }
          }
        ]
      ]
    }
  ]
}
