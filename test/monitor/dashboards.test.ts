import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { HEALTH_REASONS } from '../../src/monitor/health-reasons.ts'
import { allMetrics } from '../../src/telemetry/metrics.ts'

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: ReadonlyArray<{ readonly expr: string; readonly refId: string; readonly legendFormat: string }>
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const dashboard = JSON.parse(read('dashboards/grafana/ecs-audit.json')) as {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly id: null
  readonly __inputs: ReadonlyArray<{ readonly name: string; readonly type: string }>
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly query: string }> }
  readonly panels: readonly Panel[]
}
const { groups } = parse(read('dashboards/grafana/alerts.yaml')) as {
  readonly groups: ReadonlyArray<{ readonly name: string; readonly rules: readonly Rule[] }>
}
const rules = groups.flatMap((group) => group.rules)
const metrics = allMetrics()

/** Those of prom-client and of Prometheus itself that are used. */
const OF_OTHERS = [
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'process_open_fds',
  'nodejs_heap_size_used_bytes',
  'nodejs_eventloop_lag_p99_seconds',
  'up'
]

/** What an expression names, with the labels that it selects or groups by. */
function namesIn(expr: string): Array<{ name: string; labels: string[] }> {
  const series = expr.matchAll(/\b([a-z_0-9]+)\{([^}]*)\}/g)
  return [...series].map(([, name = '', selector = '']) => ({
    name,
    labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)
  }))
}

function expectKnown(expr: string): void {
  const found = namesIn(expr)
  expect(found.length, expr).toBeGreaterThan(0)
  for (const { name, labels } of found) {
    if (OF_OTHERS.includes(name)) continue
    const metric = metrics.get(name) ?? metrics.get(name.replace(/_bucket$/, ''))
    expect(metric, name).toBeDefined()
    expect(name.endsWith('_bucket'), expr).toBe(metric?.type === 'histogram')
    expect([...(metric?.labels ?? []), 'job', 'instance', 'le']).toEqual(expect.arrayContaining(labels))
    if (metric?.type === 'counter' || metric?.type === 'histogram') expect(expr).toMatch(/rate\(|increase\(/)
  }
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim())
  )
  const known = found.flatMap(({ name }) => [...(metrics.get(name.replace(/_bucket$/, ''))?.labels ?? [])])
  for (const label of grouped) expect([...known, 'job', 'instance', 'le'], `${label} in ${expr}`).toContain(label)
}

describe('the Grafana dashboard', () => {
  test('can be imported: no id, a data source to choose, panels with ids of their own that do not overlap', () => {
    expect(dashboard).toMatchObject({ id: null, uid: 'ecs-audit', title: 'ecs-audit' })
    expect(dashboard.__inputs).toMatchObject([{ name: 'DS_PROMETHEUS', type: 'datasource' }])
    expect(read('dashboards/grafana/ecs-audit.json').match(/"uid": "\$\{(?!DS_PROMETHEUS\})/)).toBeNull()
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    const taken = new Set<string>()
    for (const { gridPos, title } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), title).toBe(false)
          taken.add(`${x} ${y}`)
        }
      }
    }
  })

  test('every expression names metrics of the table, with labels that they have; its legend too', () => {
    const targets = dashboard.panels.flatMap(({ targets: its = [] }) => its)
    expect(targets.length).toBeGreaterThan(40)
    for (const { expr, legendFormat } of targets) {
      expectKnown(expr)
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(expr).toContain(label)
    }
    for (const { query } of dashboard.templating.list) expect(query).toMatch(/^label_values\(ecs_audit_build_info\b/)
  })

  test('every metric of the table is drawn, or is a finer form of one that is', () => {
    const drawn = new Set(
      dashboard.panels
        .flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr)))
        .map(({ name }) => name.replace(/_bucket$/, ''))
    )
    const missing = [...metrics.keys()].filter((name) => !drawn.has(name))
    expect(missing.sort()).toEqual([
      'ecs_audit_batch_bytes',
      'ecs_audit_dependency_up',
      'ecs_audit_in_flight_messages',
      'ecs_audit_parked_total',
      'ecs_audit_put_faults_total',
      'ecs_audit_puts_total',
      'ecs_audit_receive_faults_total',
      'ecs_audit_snapshots_total'
    ])
  })
})

describe('the alert rules', () => {
  test.each(rules)('$alert names metrics of the table and says what is wrong', (rule) => {
    expectKnown(rule.expr)
    expect(['critical', 'warning']).toContain(rule.labels.severity)
    expect(rule.annotations.summary).not.toBe('')
    expect(rule.annotations.description).not.toBe('')
    for (const [, reasons = ''] of rule.expr.matchAll(/reason[!=]~?"([^"]*)"/g)) {
      for (const reason of reasons.split('|')) expect(Object.keys(HEALTH_REASONS)).toContain(reason)
    }
  })

  test('docs/operations.md says what to do about each, and about the alerts of SLS', () => {
    const text = read('docs/operations.md')
    const alarms = text.slice(text.indexOf('## Alarms'), text.indexOf('## Counters'))
    const named = [...alarms.matchAll(/`(EcsAudit\w+)`/g)].map(([, name]) => name)
    expect(named.sort()).toEqual(rules.map(({ alert }) => alert).sort())
    for (const name of ['release-storm', 'restart-loop', 'undrained', 'silence', 'undecodable', 'unhealthy']) {
      const { title } = JSON.parse(read(`dashboards/alerts/${name}.json`)) as {
        readonly title: { readonly en: string }
      }
      expect(alarms, name).toContain(title.en)
    }
  })
})
