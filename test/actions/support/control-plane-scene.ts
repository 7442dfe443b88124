import { onTestFinished } from 'vitest'
import { type ClosableBalancing, createBalancing } from '../../../src/cloud/balancers/create-balancing.ts'
import type { Compute } from '../../../src/cloud/compute.ts'
import { staticCredentials } from '../../../src/cloud/credentials.ts'
import { createCompute } from '../../../src/cloud/ecs/compute-client.ts'
import { createRpcApi } from '../../../src/cloud/rpc/rpc-client.ts'
import { SANDBOX_KEYS, SANDBOX_NAMES } from '../../../src/sandbox/address.ts'
import { type ControlPlane, createControlPlane } from '../../../src/sandbox/control/control-plane.ts'
import { Faults } from '../../../src/sandbox/faults.ts'
import type { Fleet } from '../../../src/sandbox/fleet/fleet.ts'
import type { InstanceProfile } from '../../../src/sandbox/fleet/instance-profile.ts'
import { createQuietFleet } from '../../../src/sandbox/fleet/quiet-fleet.ts'
import { type LoopbackServer, startLoopbackServer } from '../../../src/sandbox/loopback-server.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'
import { HurryClock } from '../../support/hurry-clock.ts'

/** Older than anything that a rule looks at. */
const AGE_MS = 3_600_000
/** From creation to Running, at the most. */
const BOOT_MS = 600_000

/** ECS and the load balancers behind a socket, and the clients of the service in front of them. */
export interface ControlPlaneScene extends Pick<ControlPlane, 'ecs' | 'balancers'> {
  readonly clock: HurryClock
  readonly fleet: Fleet
  readonly faults: Faults
  readonly server: LoopbackServer
  readonly compute: Compute
  readonly balancing: ClosableBalancing
  /** Creates an instance that runs; a preemptible one unless it is told otherwise. */
  run(instanceId: string, given?: Partial<InstanceProfile>): void
}

/**
 * Opens a scene that is closed when the test ends.
 *
 * @param pace how many times faster than the machine's its clock goes
 * @param healthyAfterMs from an entry's first request to its first passed check
 */
export async function openControlPlane({ pace = 10, healthyAfterMs = 500 } = {}): Promise<ControlPlaneScene> {
  const clock = new HurryClock(pace)
  const fleet = createQuietFleet({ startMs: clock.now() - AGE_MS })
  const faults = new Faults()
  const balancers = { healthyAfterMs }
  const plane = createControlPlane({ ...SANDBOX_KEYS, fleet, now: clock.now, random: seededRandom(1), balancers })
  const server = await startLoopbackServer(plane.service, { port: 0, faults })
  const credentials = staticCredentials(SANDBOX_KEYS.accessKeyId, SANDBOX_KEYS.accessKeySecret)
  // A slow machine must not look like a slow service; a breaker rests by the machine's clock.
  const times = { timeoutMs: 10_000 * pace, breakerResetMs: 5_000 / pace }
  const common = { endpoint: server.url, region: SANDBOX_NAMES.region, credentials, clock, ...times }
  const slb = createRpcApi({ ...common, product: 'slb', version: '2014-05-15' })
  const alb = createRpcApi({ ...common, product: 'alb', version: '2020-06-16' })
  const nlb = createRpcApi({ ...common, product: 'nlb', version: '2022-04-30' })
  const compute = createCompute(common)
  const balancing = createBalancing({ slb, alb, nlb, region: common.region, clock, maxAgeMs: 600_000 })
  onTestFinished(async () => {
    await balancing.close()
    await Promise.all([compute, slb, alb, nlb].map((client) => client.close()))
    await server.close()
    plane.close()
  })
  const run: ControlPlaneScene['run'] = (instanceId, given = {}) => {
    fleet.create({ instanceId, spotStrategy: 'SpotAsPriceGo', ...given })
    fleet.advance(fleet.nowMs + BOOT_MS)
  }
  return { clock, fleet, faults, server, compute, balancing, ecs: plane.ecs, balancers: plane.balancers, run }
}
