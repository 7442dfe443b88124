import type { Log } from '../../telemetry/log.ts'
import type { ApiOutcome } from '../api-outcome.ts'
import type { BalancedInstance, MissedGroup } from '../balancing.ts'
import { describeFault } from '../fault.ts'
import { type Errand, isFailure } from './ask.ts'
import { chunksOf } from './chunks-of.ts'
import { type Found, isAddress, joinFound, membershipsIn, missedGroup, namesOf, type PlacedGroup } from './found.ts'
import { RegionMap, type RegionMapOptions } from './region-map.ts'
import { ServerGroupSource } from './server-group-source.ts'
import { type GroupedEntry, MAX_LISTED_SERVERS, type ServerGroup, type ServerGroups } from './server-groups.ts'

export interface ServerGroupDiscoveryOptions extends RegionMapOptions {
  readonly service: ServerGroups
  readonly log: Log
}

/**
 * Finds an instance in the server groups of ALB or NLB. The API reference marks the group's id as optional where entries are
 * listed, so that one call finds those of all groups; a service that refuses such a call is asked group by group.
 */
export class ServerGroupDiscovery {
  readonly #service: ServerGroups
  readonly #map: RegionMap
  readonly #log: Log
  /** What is known of groups, by id. */
  #groups = new Map<string, ServerGroup>()
  #oneByOne = false

  constructor(options: ServerGroupDiscoveryOptions) {
    this.#service = options.service
    this.#log = options.log
    const source = new ServerGroupSource(options.service, (groups) => {
      this.#groups = new Map(groups.map((group) => [group.groupId, group]))
    })
    this.#map = new RegionMap(source, options)
  }

  /** Learns the region's groups, and their entries only where they cannot be asked for all at once. */
  warm(errand: Errand): Promise<readonly MissedGroup[]> {
    return this.#oneByOne ? this.#map.warm(errand) : this.#map.list(errand)
  }

  async find(instance: BalancedInstance, errand: Errand): Promise<Found> {
    if (this.#oneByOne) return await this.#map.find(instance, errand)
    const outcome = await this.#entriesOf(instance, errand)
    if (outcome.kind === 'done') return await this.#located(outcome.value, instance, errand)
    if (outcome.kind === 'refused' && outcome.fault.class === 'rejected') {
      this.#oneByOne = true
      const fault = describeFault(outcome.fault)
      this.#log.info({ kind: this.#service.kind, fault }, 'entries are not listed without a group: each is asked')
      return await this.#map.find(instance, errand)
    }
    const missed = isFailure(outcome) ? [missedGroup(this.#service.kind, '', outcome.fault)] : []
    return { memberships: [], missed }
  }

  /** A group that was listed before. */
  known(groupId: string): ServerGroup | undefined {
    return this.#groups.get(groupId)
  }

  /** Asks for the group of an id; undefined when there is none. */
  async group(groupId: string, errand: Errand): Promise<ApiOutcome<ServerGroup | undefined>> {
    const outcome = await this.#learn([groupId], errand)
    return outcome.kind === 'done' ? { kind: 'done', value: this.#groups.get(groupId) } : outcome
  }

  async #entriesOf(instance: BalancedInstance, errand: Errand): Promise<ApiOutcome<readonly GroupedEntry[]>> {
    const names = namesOf({ ...instance, privateIps: [] })
    const addresses = this.#mayHaveAddressesOf(instance) ? instance.privateIps : []
    const found: GroupedEntry[] = []
    for (const filter of this.#filters(names, addresses)) {
      const outcome = await this.#service.servers(filter, errand)
      if (outcome.kind !== 'done') return outcome
      found.push(...outcome.value)
    }
    return { kind: 'done', value: found }
  }

  /** ServerIps is NLB's alone; the ServerId of an entry of type Ip is its address. */
  #filters(names: readonly string[], addresses: readonly string[]): Array<Parameters<ServerGroups['servers']>[0]> {
    if (this.#service.kind === 'alb')
      return chunksOf([...names, ...addresses], MAX_LISTED_SERVERS).map((ServerIds) => ({ ServerIds }))
    return [
      ...chunksOf(names, MAX_LISTED_SERVERS).map((ServerIds) => ({ ServerIds })),
      ...chunksOf(addresses, MAX_LISTED_SERVERS).map((ServerIps) => ({ ServerIps }))
    ]
  }

  /** Whether there may be a group of addresses in the instance's VPC. */
  #mayHaveAddressesOf({ vpcId }: BalancedInstance): boolean {
    const places = (group: ServerGroup): boolean => group.vpcId === '' || vpcId === '' || group.vpcId === vpcId
    const isOfServers = (group: ServerGroup): boolean => ['instance', 'fc'].includes(group.type.toLowerCase())
    return !this.#map.isListed || [...this.#groups.values()].some((group) => places(group) && !isOfServers(group))
  }

  /** Puts entries to their groups; the groups of addresses must be known, for their VPC. */
  async #located(entries: readonly GroupedEntry[], instance: BalancedInstance, errand: Errand): Promise<Found> {
    const byGroup = new Map<string, GroupedEntry[]>()
    for (const entry of entries) byGroup.set(entry.groupId, [...(byGroup.get(entry.groupId) ?? []), entry])
    const unknown = entries.filter(({ groupId, backend }) => !this.#groups.has(groupId) && isAddress(backend))
    const ids = [...new Set(unknown.map(({ groupId }) => groupId))]
    const learnt = ids.length === 0 ? undefined : await this.#learn(ids, errand)
    const failed = learnt !== undefined && isFailure(learnt) ? learnt.fault : undefined
    return joinFound([
      {
        memberships: [],
        missed: failed === undefined ? [] : ids.map((id) => missedGroup(this.#service.kind, id, failed))
      },
      ...[...byGroup].map(([groupId, own]) => membershipsIn(this.#placed(groupId), own, instance))
    ])
  }

  #placed(groupId: string): PlacedGroup {
    const vpcId = this.#groups.get(groupId)?.vpcId ?? ''
    return { ref: { kind: this.#service.kind, role: 'group', groupId }, vpcId }
  }

  async #learn(ids: readonly string[], errand: Errand): Promise<ApiOutcome<unknown>> {
    const outcome = await this.#service.groups(ids, errand)
    if (outcome.kind === 'done') for (const group of outcome.value) this.#groups.set(group.groupId, group)
    return outcome
  }
}
