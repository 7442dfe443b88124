import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { loadAlertDefinitions } from '../../src/provision/alert-definition.ts'
import { loadDashboardFiles } from '../../src/provision/dashboard-file.ts'
import { desiredState } from '../../src/provision/desired-state.ts'
import { LANGUAGES } from '../../src/provision/target.ts'
import { SLS_KEYS, sendRaw, startSls } from '../support/sls-sandbox.ts'

const questions = loadCatalogue()
const alerts = loadAlertDefinitions()
const target = { region: SLS_KEYS.region, project: 'my-audit', logstore: 'ecs-events' }

function stateIn(lang: (typeof LANGUAGES)[number]) {
  const wishes = { ...target, ttlDays: 365, shards: 2, actionPolicy: '', lang, changeTypes: false }
  return desiredState(wishes, { questions, dashboards: loadDashboardFiles({ lang }), alerts })
}

describe('alerts', () => {
  test('tell of storms, loops, late drains, silence, undecodable messages and an unhealthy service', () => {
    expect(alerts.map(({ name }) => name)).toEqual([
      ...['release-storm', 'restart-loop', 'silence', 'undecodable', 'undrained', 'unhealthy']
    ])
  })

  test.each(alerts.map((alert) => [alert.name, alert] as const))(
    '%s asks for columns that there are',
    (_name, alert) => {
      const question = questions.get(alert.question)
      const columns = question?.columns.map(({ name }) => name)
      const conditions = alert.severities.map(({ when }) => when.replace(/[<>=!]+ *\d+$/, '').trim())
      expect(columns).toEqual(expect.arrayContaining(conditions))
      const named = Object.values(alert.message).flatMap((text) =>
        [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name)
      )
      expect(columns).toEqual(expect.arrayContaining(named))
      const commands = alert.description.en.match(/query [\w-]+/g) ?? []
      for (const command of commands) expect(questions.has(command.slice('query '.length)), command).toBe(true)
    }
  )

  test('look as far back as their question says, and at least as far as to the last time', () => {
    const seconds = (text: string): number => Number(text.slice(0, -1)) * { m: 60, h: 3_600 }[text.at(-1) as 'm' | 'h']
    for (const { question, window, every } of alerts) {
      expect(questions.get(question)?.range).toBe(seconds(window) * 1_000)
      expect(seconds(window)).toBeGreaterThanOrEqual(seconds(every))
    }
  })
})

describe.each(LANGUAGES)('everything in %s', (lang) => {
  test('has a name of its own, and stays within what a project may hold', () => {
    const resources = stateIn(lang)
    const names = resources.map(({ kind, name }) => `${kind} ${name}`)
    expect(new Set(names).size).toBe(names.length)
    for (const kind of ['saved search', 'dashboard', 'alert']) {
      expect(resources.filter((resource) => resource.kind === kind).length, kind).toBeLessThanOrEqual(80)
    }
  })

  test('is taken by the service', async () => {
    const { service, server, project, close } = await startSls({}, { keys: { kind: { type: 'text', token: [] } } })
    try {
      for (const { kind, name, create } of stateIn(lang)) {
        if (kind === 'logstore') continue
        const { method, path, body } = kind === 'index' ? { ...create, method: 'PUT' } : create
        const headers = { 'content-type': 'application/json' }
        const answer = await sendRaw(server.port, {
          ...{ method, target: path, project, headers, body: Buffer.from(JSON.stringify(body)) }
        })
        expect([name, answer.errorMessage]).toEqual([name, undefined])
      }
      expect(service.hasLogstore(project, 'ecs-events')).toBe(true)
    } finally {
      await close()
    }
  })

  test('has no place left unfilled', () => {
    for (const { wanted } of stateIn(lang)) {
      expect(JSON.stringify(wanted)).not.toMatch(/"\$\{(project|logstore|region)\}"/)
    }
  })
})
