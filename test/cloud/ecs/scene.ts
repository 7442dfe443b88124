import type { CallLimits } from '../../../src/cloud/api-outcome.ts'
import { staticCredentials } from '../../../src/cloud/credentials.ts'
import { type ComputeOptions, createCompute } from '../../../src/cloud/ecs/compute-client.ts'
import { createControlPlane } from '../../../src/sandbox/control/control-plane.ts'
import { Faults } from '../../../src/sandbox/faults.ts'
import type { InstanceProfile } from '../../../src/sandbox/fleet/instance-profile.ts'
import { createQuietFleet } from '../../../src/sandbox/fleet/quiet-fleet.ts'
import { startLoopbackServer } from '../../../src/sandbox/loopback-server.ts'
import { closeLater } from '../../support/close-later.ts'
import { KEYS, limitsOf, SkippingClock } from '../rpc/open-api.ts'

const MINUTE_MS = 60_000

/** ECS of the sandbox over a fleet that lives only while the client's clock sleeps, or when it is told to. */
export async function openScene(options: Partial<ComputeOptions> = {}) {
  const startMs = Date.UTC(2026, 10, 22, 12)
  const clock = new SkippingClock(startMs)
  const fleet = createQuietFleet({ startMs })
  const pass = (ms: number): void => void fleet.advance(fleet.nowMs + ms)
  clock.onSkip = pass
  const keys = { accessKeyId: KEYS.id, accessKeySecret: KEYS.secret, securityToken: KEYS.token }
  const plane = createControlPlane({ ...keys, fleet, now: clock.now, random: () => 0.5 })
  const faults = new Faults()
  const server = await startLoopbackServer(plane.service, { port: 0, faults })
  const compute = createCompute({
    endpoint: server.url,
    region: 'cn-hangzhou',
    credentials: staticCredentials(KEYS.id, KEYS.secret, KEYS.token),
    clock,
    ...options
  })
  closeLater(async () => {
    await compute.close()
    await server.close()
    plane.close()
  })
  /** A running instance. */
  const running = (given: Partial<InstanceProfile> = {}): string => {
    const { instanceId } = fleet.create(given)
    pass(5 * MINUTE_MS)
    return instanceId
  }
  /** One that is Stopped. */
  const stopped = (given: Partial<InstanceProfile> = {}): string => {
    const instanceId = running(given)
    fleet.stop(instanceId)
    pass(5 * MINUTE_MS)
    return instanceId
  }
  const limits = (ms = MINUTE_MS, signal?: AbortSignal): CallLimits => limitsOf(clock, ms, signal)
  const counts = (): Readonly<Record<string, number>> => Object.fromEntries(server.countsOf('ecs'))
  return { compute, fleet, ecs: plane.ecs, faults, clock, server, limits, counts, running, stopped, pass }
}
