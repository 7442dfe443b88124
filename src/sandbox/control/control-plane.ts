import type { Fleet } from '../fleet/fleet.ts'
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
}

/** ECS, CLB, ALB and NLB over one fleet, behind one address. */
export interface ControlPlane {
  readonly service: RpcService
  readonly ecs: EcsControl
  readonly balancers: Balancers
  /** Lets go of the fleet. */
  close(): void
}

export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { fleet, now, random, balancers: behaviour, ...keys } = options
  const directory = new InstanceDirectory(fleet)
  const balancers = createBalancers({ instance: (id) => directory.find(id), now, random, ...behaviour })
  const world = createEcsWorld({ fleet, now, random })
  const service = createRpcService({ ...keys, now, products: [ecsProduct(world), ...balancers.products] })
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
