import { type Backend, isInstance } from './backend.ts'
import type { BalancedInstance, InstanceLookup } from './balanced-instance.ts'

/** Which machine a backend is. */
export class Machines {
  readonly #lookup: InstanceLookup

  constructor(lookup: InstanceLookup) {
    this.#lookup = lookup
  }

  /** The instance behind a backend; undefined for one that is gone, and for a machine outside the fleet. */
  behind({ serverId, serverIp }: Pick<Backend, 'serverId' | 'serverIp'>): BalancedInstance | undefined {
    return this.#lookup(serverId) ?? (serverIp === '' ? undefined : this.#lookup(serverIp))
  }

  /** What an instance may be named by in a group: its id, its ENIs, its addresses. Of one that is gone only the id is known. */
  namesOf(instanceId: string): ReadonlySet<string> {
    const { eniIds = [], privateIps = [] } = this.#lookup(instanceId) ?? {}
    return new Set([instanceId, ...eniIds, ...privateIps])
  }

  /** The primary address of what is known by an id; '' for what is not known. */
  addressOf(serverId: string): string {
    return this.#lookup(serverId)?.privateIps[0] ?? ''
  }

  /** What the service needs of a server that is to be added. An ENI, container or address outside the fleet is taken as there. */
  canServe(server: Pick<Backend, 'serverId' | 'serverIp' | 'type'>): boolean {
    const instance = this.behind(server)
    return instance === undefined ? !isInstance(server) : instance.state === 'Running'
  }
}
