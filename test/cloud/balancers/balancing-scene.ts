import { onTestFinished } from 'vitest'
import type { CallLimits } from '../../../src/cloud/api-outcome.ts'
import { type ClosableBalancing, createBalancing } from '../../../src/cloud/balancers/create-balancing.ts'
import type { BalancedInstance } from '../../../src/cloud/balancing.ts'
import { staticCredentials } from '../../../src/cloud/credentials.ts'
import type { RpcApi } from '../../../src/cloud/rpc/rpc-api.ts'
import { createRpcApi } from '../../../src/cloud/rpc/rpc-client.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import {
  type Balancers,
  type BalancersOptions,
  createBalancers
} from '../../../src/sandbox/control/balancers/balancers.ts'
import { createRpcService } from '../../../src/sandbox/control/rpc-service.ts'
import { Faults } from '../../../src/sandbox/faults.ts'
import { type LoopbackServer, startLoopbackServer } from '../../../src/sandbox/loopback-server.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'
import { HurryClock } from '../../support/hurry-clock.ts'

const VERSIONS = { slb: '2014-05-15', alb: '2020-06-16', nlb: '2022-04-30' } as const
export type Product = keyof typeof VERSIONS

const KEYS = { accessKeyId: 'key', accessKeySecret: 'secret' }
export const MAX_AGE_MS = 60_000
export const VPC = 'vpc-1'

/** How many times faster than the machine's the scene's clock goes. */
const PACE = 5

/** A quick clock, whose `elapsed` a test may push forward. */
export class PushedClock implements Clock {
  #pushedMs = 0
  readonly #clock = new HurryClock(PACE)
  readonly now = this.#clock.now
  readonly sleep = this.#clock.sleep
  readonly after = this.#clock.after
  readonly random = this.#clock.random
  readonly elapsed = (): number => this.#clock.elapsed() + this.#pushedMs

  push(ms: number): void {
    this.#pushedMs += ms
  }
}

export interface Scene {
  readonly clock: PushedClock
  /** What the sandbox knows. */
  readonly sandbox: Balancers
  readonly server: LoopbackServer
  readonly faults: Faults
  readonly balancing: ClosableBalancing
  /** Instances that run: by default `i-1` to `i-3`. */
  readonly running: Set<string>
  /** Limits that end so long from now; default 10 s. */
  limits(ms?: number): CallLimits
  /** Calls by action since the last time. */
  calls(): Record<string, number>
}

export interface SceneOptions extends Partial<BalancersOptions> {
  /** Changes what an API is before it is used. */
  readonly wrap?: (api: RpcApi, product: Product) => RpcApi
}

/** The sandbox's load balancers behind a socket, and the client under test in front of it; all closed after the test. */
export async function openScene({ wrap = (api) => api, ...options }: SceneOptions = {}): Promise<Scene> {
  const scene = await startScene({ wrap, ...options })
  onTestFinished(scene.close)
  return scene
}

/** A scene that its user closes. */
export async function startScene({
  wrap = (api) => api,
  ...options
}: SceneOptions = {}): Promise<Scene & { readonly close: () => Promise<void> }> {
  const clock = new PushedClock()
  const running = new Set(['i-1', 'i-2', 'i-3'])
  const sandbox = createBalancers({
    instance: (id) => machine(id, running),
    now: clock.now,
    random: seededRandom(1),
    settleMs: 30,
    healthyAfterMs: 0,
    ...options
  })
  const faults = new Faults()
  const server = await startLoopbackServer(createRpcService({ ...KEYS, products: sandbox.products }), {
    port: 0,
    faults
  })
  const apiOf = (product: Product): RpcApi =>
    createRpcApi({
      product,
      version: VERSIONS[product],
      endpoint: server.url,
      region: 'cn-hangzhou',
      credentials: staticCredentials(KEYS.accessKeyId, KEYS.accessKeySecret),
      clock
    })
  const [slb, alb, nlb] = [apiOf('slb'), apiOf('alb'), apiOf('nlb')]
  const wrapped = { slb: wrap(slb, 'slb'), alb: wrap(alb, 'alb'), nlb: wrap(nlb, 'nlb') }
  const balancing = createBalancing({ ...wrapped, region: 'cn-hangzhou', clock, maxAgeMs: MAX_AGE_MS })
  const close = async (): Promise<void> => {
    await balancing.close()
    await Promise.all([slb, alb, nlb].map((api) => api.close()))
    await server.close()
  }
  const signal = new AbortController().signal
  const limits = (ms = 10_000): CallLimits => ({ deadlineMs: clock.elapsed() + ms, signal })
  return { clock, sandbox, server, faults, balancing, running, limits, calls: counter(server), close }
}

/** `i-<n>`, by its id, `eni-<n>` or `10.0.0.<n>`. */
export function instanceOf(number: number, vpcId = VPC): BalancedInstance {
  return {
    instanceId: `i-${number}`,
    networkInterfaceIds: [`eni-${number}`],
    privateIps: [`10.0.0.${number}`],
    vpcId
  }
}

function machine(id: string, running: ReadonlySet<string>): ReturnType<BalancersOptions['instance']> {
  const [, number] = /^(?:i-|eni-|10\.0\.0\.)(\d)$/.exec(id) ?? []
  if (number === undefined) return undefined
  const instanceId = `i-${number}`
  const state = running.has(instanceId) ? 'Running' : 'Stopped'
  return { instanceId, state, privateIps: [`10.0.0.${number}`], eniIds: [`eni-${number}`] }
}

function counter(server: LoopbackServer): () => Record<string, number> {
  let before = new Map<string, number>()
  return () => {
    const now = new Map<string, number>()
    for (const product of ['slb', 'alb', 'nlb']) {
      for (const [action, count] of server.countsOf(product)) now.set(action, (now.get(action) ?? 0) + count)
    }
    const fresh = [...now].map(([action, count]) => [action, count - (before.get(action) ?? 0)] as const)
    before = now
    return Object.fromEntries(fresh.filter(([, count]) => count > 0))
  }
}
