import { SANDBOX_NAMES, SANDBOX_PEOPLE } from '../address.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { ActionLog } from './actiontrail/action-log.ts'
import { trailProduct } from './actiontrail/trail-product.ts'
import { type Balancers, type BalancersOptions, createBalancers } from './balancers/balancers.ts'
import { type EcsControl, ecsControl } from './ecs/ecs-control.ts'
import { ecsProduct } from './ecs/ecs-product.ts'
import { createEcsWorld } from './ecs/ecs-world.ts'
import { InstanceDirectory } from './instance-directory.ts'
import { createRpcService, type RpcService, type RpcServiceOptions } from './rpc-service.ts'

export interface ControlPlaneOptions extends Omit<RpcServiceOptions, 'products' | 'now'> {
  readonly fleet: Fleet
  /** Epoch ms. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** How the load balancers behave where the vendor leaves it open. */
  readonly balancers?: Partial<Omit<BalancersOptions, 'instance' | 'now' | 'random'>>
  /** How long after a call ActionTrail begins to tell of it, ms: some minutes in the real service. Default 0. */
  readonly trailDelayMs?: number
}

/** ECS, CLB, ALB, NLB and ActionTrail over one fleet, behind one address. */
export interface ControlPlane {
  readonly service: RpcService
  readonly ecs: EcsControl
  readonly balancers: Balancers
  /** Lets go of the fleet. */
  close(): void
}

export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { fleet, now, random, balancers: behaviour, trailDelayMs: delayMs = 0, ...keys } = options
  const directory = new InstanceDirectory(fleet)
  const balancers = createBalancers({ instance: (id) => directory.find(id), now, random, ...behaviour })
  const world = createEcsWorld({ fleet, now, random })
  const regionOf = (id: string): string | undefined => fleet.describe(id)?.regionId
  const actions = new ActionLog({ now, delayMs, regionOf, homeRegion: SANDBOX_NAMES.region })
  const products = [actions.watch(ecsProduct(world)), ...balancers.products, trailProduct(actions, now)]
  const service = createRpcService({ people: SANDBOX_PEOPLE, ...keys, now, products })
  const close = fleet.watch({
    event: (event) => {
      directory.enter(event.instance)
      world.history.note(event)
    },
    released: (instance) => {
      balancers.released(instance.instanceId)
      directory.strike(instance)
      world.startRefusals.delete(instance.instanceId)
    }
  })
  return { service, ecs: ecsControl(world, (action, calls) => service.limit('ecs', action, calls)), balancers, close }
}
