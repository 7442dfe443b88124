import { RpcError } from '../../rpc-product.ts'
import type { Backend } from '../backend.ts'
import type { BalancerWorld } from '../balancer-world.ts'
import { resourceId } from '../resource-id.ts'
import { clbRefusal } from './clb-refusals.ts'
import type { ClbGroup, ClbListener, ClbLoadBalancer, ClbStatus } from './load-balancer.ts'

/** A backend as it is put into a group; the rest has the service's defaults. */
export type ClbServer = Pick<Backend, 'serverId'> &
  Partial<Pick<Backend, 'serverIp' | 'port' | 'weight' | 'type' | 'description'>>

export interface ClbOptions {
  /**
   * Whose members DescribeLoadBalancers finds by ServerId and ServerIntranetAddress. The vendor does not say whether those of
   * vServer groups are among them.
   */
  readonly serverFilter: 'default-group' | 'all-groups'
  /**
   * Milliseconds for which a load balancer refuses further changes after each one, as the service does while it carries a
   * change out; 0: never.
   */
  readonly applyMs: number
}

/**
 * The load balancers of CLB (once named SLB) with their groups and listeners. The methods are handles for whoever sets the
 * scene, and what the operations of the API are made of; they refuse as the API does.
 */
export class Clb {
  readonly world: BalancerWorld
  readonly options: ClbOptions
  readonly #loadBalancers = new Map<string, ClbLoadBalancer>()
  /** vServer groups and primary/secondary groups. */
  readonly #groups = new Map<string, ClbGroup>()

  constructor(world: BalancerWorld, options: ClbOptions) {
    this.world = world
    this.options = options
  }

  loadBalancers(): ClbLoadBalancer[] {
    return [...this.#loadBalancers.values()]
  }

  /** @throws RpcError 404 InvalidLoadBalancerId.NotFound */
  loadBalancer(id: string): ClbLoadBalancer {
    if (id === '') throw clbRefusal('MissingParameter', 'LoadBalancerId')
    const found = this.#loadBalancers.get(id)
    if (found === undefined) throw clbRefusal('InvalidLoadBalancerId.NotFound')
    return found
  }

  /** The groups of one kind of a load balancer, the oldest first. */
  groupsOf(loadBalancerId: string, kind: 'vServer' | 'masterSlave'): ClbGroup[] {
    return [...this.#groups.values()].filter((group) => group.loadBalancerId === loadBalancerId && group.kind === kind)
  }

  /**
   * A group by its id; a default group goes by its load balancer's.
   *
   * @throws RpcError 404
   */
  group(id: string, kind?: 'vServer' | 'masterSlave'): ClbGroup {
    const defaultGroup = kind === undefined ? this.#loadBalancers.get(id)?.defaultGroup : undefined
    const group = defaultGroup ?? this.#groups.get(id)
    if (group !== undefined && (kind === undefined || group.kind === kind)) return group
    throw missingGroup(kind === 'masterSlave' ? 'MasterSlaveServerGroupId' : 'VServerGroupId', id)
  }

  /** Every group there is, of any kind. */
  groups(): ClbGroup[] {
    return [...this.loadBalancers().map(({ defaultGroup }) => defaultGroup), ...this.#groups.values()]
  }

  createLoadBalancer(draft: Partial<Omit<ClbLoadBalancer, 'createdAt' | 'defaultGroup' | 'listeners'>> = {}): string {
    const { random, regionId, now } = this.world
    const id = draft.id ?? resourceId('lb', random)
    const address = `10.0.${Math.floor(random() * 256)}.${Math.floor(random() * 254) + 1}`
    const defaultGroup = this.#newGroup({ id, kind: 'default', name: 'default', loadBalancerId: id })
    const common = { name: id, regionId, address, addressType: 'intranet', vpcId: '', status: 'active' } as const
    this.#loadBalancers.set(id, { ...common, ...draft, id, createdAt: now(), defaultGroup, listeners: [] })
    return id
  }

  setStatus(loadBalancerId: string, status: ClbStatus): void {
    this.loadBalancer(loadBalancerId).status = status
  }

  /** With its groups and listeners. */
  deleteLoadBalancer(id: string): void {
    this.#loadBalancers.delete(id)
    for (const group of this.#groups.values()) if (group.loadBalancerId === id) this.#groups.delete(group.id)
  }

  createVServerGroup(
    loadBalancerId: string,
    draft: { id?: string; name?: string; servers?: ClbServer[] } = {}
  ): string {
    return this.#createGroup('vServer', loadBalancerId, draft)
  }

  /** @param servers the primary and the secondary one */
  createMasterSlaveGroup(loadBalancerId: string, servers: readonly [ClbServer, ClbServer], id?: string): string {
    return this.#createGroup('masterSlave', loadBalancerId, { servers, ...(id === undefined ? {} : { id }) })
  }

  /** Whatever listens to it or is in it. */
  deleteGroup(id: string): void {
    this.#groups.delete(id)
  }

  /** @throws RpcError for a port that is taken or a group that is missing */
  createListener(loadBalancerId: string, draft: Pick<ClbListener, 'port'> & Partial<ClbListener>): void {
    const { listeners } = this.loadBalancer(loadBalancerId)
    const common = { protocol: 'tcp', scheduler: 'wrr', groupId: undefined, drainTimeoutS: undefined } as const
    const listener: ClbListener = { ...common, backendPort: draft.port, ...draft }
    if (listener.groupId !== undefined) this.group(listener.groupId)
    if (listeners.some(({ port, protocol }) => port === listener.port && protocol === listener.protocol)) {
      throw clbRefusal('ListenerAlreadyExists')
    }
    listeners.push(listener)
  }

  /** @param protocol undefined: whichever listens on the port. @throws RpcError 404 ListenerNotFound */
  deleteListener(loadBalancerId: string, port: number, protocol?: string): void {
    const { listeners } = this.loadBalancer(loadBalancerId)
    const isMeant = (known: ClbListener): boolean =>
      known.port === port && (protocol === undefined || known.protocol === protocol)
    const index = listeners.findIndex(isMeant)
    if (index < 0) throw clbRefusal('ListenerNotFound')
    listeners.splice(index, 1)
  }

  /** Puts backends into a group at once and unasked; `groupId` may be a load balancer's for its default group. */
  place(groupId: string, servers: readonly ClbServer[]): void {
    const group = this.group(groupId)
    group.servers = [...group.servers, ...servers.map((server) => this.#backend(group, server))]
  }

  /** Takes backends out of every group, at once and unasked. */
  evict(isGone: (backend: Backend) => boolean): void {
    for (const group of this.groups()) group.servers = group.servers.filter((backend) => !isGone(backend))
  }

  /** The backends of a group, or of a load balancer's default group. */
  servers(groupId: string): readonly Backend[] {
    return this.group(groupId).servers
  }

  #createGroup(
    kind: 'vServer' | 'masterSlave',
    loadBalancerId: string,
    { id = resourceId('rsp', this.world.random), name = id, servers = [] }: GroupDraft
  ): string {
    const group = this.#newGroup({ id, kind, name, loadBalancerId: this.loadBalancer(loadBalancerId).id })
    this.#groups.set(id, group)
    this.place(id, servers)
    return id
  }

  #newGroup(draft: Pick<ClbGroup, 'id' | 'kind' | 'name' | 'loadBalancerId'>): ClbGroup {
    return { ...draft, createdAt: this.world.now(), servers: [] }
  }

  #backend({ kind }: ClbGroup, server: ClbServer): Backend {
    const { serverId, weight = 100, type = 'ecs', description = '' } = server
    const port = kind === 'default' ? 0 : (server.port ?? 80)
    const serverIp = server.serverIp ?? this.world.machines.addressOf(serverId)
    return { serverId, serverIp, port, weight, type, description, servingSince: this.world.now() }
  }
}

interface GroupDraft {
  readonly id?: string
  readonly name?: string
  readonly servers?: readonly ClbServer[]
}

function missingGroup(parameter: string, id: string): Error {
  if (id === '') return clbRefusal('MissingParameter', parameter)
  return new RpcError(404, 'InvalidParameter', `The specified ${parameter} does not exist.`)
}
