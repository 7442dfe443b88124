import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SANDBOX_NAMES, type SandboxAddress } from '../../src/sandbox/address.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { openSandbox, sandboxConfigText } from '../support/harness.ts'
import type { PathName } from './fault.ts'
import { KeyProvider } from './key-provider.ts'
import { POISON, STUBBORN } from './load.ts'
import { Path } from './path.ts'
import type { Plan } from './plan.ts'
import { TurnableClock } from './turnable-clock.ts'

const URGENT_QUEUE = 'ecs-urgent'

/** The actions, in quick steps. */
const ACTIONS = {
  'actions.dryRun': false,
  'actions.maxAge': '1h',
  'actions.restart.enabled': true,
  'actions.restart.settle': '100ms',
  'actions.restart.checkAfter': '1s',
  'actions.drain.enabled': true,
  'actions.drain.grace': '1s',
  'actions.replace.enabled': true,
  'actions.replace.launchTemplate': 'lt-sandbox',
  'actions.replace.checkAfter': '1s',
  'actions.replace.maxPerHour': 100
}
const FLEET_PACE = 100

/** What the service of one trial lives in: sandbox, paths to it, credentials, and the configuration file. */
export class World {
  readonly sandbox: Sandbox
  readonly clocks: Readonly<Record<'mns' | 'sls', TurnableClock>>
  /** Those that some fault of the plan needs; the others lead straight to the sandbox. */
  readonly paths: Readonly<Partial<Record<PathName, Path>>>
  readonly keys: KeyProvider | undefined
  readonly configFile: string
  readonly environment: Readonly<Record<string, string>>
  /** The queues by name; notices go to the last. */
  readonly queues: readonly string[]
  /** Ends what the logstore refuses in every form. */
  readonly leniency: { lenient: boolean }
  readonly #directory: string

  static async open(plan: Plan): Promise<World> {
    const clocks = { mns: new TurnableClock(), sls: new TurnableClock() }
    const keys = plan.expiring ? await KeyProvider.start() : undefined
    const leniency = { lenient: false }
    const sandbox = await openSandbox({
      seed: plan.seed,
      visibilityS: plan.visibilityS,
      mnsBehaviour: plan.behaviour,
      fleetPace: FLEET_PACE,
      clock: clocks.mns,
      logstoreNow: clocks.sls.now,
      // Only actions ask the logstore.
      forgetful: !plan.actions,
      ...(keys && { keyNow: () => keys.key }),
      refuse: ({ kind, content = '', instance_id: instance = '' }) => {
        const text = `${content} ${Buffer.from(content, 'base64').toString()} ${instance}`
        return (kind === 'event' && text.includes(POISON)) || (!leniency.lenient && text.includes(STUBBORN))
      }
    })
    const paths: Partial<Record<PathName, Path>> = {}
    for (const name of pathsOf(plan)) paths[name] = await Path.to(sandbox.address[name === 'control' ? 'ecs' : name])
    return new World(plan, { sandbox, clocks, paths, keys, leniency })
  }

  private constructor(plan: Plan, parts: Pick<World, 'sandbox' | 'clocks' | 'paths' | 'keys' | 'leniency'>) {
    this.sandbox = parts.sandbox
    this.clocks = parts.clocks
    this.paths = parts.paths
    this.keys = parts.keys
    this.leniency = parts.leniency
    this.queues = plan.urgentQueue ? [SANDBOX_NAMES.queue, URGENT_QUEUE] : [SANDBOX_NAMES.queue]
    if (plan.urgentQueue) this.sandbox.mns.createQueue(URGENT_QUEUE, { visibilityTimeout: plan.visibilityS })
    this.#directory = mkdtempSync(join(tmpdir(), 'ecs-audit-chaos-'))
    this.configFile = join(this.#directory, 'ecs-audit.yaml')
    writeFileSync(this.configFile, sandboxConfigText({ address: this.#address() }, this.#changes(plan)))
    this.environment = {
      HOME: this.#directory,
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
      ...(this.keys && { ALIBABA_CLOUD_CREDENTIALS_URI: this.keys.url })
    }
  }

  /** Messages that are invisible now, and those that polls which wait may be given at any moment. */
  get inFlight(): number {
    const { mns } = this.sandbox
    return this.queues.reduce((sum, queue) => {
      const { invisible, polls } = mns.stats(queue)
      return sum + invisible + polls * 16
    }, 0)
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.paths).map((path) => path.close()))
    await this.keys?.close()
    await this.sandbox.close()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  /** The sandbox as the service reaches it. */
  #address(): SandboxAddress {
    const { address } = this.sandbox
    const url = this.#url('control')
    return { ...address, mns: this.#url('mns'), sls: this.#url('sls'), ecs: url, slb: url, alb: url, nlb: url }
  }

  /** By name, so that it must be resolved. */
  #url(name: PathName): string {
    const direct = this.sandbox.address[name === 'control' ? 'ecs' : name]
    return this.paths[name]?.url ?? direct.replace('127.0.0.1', 'localhost')
  }

  #changes(plan: Plan): Record<string, unknown> {
    const given = { ...plan.config, 'queue.visibility': `${plan.visibilityS}s` }
    const changes: Record<string, unknown> = { ...given, ...(plan.actions && ACTIONS) }
    if (plan.expiring) changes['credentials'] = undefined
    if (!plan.urgentQueue) return changes
    const own = Object.entries(given).filter(([path]) => path.startsWith('queue.'))
    const common = Object.fromEntries(own.map(([path, value]) => [path.slice('queue.'.length), value]))
    const queue = { ...common, endpoint: this.#url('mns') }
    const queues = this.queues.map((name) => ({ ...queue, name, urgent: name === URGENT_QUEUE }))
    for (const [path] of own) delete changes[path]
    return { ...changes, queue: undefined, queues }
  }
}

function pathsOf({ faults, actions }: Plan): ReadonlySet<PathName> {
  const all: readonly PathName[] = actions ? ['mns', 'sls', 'control'] : ['mns', 'sls']
  return new Set(
    faults.flatMap(({ trouble }) => (trouble.type === 'dns' ? all : 'path' in trouble ? [trouble.path] : []))
  )
}
