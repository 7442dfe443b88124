import { mkdirSync } from 'node:fs'
import { type Clock, systemClock } from '../lib/clock.ts'
import { SANDBOX_KEYS, SANDBOX_NAMES, SANDBOX_VISIBILITY_S, type SandboxAddress, type SandboxKey } from './address.ts'
import type { Balancers } from './control/balancers/balancers.ts'
import { type ControlPlaneOptions, createControlPlane } from './control/control-plane.ts'
import type { EcsControl } from './control/ecs/ecs-control.ts'
import type { RpcService } from './control/rpc-service.ts'
import { type FaultRule, Faults } from './faults.ts'
import type { Fleet } from './fleet/fleet.ts'
import { createQuietFleet } from './fleet/quiet-fleet.ts'
import { runFleet } from './fleet/run-fleet.ts'
import { type LoopbackServer, type SandboxService, startLoopbackServer } from './loopback-server.ts'
import type { MnsBehaviour } from './mns/behaviour.ts'
import { createMnsService, type MnsService } from './mns/mns-service.ts'
import { MNS_OPERATIONS } from './mns/operation.ts'
import { Refusal } from './mns/refusal.ts'
import { seededRandom } from './random.ts'
import { SLS_OPERATIONS } from './sls/sls-endpoint.ts'
import { createSlsService, type SlsService } from './sls/sls-service.ts'

export interface SandboxOptions {
  /** MNS listens here, SLS on the next port, the control plane on the one after; 0 picks free ones. */
  readonly port: number
  /** Keeps messages and logs over restarts; without it they are in memory. Created if it does not exist. */
  readonly dataDir?: string | undefined
  readonly faults?: readonly FaultRule[]
  /** For the chance of faults, and what ECS and the load balancers draw. */
  readonly seed?: number
  /** The logstore's index, in the wire form of CreateIndex; undefined: an empty project, without a logstore. */
  readonly index: Readonly<Record<string, unknown>> | undefined
  /** A log for which this says true makes its whole PutLogs be refused as PostBodyInvalid: for tests. */
  readonly refuse?: (fields: Readonly<Record<string, string>>) => boolean
  /** Logs are checked and announced, not kept: for tests that look at puts only. */
  readonly forgetful?: boolean
  /** The instances that ECS shows, whose events go to the queue. Default: a quiet fleet, empty and at real pace. */
  readonly fleet?: Fleet
  /** Pace of the default fleet: how many times faster than in the real service instances start and stop. Default 1. */
  readonly fleetPace?: number
  /** How the queue behaves where the vendor's pages leave it open. */
  readonly mnsBehaviour?: Partial<MnsBehaviour>
  /** The same for the load balancers. */
  readonly balancers?: ControlPlaneOptions['balancers']
  /** How long after a call ActionTrail begins to tell of it, ms: some minutes in the real service. Default 0. */
  readonly trailDelayMs?: number
  /** Visibility timeout of the queue, s. Default 6. */
  readonly visibilityS?: number
  /** Time of the queue, the fleet and the control plane. Default: the machine's. */
  readonly clock?: Clock
  /** Time of the logstore, epoch ms. Default: the machine's. */
  readonly logstoreNow?: () => number
  /** The key that all services take, asked for at each request: credentials that expire. Default: one key for ever. */
  readonly keyNow?: () => SandboxKey
}

/** The services of a sandbox, by the names that fault rules use. */
export type SandboxServiceName = 'mns' | 'sls' | 'ecs' | 'slb' | 'alb' | 'nlb' | 'actiontrail'

/** The running stand-in. */
export interface Sandbox {
  readonly address: SandboxAddress
  readonly mns: MnsService
  readonly sls: SlsService
  /** The instances; it lives in real time until the sandbox is closed. */
  readonly fleet: Fleet
  readonly ecs: EcsControl
  readonly balancers: Balancers
  readonly faults: Faults
  /** Requests received so far, by service and operation. */
  readonly counts: Readonly<Record<SandboxServiceName, ReadonlyMap<string, number>>>
  /** What each service can do: the operations that a fault rule may name. */
  readonly operations: Readonly<Record<SandboxServiceName, readonly string[]>>
  /** Ends every connection and closes the stores. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts MNS, SLS and the control plane on 127.0.0.1, with one queue, one indexed logstore (unless it is to be set up by
 * the caller), and a fleet whose events go to the queue.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock = systemClock, fleetPace = 1, trailDelayMs = 0 } = options
  const random = options.seed === undefined ? Math.random : seededRandom(options.seed)
  const faults = new Faults(random)
  for (const rule of options.faults ?? []) faults.add(rule)
  const { mns, sls } = await openStores(options, clock)
  const fleet = options.fleet ?? createQuietFleet({ startMs: clock.now(), pace: fleetPace })
  const control = createControlPlane({
    ...{ ...SANDBOX_KEYS, keyNow: options.keyNow, fleet, now: clock.now, random, trailDelayMs },
    ...(options.balancers && { balancers: options.balancers })
  })

  const stopFleet = liveOn(fleet, mns, clock)
  const servers: LoopbackServer[] = []
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await Promise.all([stopFleet(), ...servers.map((server) => server.close())])
    control.close()
    await mns.close()
    await sls.close()
  }
  const serve = async (service: SandboxService): Promise<LoopbackServer> => {
    const port = options.port === 0 ? 0 : options.port + servers.length
    const server = await startLoopbackServer(service, { port, faults })
    servers.push(server)
    return server
  }
  try {
    const [mnsServer, slsServer, plane] = [await serve(mns), await serve(sls), await serve(control.service)]
    const { url } = plane
    const urls = { mns: mnsServer.url, sls: slsServer.url, ecs: url, slb: url, alb: url, nlb: url }
    const of = (name: SandboxServiceName): ReadonlyMap<string, number> => plane.countsOf(name)
    return {
      address: { ...urls, ...SANDBOX_NAMES, ...SANDBOX_KEYS },
      ...{ mns, sls, fleet, ecs: control.ecs, balancers: control.balancers, faults },
      counts: {
        ...{ mns: mnsServer.counts, sls: slsServer.counts },
        ...{ ecs: of('ecs'), slb: of('slb'), alb: of('alb'), nlb: of('nlb'), actiontrail: of('actiontrail') }
      },
      operations: operationsOf(control.service),
      close: () => {
        closing ??= close()
        return closing
      }
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

function operationsOf({ actionsOf }: RpcService): Sandbox['operations'] {
  return {
    mns: MNS_OPERATIONS.filter((operation) => operation !== 'Unknown'),
    sls: SLS_OPERATIONS,
    ...{ ecs: actionsOf('ecs'), slb: actionsOf('slb'), alb: actionsOf('alb'), nlb: actionsOf('nlb') },
    actiontrail: actionsOf('actiontrail')
  }
}

/** The queue and the logstore, with what a sandbox has from the start. */
async function openStores(options: SandboxOptions, clock: Clock): Promise<{ mns: MnsService; sls: SlsService }> {
  const { dataDir, index, refuse, mnsBehaviour: behaviour = {}, visibilityS = SANDBOX_VISIBILITY_S } = options
  const { logstoreNow: now = Date.now, keyNow, forgetful = false } = options
  const { queue, project, logstore, region } = SANDBOX_NAMES
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true })
  const stored = dataDir === undefined ? {} : { dataDir }
  const mns = await createMnsService({ ...SANDBOX_KEYS, keyNow, ...stored, behaviour, clock })
  const sls = await createSlsService({
    ...SANDBOX_KEYS,
    keyNow,
    ...stored,
    region,
    now,
    forgetful,
    ...(refuse && { refuse })
  })
  mns.createQueue(queue, { visibilityTimeout: visibilityS })
  if (!sls.hasProject(project)) await sls.createProject(project)
  if (index !== undefined && !sls.hasLogstore(project, logstore)) {
    await sls.createLogstore(project, logstore, { ttl: 365, shards: 2 }, index)
  }
  return { mns, sls }
}

/** Lets the fleet live in real time, base64 on the queue as CloudMonitor does it, until the returned function is called. */
function liveOn(fleet: Fleet, mns: MnsService, clock: Clock): () => Promise<void> {
  const stop = new AbortController()
  const send = async (bodies: string[]): Promise<void> => {
    try {
      mns.send(
        SANDBOX_NAMES.queue,
        bodies.map((body) => Buffer.from(body).toString('base64'))
      )
    } catch (thrown) {
      // Nobody keeps the events of a queue that was deleted.
      if (!(thrown instanceof Refusal)) throw thrown
    }
  }
  const living = runFleet(fleet, { send, clock, speed: Number.POSITIVE_INFINITY, signal: stop.signal })
  living.catch(() => undefined)
  return async () => {
    stop.abort()
    await living
  }
}
