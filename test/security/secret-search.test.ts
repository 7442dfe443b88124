import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { sandboxTree } from '../../src/cli/sandbox-config.ts'
import type { FaultRule } from '../../src/sandbox/faults.ts'
import { FAULT_KINDS } from '../../src/sandbox/faults.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { writeText } from '../cli/workspace.ts'
import { type CommandResult, runCommand, startCommand } from '../support/command.ts'
import { openSandbox, sendEvents } from '../support/harness.ts'
import { startEcho } from './echo.ts'
import { pageAnswers } from './page-answers.ts'
import { BODY_MARK, leaksIn, secretsOnWire, TOKEN, tellsBody } from './secrets.ts'
import { tapWire, type WireTap } from './wire-tap.ts'

const SECRET = 'sandbox-secret'
const ENVIRONMENT = {
  DEBUG: '*',
  HOME: '/nonexistent',
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'sandbox-key',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: SECRET,
  ALIBABA_CLOUD_SECURITY_TOKEN: TOKEN,
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true'
}

/** An action of a user's own that fails in every way, with what it was given in its mouth. */
const PLUGIN = `
export function createAction() {
  let calls = 0
  const fail = (event) => {
    calls += 1
    if (calls % 3 === 0) JSON.parse('x' + event.content)
    if (calls % 3 === 1) throw new TypeError('cannot read ' + event.content)
    throw event.content
  }
  return {
    name: 'breaks',
    match: (event) => (event.content.includes('match') ? fail(event) : true),
    plan: async (event) => (event.content.includes('plan') ? fail(event) : { kind: 'act', plan: event }),
    execute: async (event) => fail(event)
  }
}
`

const CODES: Readonly<Record<string, string>> = {
  mns: 'AccessDenied InvalidAccessKeyId SignatureDoesNotMatch TimeExpired TooManyRequests InternalError MalformedXML ReceiptHandleError MessageNotExist QueueNotExist Strange',
  sls: 'Unauthorized SignatureNotMatch RequestTimeExpired ProjectNotExist LogStoreNotExist PostBodyInvalid PostBodyTooLarge WriteQuotaExceed ServerBusy InternalServerError Strange',
  ecs: 'Forbidden.RAM SignatureDoesNotMatch Throttling.User ServiceUnavailable InvalidSecurityToken.Expired IncorrectInstanceStatus Strange',
  alb: 'Forbidden.RAM SystemBusy InternalError',
  slb: 'Forbidden.RAM ServiceIsConfiguring',
  nlb: 'Forbidden.RAM Conflict.Lock'
}

/** Every way in which the sandbox can fail, each at a small rate; stalls once only, as a client waits them out. */
const RULES: ReadonlyArray<Partial<FaultRule> & Pick<FaultRule, 'kind'>> = [
  ...FAULT_KINDS.filter((kind) => kind !== 'error').map((kind) => ({
    ...{ service: '*', kind, rate: 0.03, ms: kind === 'slow' ? 50 : 0 },
    ...(kind.startsWith('stall') && { count: 2 })
  })),
  ...Object.entries(CODES).flatMap(([service, codes]) =>
    codes.split(' ').map((code) => ({ service, kind: 'error' as const, code, rate: 0.03 }))
  )
]

/** Bodies of messages: events with the mark in their content, and what nobody understands. */
function bodies(round: number): string[] {
  const event = (state: string, note: string, id: string): string =>
    JSON.stringify({
      ...{ ver: '1.0', id: `${round}-${note}-${id}`, product: 'ECS', level: 'INFO', name: 'Instance:StateChange' },
      ...{ userId: '1100220033004400', regionId: 'cn-hangzhou', eventTime: new Date().toISOString() },
      content: { resourceId: id, resourceType: 'ALIYUN::ECS::Instance', state, note: `${note} ${BODY_MARK}` }
    })
  return [
    ...['match', 'plan', 'other'].map((note) => event('Running', note, `i-secret${round}`)),
    event('Stopped', 'other', `i-stopped${round % 4}`),
    ...[`not JSON ${BODY_MARK}`, `{"${BODY_MARK}":`, `<Message>${BODY_MARK}`, `\u0000${BODY_MARK}\ud800`]
  ]
}

interface Tapped {
  readonly sandbox: Sandbox
  readonly taps: readonly WireTap[]
  readonly configFile: string
  /** Where `run` serves health and metrics. */
  readonly served: string
}

async function openTapped(): Promise<Tapped> {
  const sandbox = await openSandbox({ fleetPace: 100, seed: 5 })
  onTestFinished(() => sandbox.close())
  const [mns, sls, ecs] = [
    await tapWire(sandbox.address.mns),
    await tapWire(sandbox.address.sls),
    await tapWire(sandbox.address.ecs)
  ]
  const urls = { mns: mns.url, sls: sls.url, ecs: ecs.url, slb: ecs.url, alb: ecs.url, nlb: ecs.url }
  const { credentials: _, ...tree } = sandboxTree({ ...sandbox.address, ...urls })
  const port = await freePort()
  const configFile = writeText(stringify({ ...acting(tree), http: { port } }))
  return { sandbox, taps: [mns, sls, ecs], configFile, served: `http://127.0.0.1:${port}` }
}

/** A port that was free a moment ago: port 0 in a configuration means that nothing is served. */
async function freePort(): Promise<number> {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  await new Promise((resolve) => holder.close(resolve))
  return port
}

/** Everything switched on, all of it talkative. */
function acting<Tree extends object>(tree: Tree): object {
  const match = { all: true }
  return {
    ...tree,
    log: { level: 'debug', interval: '1s' },
    shutdown: { grace: '5s' },
    snapshots: { enabled: true, delay: '15s' },
    actions: {
      ...{ dryRun: false, plugins: [{ module: writeText(PLUGIN, 'plugin.mjs') }] },
      restart: { enabled: true, match, settle: '50ms', checkAfter: '1s', respectPeople: true },
      drain: { enabled: true, grace: '1s' },
      replace: { enabled: true, launchTemplate: 'lt-1', checkAfter: '1s' }
    }
  }
}

/** Everything that came out. */
const output: string[] = []

function note(result: Pick<CommandResult, 'stdout' | 'stderr'>): void {
  output.push(result.stdout, result.stderr)
}

afterEach(() => {
  output.length = 0
})

describe('secrets', () => {
  test('of no kind come out of the service and the commands, through every fault, with DEBUG=* and level debug', async () => {
    const { sandbox, taps, configFile, served } = await openTapped()
    const service = startCommand(['run', '--config', configFile], { environment: ENVIRONMENT })
    onTestFinished(() => void service.process.kill('SIGKILL'))
    await service.said('"started"')
    const view = startCommand(['view', '--port', '0', '--config', configFile], { environment: ENVIRONMENT })
    onTestFinished(() => void view.process.kill('SIGKILL'))
    await view.said('until Ctrl-C')
    for (let id = 0; id < 4; id++) {
      const spotStrategy = id === 3 ? 'SpotAsPriceGo' : 'NoSpot'
      sandbox.fleet.create({ instanceId: `i-stopped${id}`, spotStrategy, regionId: 'cn-hangzhou', tags: {} })
    }
    for (const rule of RULES) sandbox.faults.add(rule)
    const asked = (
      [
        ['doctor', '--json'],
        ['setup'],
        ['query', 'released'],
        ['released', '--json'],
        ['reconcile', '--record'],
        ['send', writeText(bodies(99).slice(0, 3).join('\n'))]
      ] as const
    ).map(([name, ...args]) => runCommand([name, ...args, '--config', configFile], { environment: ENVIRONMENT }))
    let round = 0
    const enough = () => {
      sendEvents(sandbox, bodies(round++))
      for (const id of [0, 1, 2]) sandbox.fleet.crash(`i-stopped${id}`)
      sandbox.fleet.interrupt('i-stopped3')
      return sandbox.faults.hits.size > 40 && round > 30
    }
    const shown = pageAnswers(view.stdout().trim(), 'i-stopped0')
    await vi.waitUntil(enough, { timeout: 10_000, interval: 100 }).catch(() => undefined)
    const page = (await shown).join('\n')
    for (const path of ['metrics', 'healthz', 'readyz']) {
      const told = await fetch(`${served}/${path}`)
      output.push(await told.text(), JSON.stringify([...told.headers]))
    }
    const hits = sandbox.faults.hits.size
    sandbox.faults.clear()
    for (const { process } of [service, view]) process.kill('SIGTERM')
    for (const result of await Promise.all([...asked, service.ended, view.ended])) note(result)

    const heard = taps.map((tap) => tap.heard()).join('')
    const { signatures, handles } = secretsOnWire(heard)
    expect(signatures.size).toBeGreaterThan(100)
    expect(handles.size).toBeGreaterThan(50)
    expect(heard).toContain(`security-token: ${TOKEN}`)
    expect(hits).toBeGreaterThan(30)
    const all = output.join('\n')
    expect(all).toContain('"level":"warn"')
    expect(all).toContain('# TYPE ecs_audit_')
    expect(tellsBody(all)).toBe(false)
    // The page may show a body: that of an undecodable message is its record's content.
    expect(page).toContain('200 api/chart')
    expect(leaksIn(all + page, [SECRET, TOKEN, ...signatures, ...handles])).toEqual([])
  }, 120_000)

  test('that a service or a proxy throws back, in every form of an error, are not repeated', async () => {
    const echo = await startEcho()
    const endpoints = Object.fromEntries(['ecs', 'slb', 'alb', 'nlb', 'actiontrail'].map((name) => [name, echo.url]))
    const queue = { endpoint: echo.url, name: 'q', waitSeconds: 1 }
    const logstore = { endpoint: echo.url, project: 'p', name: 'l', breaker: { resetAfter: '100ms' } }
    const tree = { region: 'cn-hangzhou', queue, logstore, endpoints, http: { port: 0 } }
    const [plain, acts] = [tree, acting(tree)].map((each) => writeText(stringify(each)))
    const environment = ENVIRONMENT
    const service = startCommand(['run', '--config', String(acts)], { environment })
    onTestFinished(() => void service.process.kill('SIGKILL'))
    const commands = [
      ['doctor'],
      ['query', 'released'],
      ['released'],
      ['reconcile'],
      ['send', writeText(`{"a":"${BODY_MARK}"}`)]
    ]
    const asked = commands.map((args) => runCommand([...args, '--config', String(plain)], { environment }))
    for (const result of await Promise.all(asked)) {
      expect(result.status).toBe(1)
      note(result)
    }
    const view = startCommand(['view', '--port', '0', '--config', String(plain)], { environment })
    onTestFinished(() => void view.process.kill('SIGKILL'))
    await view.said('until Ctrl-C')
    output.push(...(await pageAnswers(view.stdout().trim(), 'i-1')))
    view.process.kill('SIGTERM')
    note(await view.ended)
    await vi.waitUntil(() => echo.secrets.size > 8, { timeout: 60_000, interval: 50 })
    service.process.kill('SIGTERM')
    note(await service.ended)
    const all = output.join('\n')
    expect(echo.secrets.size).toBeGreaterThan(8)
    expect(leaksIn(all, [SECRET, TOKEN, ...echo.secrets])).toEqual([])
    expect(tellsBody(all)).toBe(false)
  }, 120_000)

  test('in a wrong configuration are not repeated', async () => {
    const mark = 'hush-hush-c4a1'
    const keys = `credentials: { accessKeyId: ${mark}, accessKeySecret: ${mark} }`
    const good = `region: r\nlogstore: { endpoint: 'https://h', project: p, name: l }\n`
    const texts = [
      `${good}queue: { endpoint: 'https://user:${mark}@host', name: q }\n`,
      `${good}queue: { endpoint: 'https://host', name: q }\n${keys}\n`,
      `${good}queue: { endpoint: 'https://host', name: q }\ncredentials: ${mark}\n`,
      `${good}${keys}\n  : ${mark}: [\n`,
      `${good}queue: { endpoint: 'https://host', name: q }\ncredentials: { accessKeyId: [${mark}], extra: ${mark} }\n`
    ]
    const environment = { ...ENVIRONMENT, ECS_AUDIT_LOGSTORE_ENDPOINT: `https://:${mark}@host` }
    const results = texts.map((text, at) =>
      runCommand([at % 2 === 0 ? 'run' : 'doctor', '--config', writeText(text)], { environment })
    )
    for (const result of await Promise.all(results)) {
      expect(result.status).toBe(78)
      note(result)
    }
    expect(output.join('\n')).toContain('Cannot ')
    expect(leaksIn(output.join('\n'), [mark, SECRET, TOKEN])).toEqual([])
  })

  test('would be found', () => {
    const wire =
      'POST / HTTP/1.1\r\nAuthorization: MNS key:abcdefghijklmnopqrstuvwxyz=\r\n\r\n<ReceiptHandle>a+b/c=12345</ReceiptHandle>'
    const { signatures, handles } = secretsOnWire(wire)
    expect([...signatures, ...handles]).toEqual(['abcdefghijklmnopqrstuvwxyz=', 'a+b/c=12345'])
    expect(leaksIn('GET /x?ReceiptHandle=a%2Bb%2Fc%3D12345 failed', handles)).toEqual(['a+b/c=12345'])
    for (const before of ['', 'a', 'ab', 'abc']) {
      expect(tellsBody(`body: ${Buffer.from(`${before}${BODY_MARK}!`).toString('base64')}`), before).toBe(true)
    }
    expect(tellsBody('body: hidden')).toBe(false)
  })
})
