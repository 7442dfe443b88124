import type { Backend } from '../backend.ts'
import type { BalancerWorld } from '../balancer-world.ts'
import { resourceId } from '../resource-id.ts'
import { ClientTokens } from './client-tokens.ts'
import { type Dialect, refuse } from './dialect.ts'
import { type Job, Jobs } from './jobs.ts'
import { type GroupServer, ServerGroup, type ServerGroupOptions } from './server-group.ts'

/** A backend as it is put into a group; the rest has the service's defaults. */
export type PlacedServer = Pick<Backend, 'serverId' | 'port'> &
  Partial<Pick<Backend, 'serverIp' | 'weight' | 'type' | 'description'>>

/** What requests come in by. */
export interface GroupListener {
  readonly id: string
  readonly loadBalancerId: string
  readonly port: number
  readonly protocol: string
  readonly groupIds: readonly string[]
  /** Those that only its forwarding rules send to: ALB has such. */
  readonly ruleGroupIds: readonly string[]
  readonly sequence: number
}

/**
 * The server groups of ALB or NLB, with as much of their load balancers as it takes to listen. The methods are handles for
 * whoever sets the scene, and what the operations of the API are made of; they refuse as the API does.
 */
export class ServerGroups {
  readonly world: BalancerWorld
  readonly dialect: Dialect
  readonly jobs = new Jobs()
  readonly tokens = new ClientTokens()
  readonly #settleMs: () => number
  readonly #groups = new Map<string, ServerGroup>()
  readonly #listeners = new Map<string, GroupListener>()
  #sequence = 0

  /** @param settleMs how long a group takes over a change, milliseconds */
  constructor(world: BalancerWorld, dialect: Dialect, settleMs: () => number) {
    this.world = world
    this.dialect = dialect
    this.#settleMs = settleMs
  }

  groups(): ServerGroup[] {
    return [...this.#groups.values()]
  }

  listeners(): GroupListener[] {
    return [...this.#listeners.values()]
  }

  /** @throws RpcError 404 ResourceNotFound.ServerGroup (ALB), ResourceNotFound.serverGroup (NLB) */
  group(id: string): ServerGroup {
    if (id === '') throw refuse(this.dialect, 'MissingParam', 'ServerGroupId')
    const group = this.#groups.get(id)
    if (group === undefined) throw refuse(this.dialect, `ResourceNotFound.${this.dialect.group}`)
    return group
  }

  createServerGroup(
    draft: Partial<Omit<ServerGroupOptions, 'createdAt' | 'sequence'>> & { servers?: readonly PlacedServer[] } = {}
  ): string {
    const { random, now } = this.world
    const {
      id = resourceId('sgp', random),
      name = id,
      type = 'Instance',
      vpcId = '',
      protocol = this.dialect.protocols.group[0] ?? '',
      scheduler = this.dialect.schedulers[0] ?? '',
      drainTimeoutS,
      servers = []
    } = draft
    const sequence = this.nextSequence()
    const options = { id, name, type, vpcId, protocol, scheduler, drainTimeoutS, createdAt: now(), sequence }
    this.#groups.set(id, new ServerGroup(options))
    this.place(id, servers)
    return id
  }

  /** Whatever listens to it or is in it. */
  deleteServerGroup(id: string): void {
    this.#groups.delete(id)
  }

  /** A listener that forwards to these groups, on a load balancer that needs no more than a name. */
  createListener(
    draft: Pick<GroupListener, 'groupIds'> & Partial<Omit<GroupListener, 'sequence'>>
  ): Pick<GroupListener, 'id' | 'loadBalancerId'> {
    const { random } = this.world
    const id = draft.id ?? resourceId('lsn', random)
    const loadBalancerId = draft.loadBalancerId ?? resourceId(this.dialect.product, random)
    const protocol = this.dialect.protocols.listener[0] ?? ''
    const common = { port: 80, protocol, ruleGroupIds: [] }
    for (const groupId of [...draft.groupIds, ...(draft.ruleGroupIds ?? [])]) this.group(groupId)
    this.#listeners.set(id, { ...common, ...draft, id, loadBalancerId, sequence: this.nextSequence() })
    return { id, loadBalancerId }
  }

  deleteListener(id: string): void {
    this.#listeners.delete(id)
  }

  /** The load balancers that a group stands behind. */
  loadBalancersOf(groupId: string): string[] {
    const found = this.listeners().filter(({ groupIds, ruleGroupIds }) =>
      [...groupIds, ...ruleGroupIds].includes(groupId)
    )
    return [...new Set(found.map(({ loadBalancerId }) => loadBalancerId))]
  }

  /** The backends of a group as they are now, those under change with the status that says so. */
  servers(groupId: string): readonly GroupServer[] {
    return this.group(groupId).servers(this.world.now())
  }

  /** Puts backends into a group at once and unasked. */
  place(groupId: string, servers: readonly PlacedServer[]): void {
    const placed = servers.map((server) => this.newServer(server, 'Available'))
    this.group(groupId).replace([...this.servers(groupId), ...placed])
  }

  /** Takes backends out of every group, at once and unasked. */
  evict(isGone: (backend: Backend) => boolean): void {
    for (const group of this.groups()) {
      group.replace(group.servers(this.world.now()).filter((backend) => !isGone(backend)))
    }
  }

  /** Begins a change of a group's servers; the job that stands for it. */
  begin(action: string, group: ServerGroup, servers: readonly GroupServer[]): Job {
    const job = this.newJob(action, group.id)
    group.begin(servers, job.endsAt)
    return job
  }

  /** A task that began now, for a group or a listener. */
  newJob(action: string, resource: string): Job {
    const startedAt = this.world.now()
    const endsAt = startedAt + this.#settleMs()
    const id = resourceId('job', this.world.random)
    const job = { id, action, resourceId: resource, startedAt, endsAt, sequence: this.nextSequence() }
    this.jobs.add(job)
    return job
  }

  newServer(server: PlacedServer, status: GroupServer['status']): GroupServer {
    const { serverId, port, type = 'Ecs', weight = 100, description = '' } = server
    const serverIp = type === 'Ip' ? serverId : server.serverIp || this.world.machines.addressOf(serverId)
    const servingSince = this.world.now()
    return { serverId, serverIp, port, type, weight, description, servingSince, status, sequence: this.nextSequence() }
  }

  nextSequence(): number {
    this.#sequence += 1
    return this.#sequence
  }
}
