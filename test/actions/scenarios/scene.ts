import type { Clock } from '../../../src/lib/clock.ts'
import type { Membership } from '../../../src/sandbox/control/balancers/membership.ts'
import type { InstanceProfile } from '../../../src/sandbox/fleet/instance-profile.ts'
import type { SandboxServiceName } from '../../../src/sandbox/sandbox.ts'
import type { Service, ServiceOptions } from '../../../src/service.ts'
import type { Changes } from '../../pipeline/stage.ts'
import { Stage, until } from '../../pipeline/stage.ts'
import { stayingOf } from '../support/staying.ts'

export interface SceneOptions {
  /** How many times faster than in the real service instances live. Default 100: boots and stops take some 100 ms. */
  readonly pace?: number
  readonly visibilityS?: number
  /** Time of the sandbox and of the services. Default: that of a stage. */
  readonly clock?: Clock
}

/** A record as it was stored. */
export type Stored = Readonly<Record<string, string>>

/** What one action decided, in short. */
export interface Told {
  readonly step: string
  readonly decision: string
  readonly reason: string
}

/** Instances, load balancers and services on one sandbox: real sockets, real time, quick lives. */
export class Scene {
  readonly stage: Stage
  readonly clock: Clock
  readonly #records: Stored[] = []
  readonly #starting = new Map<string, number>()

  static async open({ pace = 100, visibilityS = 30, clock }: SceneOptions = {}): Promise<Scene> {
    return new Scene(await Stage.open({ fleetPace: pace, visibilityS, ...(clock && { clock }) }))
  }

  private constructor(stage: Stage) {
    this.stage = stage
    this.clock = stage.clock
    stage.sandbox.sls.onPut(({ logs }) => {
      for (const { fields } of logs) this.#records.push(fields)
    })
    stage.sandbox.fleet.watch({
      event: ({ instance: { instanceId }, draft }) => {
        if (draft.detail === 'Starting') this.#starting.set(instanceId, (this.#starting.get(instanceId) ?? 0) + 1)
      }
    })
  }

  get sandbox() {
    return this.stage.sandbox
  }

  /** A running instance with these tags, of `cn-hangzhou`, whose creation the services have not been told of yet. */
  async running(instanceId: string, given: Partial<InstanceProfile> & { spot?: boolean } = {}): Promise<string> {
    const { spot = false, ...profile } = given
    const { fleet } = this.sandbox
    const spotStrategy = spot ? 'SpotAsPriceGo' : 'NoSpot'
    fleet.create({ instanceId, tags: {}, spotStrategy, regionId: 'cn-hangzhou', ...profile })
    await until(() => this.stateOf(instanceId) === 'Running')
    return instanceId
  }

  /** The places of an instance in server groups; one that is on its way out is out. */
  memberships(instanceId: string): Membership[] {
    return stayingOf(this.sandbox.balancers, instanceId)
  }

  stateOf(instanceId: string): string {
    return this.sandbox.fleet.describe(instanceId)?.state ?? 'Deleted'
  }

  /** How often an instance was really started, beside its creation. */
  starts(instanceId: string): number {
    return (this.#starting.get(instanceId) ?? 0) - 1
  }

  /** Starts a service that acts: on everything that is opted in, in quick steps. */
  start(changes: Changes = {}, options: Partial<Omit<ServiceOptions, 'config'>> = {}): Service {
    return this.stage.start(
      {
        'actions.dryRun': false,
        'actions.restart.settle': '50ms',
        'actions.restart.checkAfter': '1s',
        'actions.replace.checkAfter': '1s',
        ...changes
      },
      options
    )
  }

  /** Distinct events stored so far. */
  get eventsStored(): number {
    return new Set(this.#records.flatMap(({ kind, event_key: key }) => (kind === 'event' ? [key] : []))).size
  }

  /** Action records stored so far, each step of each event once, oldest first. */
  records(action: string, instanceId = ''): Stored[] {
    const known = new Map<string, Stored>()
    for (const record of this.#records) {
      if (record['kind'] !== 'action' || record['action'] !== action) continue
      if (instanceId !== '' && record['instance_id'] !== instanceId) continue
      const key = record['event_key'] ?? ''
      if (!known.has(key)) known.set(key, record)
    }
    return [...known.values()]
  }

  /** The same in short. */
  told(action: string, instanceId = ''): Told[] {
    return this.records(action, instanceId).map(({ step = '', decision = '', reason = '' }) => ({
      step,
      decision,
      reason
    }))
  }

  /** Resolves when a record with these values was stored. */
  async recorded(action: string, wanted: Stored, timeoutMs = 60_000): Promise<Stored> {
    const find = (): Stored | undefined =>
      this.records(action).find((record) => Object.entries(wanted).every(([name, value]) => record[name] === value))
    await until(() => find() !== undefined, timeoutMs)
    return find() ?? {}
  }

  /** Calls of one operation that the sandbox has received. */
  calls(service: SandboxServiceName, operation: string): number {
    return this.sandbox.counts[service].get(operation) ?? 0
  }

  close(): Promise<void> {
    return this.stage.close()
  }
}
