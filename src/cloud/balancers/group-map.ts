import type { PlacedGroup } from './found.ts'
import type { GroupEntry } from './group-service.ts'

/** A group as it was read. */
export interface KnownGroup extends PlacedGroup {
  readonly entries: readonly GroupEntry[]
  /** When its reading began, on the clock's `elapsed()` scale, ms. */
  readonly readMs: number
}

/**
 * Which groups have an entry of a server, an ENI or an address, as of when each group was read. Groups come and go with
 * their unit: what they are read together with (a CLB load balancer, or a server group by itself).
 */
export class GroupMap {
  readonly #units = new Map<string, Map<string, KnownGroup>>()
  /** By the names of their entries. */
  readonly #named = new Map<string, Set<KnownGroup>>()

  /** Replaces all that is known of a unit. */
  put(unitId: string, groups: readonly KnownGroup[]): void {
    this.drop(unitId)
    this.#units.set(unitId, new Map(groups.map((group) => [group.ref.groupId, group])))
    for (const group of groups) this.#index(group)
  }

  drop(unitId: string): void {
    for (const group of this.groupsOf(unitId)) this.#unindex(group)
    this.#units.delete(unitId)
  }

  groupsOf(unitId: string): KnownGroup[] {
    return [...(this.#units.get(unitId)?.values() ?? [])]
  }

  /** The groups with an entry of one of these names, each once. */
  naming(names: readonly string[]): KnownGroup[] {
    return [...new Set(names.flatMap((name) => [...(this.#named.get(name) ?? [])]))]
  }

  #index(group: KnownGroup): void {
    for (const { backend } of group.entries) {
      const groups = this.#named.get(backend.serverId) ?? new Set()
      this.#named.set(backend.serverId, groups.add(group))
    }
  }

  #unindex(group: KnownGroup): void {
    for (const { backend } of group.entries) {
      const groups = this.#named.get(backend.serverId)
      groups?.delete(group)
      if (groups?.size === 0) this.#named.delete(backend.serverId)
    }
  }
}
