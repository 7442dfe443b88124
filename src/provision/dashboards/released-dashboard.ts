import { DAY } from '../../config/units.ts'
import { controlRow } from './control-row.ts'
import type { DashboardDefinition, TokenDefinition } from './dashboard-definition.ts'

const TAG: TokenDefinition = {
  ...{ kind: 'token', question: 'releases-by-tag', parameter: 'tag', free: true },
  choices: ['env', 'app', 'team', 'owner', 'project', 'cost-center'].map((value) => ({
    value,
    label: { en: value, zh: value }
  }))
}

/** What was released, when and where; how long it lived; what it was. */
export const RELEASED_DASHBOARD: DashboardDefinition = {
  name: 'ecs-audit-released',
  title: { en: 'ECS audit: released instances', zh: 'ECS 审计：已释放的实例' },
  description: {
    en: 'Which instances were released, when, where and in what state; how long they lived and what they were.',
    zh: '哪些实例在何时、何地、以何种状态被释放；它们存在了多久，以及它们是什么。'
  },
  rangeMs: 30 * DAY,
  rows: [
    controlRow(TAG),
    {
      height: 6,
      charts: [
        [4, { kind: 'stat', question: 'stat-released', fields: ['released'] }],
        [8, { kind: 'pie', question: 'released-by-state', label: 'last_state', value: 'releases' }],
        [6, { kind: 'bar', question: 'releases-by-region', x: 'region_id', y: ['releases'] }],
        [6, { kind: 'bar', question: 'releases-by-account', x: 'account_id', y: ['releases'] }]
      ]
    },
    {
      height: 7,
      charts: [
        [12, { kind: 'stack', question: 'chart-releases', x: 't', y: 'releases', category: 'region_id' }],
        [12, { kind: 'line', question: 'churn-per-day', x: 'day_ms', y: ['created', 'released'], style: 'bars' }]
      ]
    },
    { height: 10, charts: [[24, { kind: 'table', question: 'released' }]] },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'release-storms', pageSize: 10 }],
        [12, { kind: 'table', question: 'releases-off-hours', pageSize: 10 }]
      ]
    },
    {
      height: 7,
      charts: [
        [
          24,
          { kind: 'line', question: 'releases-per-hour', x: 'hour_ms', y: ['releases', 'interrupted'], style: 'bars' }
        ]
      ]
    },
    { height: 1, charts: [[24, { kind: 'section', id: 'section-lives', title: { en: 'Lives', zh: '生命周期' } }]] },
    {
      height: 8,
      charts: [
        [8, { kind: 'table', question: 'lifetimes', pageSize: 10 }],
        [16, { kind: 'table', question: 'short-lived', pageSize: 10 }]
      ]
    },
    {
      height: 8,
      charts: [
        [12, { kind: 'table', question: 'gone-quiet', pageSize: 10 }],
        [12, { kind: 'table', question: 'alive-long', pageSize: 10 }]
      ]
    },
    {
      height: 1,
      charts: [[24, { kind: 'section', id: 'section-details', title: { en: 'What they were', zh: '实例详情' } }]]
    },
    {
      height: 7,
      charts: [
        [6, { kind: 'bar', question: 'releases-by-type', x: 'instance_type', y: ['releases'] }],
        [6, { kind: 'bar', question: 'releases-by-zone', x: 'zone_id', y: ['releases'] }],
        [6, { kind: 'pie', question: 'releases-by-charge', label: 'charge_type', value: 'releases' }],
        [6, { kind: 'bar', question: 'releases-by-tag', x: 'tag_value', y: ['releases'] }]
      ]
    },
    { height: 10, charts: [[24, { kind: 'table', question: 'released-details' }]] },
    {
      height: 4,
      charts: [
        [
          24,
          {
            ...{ kind: 'note', id: 'note', title: { en: 'How to read this', zh: '阅读说明' } },
            text: {
              en: 'Every event counts once, however often it was delivered; test events do not count. Type, zone, charge type, tags and addresses come from snapshots (`kind: instance`), taken while an instance existed: `unknown` without them. The filters at the top narrow every chart; an instance that is not in the list can be typed.',
              zh: '每个事件只计一次，无论投递了多少次；测试事件不计入。规格、可用区、付费类型、标签和地址来自实例存在期间的快照（`kind: instance`），没有快照时显示 `unknown`。顶部的过滤器作用于所有图表；列表中没有的实例可以直接输入。'
            }
          }
        ]
      ]
    }
  ]
}
