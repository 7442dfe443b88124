import { onTestFinished } from 'vitest'
import type { BalancedInstance } from '../../../../src/sandbox/control/balancers/balanced-instance.ts'
import {
  type Balancers,
  type BalancersOptions,
  createBalancers
} from '../../../../src/sandbox/control/balancers/balancers.ts'
import { createRpcService } from '../../../../src/sandbox/control/rpc-service.ts'
import { Faults } from '../../../../src/sandbox/faults.ts'
import { startLoopbackServer } from '../../../../src/sandbox/loopback-server.ts'
import { seededRandom } from '../../../../src/sandbox/random.ts'
import { ManualClock } from '../../manual-clock.ts'
import { type RpcClient, rpcClient } from '../rpc-client.ts'

export const SETTLE_MS = 200
export const HEALTHY_AFTER_MS = 1_000
export const REGION = { RegionId: 'cn-hangzhou' }

/** What a call has beside its action and parameters. */
export const ANY_CALL = { caller: { accessKeyId: 'key', userName: 'somebody' }, requestId: 'R', fault: undefined }

const KEYS = { accessKeyId: 'key', accessKeySecret: 'secret' }

/** Load balancers over a little fleet: three running instances `i-1` to `i-3`, and `i-stopped`. */
export interface Scene {
  readonly clock: ManualClock
  readonly balancers: Balancers
  /** By instance id; ENI ids and addresses are found by it too. */
  readonly fleet: Map<string, BalancedInstance>
}

export function openScene(options: Partial<BalancersOptions> = {}): Scene {
  const clock = new ManualClock()
  const fleet = new Map<string, BalancedInstance>()
  for (const number of [1, 2, 3]) fleet.set(`i-${number}`, instance(`i-${number}`, `192.168.0.${number}`))
  fleet.set('i-stopped', { ...instance('i-stopped', '192.168.0.9'), state: 'Stopped' })
  const lookup = (id: string): BalancedInstance | undefined =>
    fleet.get(id) ?? [...fleet.values()].find(({ eniIds, privateIps }) => [...eniIds, ...privateIps].includes(id))
  const balancers = createBalancers({
    instance: lookup,
    now: clock.now,
    random: seededRandom(1),
    settleMs: SETTLE_MS,
    healthyAfterMs: HEALTHY_AFTER_MS,
    ...options
  })
  return { clock, balancers, fleet }
}

/** With a second address, that of its ENI. */
function instance(instanceId: string, address: string): BalancedInstance {
  return { instanceId, state: 'Running', privateIps: [address, `${address}0`], eniIds: [`eni-of-${instanceId}`] }
}

/** The scene behind the gateway, with the vendor's SDK client for each product. */
export interface ServedScene extends Scene, Readonly<Record<'slb' | 'alb' | 'nlb', RpcClient>> {
  readonly faults: Faults
}

export async function serveScene(options: Partial<BalancersOptions> = {}): Promise<ServedScene> {
  const scene = openScene(options)
  const { products } = scene.balancers
  const faults = new Faults()
  const server = await startLoopbackServer(createRpcService({ ...KEYS, products }), { port: 0, faults })
  onTestFinished(() => server.close())
  const client = (version: string): RpcClient => rpcClient({ url: server.url, version, ...KEYS })
  return { ...scene, faults, slb: client('2014-05-15'), alb: client('2020-06-16'), nlb: client('2022-04-30') }
}
