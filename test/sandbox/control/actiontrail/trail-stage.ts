import { onTestFinished } from 'vitest'
import { SANDBOX_KEYS, SANDBOX_PEOPLE } from '../../../../src/sandbox/address.ts'
import { createControlPlane } from '../../../../src/sandbox/control/control-plane.ts'
import { Faults } from '../../../../src/sandbox/faults.ts'
import type { InstanceProfile } from '../../../../src/sandbox/fleet/instance-profile.ts'
import { createQuietFleet } from '../../../../src/sandbox/fleet/quiet-fleet.ts'
import { startLoopbackServer } from '../../../../src/sandbox/loopback-server.ts'
import { seededRandom } from '../../../../src/sandbox/random.ts'
import { ManualClock } from '../../manual-clock.ts'
import { rpcClient } from '../rpc-client.ts'

/** One event, as far as the tests look at it. */
export type Told = Readonly<Record<string, unknown>> & { readonly eventName: string; readonly resourceName: string }

/** A control plane whose time stands still, called with the sandbox's own key and with a person's. */
export async function openTrail({ trailDelayMs = 0 } = {}) {
  // The vendor's SDK signs with the machine's time: at a whole second, so that the tests can name it.
  const startMs = Math.floor(Date.now() / 1_000) * 1_000
  const clock = new ManualClock(startMs)
  const fleet = createQuietFleet({ startMs })
  const keys = { ...SANDBOX_KEYS, people: SANDBOX_PEOPLE }
  const plane = createControlPlane({ ...keys, fleet, now: clock.now, random: seededRandom(1), trailDelayMs })
  const server = await startLoopbackServer(plane.service, { port: 0, faults: new Faults() })
  onTestFinished(async () => {
    await server.close()
    plane.close()
  })
  const [accessKeyId, { secret }] = ['sandbox-person', SANDBOX_PEOPLE['sandbox-person']]
  const ecs = { url: server.url, version: '2014-05-26' }
  const trail = rpcClient({ url: server.url, version: '2020-07-06', ...SANDBOX_KEYS })
  return {
    ...{ clock, startMs, server, trail },
    own: rpcClient({ ...ecs, ...SANDBOX_KEYS }),
    alice: rpcClient({ ...ecs, accessKeyId, accessKeySecret: secret }),
    /** An instance that is Running. */
    running: (given: Partial<InstanceProfile>): string => {
      const { instanceId } = fleet.create(given)
      fleet.advance(fleet.nowMs + 300_000)
      return instanceId
    },
    lookUp: async (parameters: object = {}): Promise<Told[]> => {
      const { Events: events } = await trail.done('LookupEvents', parameters)
      return events as Told[]
    }
  }
}

/** `2026-11-22T12:00:00Z` */
export function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
