import { onTestFinished } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { staticCredentials } from '../../src/cloud/credentials.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { type CallOutcome, type SlsCall, SlsClient } from '../../src/logstore/sls-client.ts'
import { Administration } from '../../src/provision/administration.ts'
import { loadAlertDefinitions } from '../../src/provision/alert-definition.ts'
import { applyPlan, type StepResult } from '../../src/provision/apply.ts'
import { type Content, desiredState, type Wishes } from '../../src/provision/desired-state.ts'
import { isDrift, makePlan, type Step } from '../../src/provision/plan.ts'
import type { Resource } from '../../src/provision/resource.ts'
import { dashboardBody } from '../sandbox/sls/resource-bodies.ts'
import { HurryClock } from '../support/hurry-clock.ts'
import { SLS_KEYS, type SlsSandbox, sendRaw, startSls } from '../support/sls-sandbox.ts'

const PROJECT = 'fresh-project'
const TARGET = { region: SLS_KEYS.region, project: PROJECT, logstore: 'ecs-events' }

/** An SLS project, setup on it, and somebody who changes things there by hand. */
export interface Stage {
  readonly sls: SlsSandbox
  readonly resources: readonly Resource[]
  /** @throws Error when the project is missing, or can't be reached */
  plan(): Promise<readonly Step[]>
  /** What is not as it should be, as `kind name`. */
  drift(): Promise<string[]>
  /** Plans and applies. */
  setUp(): Promise<StepResult[]>
  /** A request of somebody else; its answer's body. */
  byHand(method: string, path: string, body?: object): Promise<Record<string, unknown>>
  /** Requests that the service has taken so far, by operation, of those that change something. */
  writes(): Record<string, number>
}

interface StageOptions {
  /** The project is there. Default true. */
  readonly project?: boolean
  /** What setup reads instead of what the service answers. */
  readonly distort?: (call: SlsCall, body: unknown) => unknown
}

export async function openStage(wishes: Partial<Wishes> = {}, options: StageOptions = {}): Promise<Stage> {
  const { project = true, distort = (_, body) => body } = options
  const sls = await startSls()
  if (project) await sls.service.createProject(PROJECT)
  const { accessKeyId, accessKeySecret, region } = SLS_KEYS
  const client = new SlsClient({
    endpoint: sls.server.url,
    ...{ region, project: PROJECT, credentials: staticCredentials(accessKeyId, accessKeySecret), clock: systemClock }
  })
  onTestFinished(async () => {
    await client.close()
    await sls.close()
  })
  const { signal } = new AbortController()
  const distorted = {
    call: async (call: SlsCall): Promise<CallOutcome> => {
      const outcome = await client.call(call)
      return outcome.kind === 'ok' ? { ...outcome, body: distort(call, outcome.body) } : outcome
    }
  }
  const administration = new Administration({ client: distorted, clock: new HurryClock(1_000), signal })
  const resources = desiredState({ ...WISHES, ...wishes }, content())
  const plan = async (): Promise<readonly Step[]> => {
    const made = await makePlan(resources, administration)
    if (made.kind !== 'plan') throw new Error(`${made.kind}: ${made.fault.code}`)
    return made.steps
  }
  return {
    sls,
    resources,
    plan,
    drift: async () => (await plan()).filter(isDrift).map(({ resource }) => `${resource.kind} ${resource.name}`),
    setUp: async () => {
      const results: StepResult[] = []
      for await (const result of applyPlan(await plan(), administration, false)) results.push(result)
      return results
    },
    byHand: async (method, path, body) => {
      const bytes = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }
      const headers = { 'content-type': 'application/json' }
      const answer = await sendRaw(sls.server.port, { method, target: path, project: PROJECT, headers, ...bytes })
      if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.errorCode} ${answer.errorMessage}`)
      return answer.body.length === 0 ? {} : (JSON.parse(answer.body.toString()) as Record<string, unknown>)
    },
    writes: () =>
      Object.fromEntries([...sls.server.counts].filter(([name]) => /^(Create|Update|Delete|Enable|Disable)/.test(name)))
  }
}

const WISHES: Wishes = {
  ...TARGET,
  ...{ ttlDays: 365, shards: 2, actionPolicy: '', lang: 'en', changeTypes: false }
}

/** Few saved searches and a dashboard of two charts: each kind is there, and a run is quick. */
function content(): Content {
  const questions = [...loadCatalogue()].filter(([name]) => /^(released|duplicates|alert-.*|chart-lag)$/.test(name))
  const dashboards = [dashboardBody('ecs-audit-released', [chart('list', 0), chart('more', 12)])]
  return { questions: new Map(questions), dashboards, alerts: loadAlertDefinitions() }
}

function chart(title: string, xPos: number) {
  const query = '* | select instance_id from log limit 100'
  const places = Object.fromEntries(['project', 'logstore', 'region'].map((name) => [name, `\${${name}}`]))
  return {
    title,
    type: 'tablepro',
    search: { chartQueries: [{ name: 'A', datasource: 'logstore', ...places, query }], start: '-3600s', end: 'now' },
    display: { xPos, yPos: 0, width: 12, height: 8, basicOptions: { displayName: title, showTitle: true } },
    action: {}
  }
}
