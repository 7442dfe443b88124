import type { Clock } from '../../lib/clock.ts'
import type { ApiOutcome } from '../api-outcome.ts'
import type { BalancedInstance, BalancerKind, MissedGroup } from '../balancing.ts'
import { type Errand, isFailure } from './ask.ts'
import { type Found, joinFound, membershipsIn, missedGroup, namesOf, type PlacedGroup } from './found.ts'
import { GroupMap, type KnownGroup } from './group-map.ts'
import type { GroupEntry, GroupService } from './group-service.ts'

/** What groups are read together with: a CLB load balancer, or a server group of ALB or NLB by itself. */
export interface Unit {
  readonly id: string
  /** '' when it is not told. */
  readonly vpcId: string
}

/** The groups of a unit with all their entries, and those that could not be read. */
export interface ExploredUnit {
  readonly groups: ReadonlyArray<PlacedGroup & { readonly entries: readonly GroupEntry[] }>
  /** One of the unit's own id stands for any of its groups. */
  readonly missed: readonly MissedGroup[]
}

/** Where the groups of one kind are read. */
export interface GroupSource {
  readonly kind: BalancerKind
  readonly service: GroupService
  /** All units of the region. */
  units(errand: Errand): Promise<ApiOutcome<readonly Unit[]>>
  explore(unit: Unit, errand: Errand): Promise<ExploredUnit>
  /** Units that the service itself names for an instance: a cheap look that need not find all. */
  hint?(instance: BalancedInstance, errand: Errand): Promise<ApiOutcome<readonly string[]>>
}

export interface RegionMapOptions {
  readonly clock: Clock
  /** How long what was read counts as complete, ms. */
  readonly maxAgeMs: number
}

/** A look beyond what is known may not hold up what is known: a throttled call would wait for the next minute. */
const HINT_MS = 3_000

/**
 * All groups of one kind in a region, as of when each was read. It only tells where to look: every group that it names is
 * asked again before an entry is taken for found.
 */
export class RegionMap {
  readonly #source: GroupSource
  readonly #options: RegionMapOptions
  readonly #map = new GroupMap()
  readonly #units = new Map<string, Unit>()
  /** When each unit was read last without anything missed. */
  readonly #completeMs = new Map<string, number>()
  #listedMs: number | undefined
  /** What searches read at this moment, for other searches to wait for. */
  readonly #reading = new Map<string, Promise<readonly MissedGroup[]>>()

  constructor(source: GroupSource, options: RegionMapOptions) {
    this.#source = source
    this.#options = options
  }

  /** Whether the units are known as of late. */
  get isListed(): boolean {
    return this.#isFresh(this.#listedMs)
  }

  /** Reads everything anew. What cannot be read is kept as it was. */
  async warm(errand: Errand): Promise<readonly MissedGroup[]> {
    const missed = await this.list(errand)
    const explored = await Promise.all([...this.#units.values()].map((unit) => this.#explore(unit, errand)))
    return [...missed, ...explored.flat()]
  }

  /** Reads only which units there are. */
  async list(errand: Errand): Promise<readonly MissedGroup[]> {
    const startedMs = this.#options.clock.elapsed()
    const outcome = await this.#source.units(errand)
    if (outcome.kind !== 'done') return [missedGroup(this.#source.kind, '', outcome.fault)]
    const ids = new Set(outcome.value.map(({ id }) => id))
    for (const id of this.#units.keys()) if (!ids.has(id) && !this.#isReadSince(id, startedMs)) this.#forget(id)
    for (const unit of outcome.value) this.#units.set(unit.id, unit)
    this.#listedMs = startedMs
    return []
  }

  /**
   * Every entry of an instance. The groups that are known to have one are asked first; meanwhile, what the map does not know
   * as of late is read.
   */
  async find(instance: BalancedInstance, errand: Errand): Promise<Found> {
    const startedMs = this.#options.clock.elapsed()
    const names = namesOf(instance)
    const known = this.#map.naming(names)
    const [early, missed] = await Promise.all([
      Promise.all(known.map((group) => this.#look(group, instance, errand))),
      this.#complete(instance, errand)
    ])
    const seen = new Set(known.map(({ ref }) => ref.groupId))
    const others = this.#map.naming(names).filter(({ ref }) => !seen.has(ref.groupId))
    const late = await Promise.all(
      others.map((group) =>
        group.readMs >= startedMs ? membershipsIn(group, group.entries, instance) : this.#look(group, instance, errand)
      )
    )
    return joinFound([...early, ...late, { memberships: [], missed }])
  }

  async #look(group: KnownGroup, instance: BalancedInstance, errand: Errand): Promise<Found> {
    const outcome = await this.#source.service.entries(group.ref, errand, namesOf(instance))
    if (outcome.kind === 'done') return membershipsIn(group, outcome.value, instance)
    const { kind, groupId } = group.ref
    return { memberships: [], missed: isFailure(outcome) ? [missedGroup(kind, groupId, outcome.fault)] : [] }
  }

  /** Reads what is not known as of late, and what the service names beyond what is known. */
  async #complete(instance: BalancedInstance, errand: Errand): Promise<readonly MissedGroup[]> {
    const listed = this.isListed
    const hints = listed ? await this.#hints(instance, errand) : { units: [], missed: [] }
    const missed = listed ? [] : await this.#once('', () => this.list(errand))
    const stale = [...this.#units.values()].filter(({ id }) => !this.#isFresh(this.#completeMs.get(id)))
    const wanted = new Map([...stale, ...hints.units].map((unit) => [unit.id, unit]))
    const explored = await Promise.all(
      [...wanted.values()].map((unit) => this.#once(unit.id, () => this.#explore(unit, errand)))
    )
    return [...hints.missed, ...missed, ...explored.flat()]
  }

  /** Units that the service names for the instance, and of which no group is known to have it. */
  async #hints(
    instance: BalancedInstance,
    errand: Errand
  ): Promise<{ readonly units: readonly Unit[]; readonly missed: readonly MissedGroup[] }> {
    const deadlineMs = Math.min(errand.deadlineMs, this.#options.clock.elapsed() + HINT_MS)
    const outcome = await this.#source.hint?.(instance, { ...errand, deadlineMs })
    if (outcome === undefined || outcome.kind === 'already') return { units: [], missed: [] }
    if (outcome.kind !== 'done') return { units: [], missed: [missedGroup(this.#source.kind, '', outcome.fault)] }
    const known = new Set(this.#map.naming(namesOf(instance)))
    const news = outcome.value.filter((id) => !this.#map.groupsOf(id).some((group) => known.has(group)))
    return { units: news.map((id) => this.#units.get(id) ?? { id, vpcId: '' }), missed: [] }
  }

  async #explore(unit: Unit, errand: Errand): Promise<readonly MissedGroup[]> {
    const readMs = this.#options.clock.elapsed()
    const { groups, missed } = await this.#source.explore(unit, errand)
    // A slow reading may end after one that began later.
    if (this.#isReadSince(unit.id, readMs)) return missed
    const read = new Set(groups.map(({ ref }) => ref.groupId))
    const unread = new Set(missed.map(({ groupId }) => groupId))
    const kept = this.#map
      .groupsOf(unit.id)
      .filter(({ ref }) => !read.has(ref.groupId) && (unread.has(ref.groupId) || unread.has(unit.id)))
    this.#map.put(unit.id, [...groups.map((group) => ({ ...group, readMs })), ...kept])
    this.#units.set(unit.id, this.#units.get(unit.id) ?? unit)
    if (missed.length === 0) this.#completeMs.set(unit.id, readMs)
    else this.#completeMs.delete(unit.id)
    return missed
  }

  #isReadSince(id: string, atMs: number): boolean {
    return (this.#completeMs.get(id) ?? Number.NEGATIVE_INFINITY) > atMs
  }

  #forget(id: string): void {
    this.#units.delete(id)
    this.#completeMs.delete(id)
    this.#map.drop(id)
  }

  /**
   * Lets searches that need the same at the same time read it once. Who waited for another's reading that missed something
   * reads for itself: the other one may have had less time.
   */
  async #once(key: string, read: () => Promise<readonly MissedGroup[]>): Promise<readonly MissedGroup[]> {
    const others = this.#reading.get(key)
    if (others !== undefined && (await others).length === 0) return []
    const own = read()
    this.#reading.set(key, own)
    try {
      return await own
    } finally {
      if (this.#reading.get(key) === own) this.#reading.delete(key)
    }
  }

  #isFresh(atMs: number | undefined): boolean {
    return atMs !== undefined && this.#options.clock.elapsed() - atMs <= this.#options.maxAgeMs
  }
}
