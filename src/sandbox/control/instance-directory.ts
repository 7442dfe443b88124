import type { Fleet } from '../fleet/fleet.ts'
import type { InstanceProfile } from '../fleet/instance-profile.ts'
import type { BalancedInstance } from './balancers/balanced-instance.ts'
import { statusOf } from './ecs/instance-view.ts'

/** The instances of a fleet by everything that a load balancer may call them: ids, network interfaces, private addresses. */
export class InstanceDirectory {
  readonly #fleet: Fleet
  /** Instance id by the id or the address of a network interface. */
  readonly #owners = new Map<string, string>()

  constructor(fleet: Fleet) {
    this.#fleet = fleet
    for (const instance of fleet.list()) this.enter(instance)
  }

  /** Undefined for what is not, or no longer, the fleet's. */
  find(id: string): BalancedInstance | undefined {
    const instance = this.#fleet.describe(this.#owners.get(id) ?? id)
    if (instance === undefined) return undefined
    const { instanceId, privateIpAddress, networkInterfaceId, secondaryInterfaces } = instance
    return {
      instanceId,
      state: statusOf(instance),
      privateIps: [privateIpAddress, ...secondaryInterfaces.map((each) => each.privateIpAddress)],
      eniIds: [networkInterfaceId, ...secondaryInterfaces.map((each) => each.networkInterfaceId)]
    }
  }

  /** Takes an instance in; again for one that is in it already changes nothing. */
  enter(instance: InstanceProfile): void {
    for (const name of namesOf(instance)) this.#owners.set(name, instance.instanceId)
  }

  strike(instance: InstanceProfile): void {
    for (const name of namesOf(instance)) {
      if (this.#owners.get(name) === instance.instanceId) this.#owners.delete(name)
    }
  }
}

function namesOf({ networkInterfaceId, privateIpAddress, secondaryInterfaces }: InstanceProfile): string[] {
  const interfaces = [{ networkInterfaceId, privateIpAddress }, ...secondaryInterfaces]
  return interfaces.flatMap((each) => [each.networkInterfaceId, each.privateIpAddress])
}
