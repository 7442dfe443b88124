import { backendKey } from '../../../src/actions/drain/server-group.ts'
import type { ApiFailure, ApiOutcome, CallLimits } from '../../../src/cloud/api-outcome.ts'
import type {
  Backend,
  BackendHealth,
  BalancedInstance,
  BalancerKind,
  Balancing,
  GroupRef,
  GroupRole,
  Membership,
  MissedGroup
} from '../../../src/cloud/balancing.ts'
import type { Fault } from '../../../src/cloud/fault.ts'
import type { Clock } from '../../../src/lib/clock.ts'

export type Verb = 'find' | 'backends' | 'setWeight' | 'remove' | 'health'

export interface BalancingCall {
  readonly verb: Verb
  /** '' for a search. */
  readonly groupId: string
  /** Since the clock's start, ms. */
  readonly atMs: number
  readonly backends: readonly Backend[]
}

interface Group {
  readonly ref: GroupRef
  backends: Backend[]
}

/** Load balancers in memory, for what must be held to the millisecond: troubles by choice, changes that take their time. */
export class MemoryBalancing implements Balancing {
  readonly #clock: Clock
  readonly groups = new Map<string, Group>()
  readonly calls: BalancingCall[] = []
  readonly unhealthy = new Set<string>()
  /** What a search was asked with. */
  readonly searches: Array<{ instance: BalancedInstance; groups: readonly string[] | 'discover' }> = []
  /** How long a removal takes after it was answered, ms. */
  settleMs = 0
  /** What goes wrong with a call. */
  trouble: (verb: Verb, groupId: string) => ApiFailure['kind'] | 'already' | undefined = () => undefined
  /** Calls that are answered only when their caller gives them up. */
  hangs: (verb: Verb) => boolean = () => false
  /** What a search can't ask. */
  missing: () => readonly MissedGroup[] = () => []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  addGroup(groupId: string, backends: readonly Backend[], kind: BalancerKind = 'clb', role: GroupRole = 'group'): void {
    this.groups.set(groupId, { ref: { kind, role, groupId }, backends: [...backends] })
  }

  /** The entries of a group as `server:port@weight`; undefined when there is no such group. */
  entries(groupId: string): string[] | undefined {
    return this.groups.get(groupId)?.backends.map(({ serverId, port, weight }) => `${serverId}:${port ?? ''}@${weight}`)
  }

  /** The changing calls, as `verb group` with the second of the call. */
  changes(): string[] {
    return this.calls
      .filter(({ verb }) => verb === 'setWeight' || verb === 'remove')
      .map(({ verb, groupId, atMs }) => `${verb} ${groupId} at ${Math.round(atMs / 1_000)} s`)
  }

  async find(instance: BalancedInstance, groups: readonly string[] | 'discover', { signal }: CallLimits) {
    this.#note('find', '', [])
    this.searches.push({ instance, groups })
    if (this.hangs('find')) {
      await aborted(signal)
      return { memberships: [], missed: [{ kind: 'clb', groupId: '', reason: 'given up' } as const] }
    }
    const missed = this.missing()
    const memberships: Membership[] = []
    for (const { ref, backends } of this.groups.values()) {
      if (groups !== 'discover' && !groups.includes(ref.groupId)) continue
      if (missed.some(({ kind, groupId }) => kind === ref.kind && (groupId === '' || groupId === ref.groupId))) continue
      for (const entry of backends) if (isOf(instance, entry)) memberships.push({ group: ref, backend: entry })
    }
    return { memberships, missed }
  }

  async backends(group: GroupRef, limits: CallLimits): Promise<ApiOutcome<readonly Backend[]>> {
    return this.#answer('backends', group, limits, [], ({ backends }) => [...backends])
  }

  async setWeight(
    group: GroupRef,
    backends: readonly Backend[],
    weight: number,
    limits: CallLimits
  ): Promise<ApiOutcome<void>> {
    return this.#answer('setWeight', group, limits, backends, (found) => {
      const keys = new Set(backends.map(backendKey))
      found.backends = found.backends.map((entry) => (keys.has(backendKey(entry)) ? { ...entry, weight } : entry))
    })
  }

  async remove(group: GroupRef, backends: readonly Backend[], limits: CallLimits): Promise<ApiOutcome<void>> {
    return this.#answer('remove', group, limits, backends, (found) => {
      const keys = new Set(backends.map(backendKey))
      const take = (): void => {
        found.backends = found.backends.filter((entry) => !keys.has(backendKey(entry)))
      }
      if (this.settleMs === 0) take()
      else this.#clock.after(this.settleMs, take)
    })
  }

  async add(): Promise<ApiOutcome<void>> {
    throw new Error('a drain adds nothing')
  }

  async health(group: GroupRef, limits: CallLimits) {
    return this.#answer('health', group, limits, [], ({ backends }) =>
      backends.map((entry) => {
        const health: BackendHealth = this.unhealthy.has(entry.serverId) ? 'unhealthy' : 'healthy'
        return { backend: entry, health }
      })
    )
  }

  async warm(): Promise<void> {
    throw new Error('a drain does not warm the map')
  }

  async #answer<Value>(
    verb: Verb,
    { groupId }: GroupRef,
    { signal }: CallLimits,
    backends: readonly Backend[],
    work: (group: Group) => Value
  ): Promise<ApiOutcome<Value>> {
    this.#note(verb, groupId, backends)
    if (this.hangs(verb)) await aborted(signal)
    const kind = signal.aborted ? 'unavailable' : this.trouble(verb, groupId)
    if (kind !== undefined) return { kind, fault: faultOf(kind) }
    const group = this.groups.get(groupId)
    if (group === undefined) return { kind: 'already', fault: faultOf('already') }
    return { kind: 'done', value: work(group) }
  }

  #note(verb: Verb, groupId: string, backends: readonly Backend[]): void {
    this.calls.push({ verb, groupId, atMs: this.#clock.elapsed(), backends })
  }
}

/** One entry of a group. */
export function backend(serverId: string, given: Partial<Backend> = {}): Backend {
  return { serverId, serverType: 'ecs', serverIp: '', port: 80, weight: 100, description: '', ...given }
}

export function faultOf(code: string): Fault {
  return { class: 'unavailable', code, status: 503, message: 'said so', requestId: '' }
}

function isOf({ instanceId, networkInterfaceIds, privateIps, vpcId }: BalancedInstance, entry: Backend): boolean {
  if (entry.serverType === 'Ip') return vpcId !== '' && privateIps.includes(entry.serverId)
  return entry.serverId === instanceId || networkInterfaceIds.includes(entry.serverId)
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
