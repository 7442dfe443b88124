import { SANDBOX_NAMES } from '../../address.ts'
import type { RpcProduct } from '../rpc-product.ts'
import type { Backend } from './backend.ts'
import type { InstanceLookup } from './balanced-instance.ts'
import type { BalancerWorld } from './balancer-world.ts'
import { BusyMarks } from './busy-marks.ts'
import { type BalancerChange, ChangeLog } from './change-log.ts'
import { Clb, type ClbOptions } from './clb/clb.ts'
import { clbProduct } from './clb/clb-product.ts'
import { Health } from './health.ts'
import { Machines } from './machines.ts'
import type { Membership } from './membership.ts'
import { ALB, NLB } from './server-groups/dialect.ts'
import { serverGroupProduct } from './server-groups/server-group-product.ts'
import { ServerGroups } from './server-groups/server-groups.ts'

export interface BalancersOptions {
  readonly instance: InstanceLookup
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Milliseconds that ALB and NLB take over a change. Default: 50 to 300, by chance. */
  readonly settleMs?: number | undefined
  /** Milliseconds from a backend's first request to its first passed health check. Default 500. */
  readonly healthyAfterMs?: number
  /** Default: the filters find members of the default group only, the harder case; changes are applied at once. */
  readonly clb?: Partial<ClbOptions>
  /**
   * Whether a released instance leaves its groups by itself. The vendor does not say what CLB does. Default false: its
   * backends stay, and fail their health checks.
   */
  readonly dropReleased?: boolean
  /** Default: the sandbox's. */
  readonly regionId?: string
}

/** CLB, ALB and NLB: what the gateway serves, and the handles of whoever sets the scene and looks at it. */
export interface Balancers {
  /** `slb`, `alb` and `nlb`. */
  readonly products: readonly RpcProduct[]
  readonly clb: Clb
  readonly alb: ServerGroups
  readonly nlb: ServerGroups
  /** The changing calls that were accepted, in their order: the newest 10,000. */
  readonly changes: readonly BalancerChange[]
  /**
   * Every place of an instance, by its id, its ENIs and its addresses, in all three products. Of an instance that is gone
   * only those by its id.
   */
  memberships(instanceId: string): Membership[]
  /**
   * Refuses changes of a group, or of all groups of a load balancer, with this code until then (epoch milliseconds):
   * `BackendServer.configuring`, `SystemBusy`, `Conflict.Lock`, ...
   */
  busy(id: string, untilMs: number, code: string): void
  /** Makes a backend, or every backend of an instance, fail its health checks on one port or all; call the answer to mend it. */
  breakHealth(id: string, port?: number): () => void
  /** Takes every backend of an instance out of its groups, at once and unasked. */
  evict(instanceId: string): void
  /** Told by ECS, while the instance can still be looked up: it is about to be no more. See `dropReleased`. */
  released(instanceId: string): void
}

/** Makes empty load balancers over a fleet. */
export function createBalancers(options: BalancersOptions): Balancers {
  const { now, random, settleMs, healthyAfterMs = 500, regionId = SANDBOX_NAMES.region, dropReleased = false } = options
  const machines = new Machines(options.instance)
  const health = new Health(machines, healthyAfterMs)
  const world: BalancerWorld = { now, random, regionId, machines, health, busy: new BusyMarks(), log: new ChangeLog() }
  const settles = (): number => settleMs ?? 50 + Math.floor(random() * 251)
  const clb = new Clb(world, { serverFilter: 'default-group', applyMs: 0, ...options.clb })
  const alb = new ServerGroups(world, ALB, settles)
  const nlb = new ServerGroups(world, NLB, settles)

  const evict = (instanceId: string): void => {
    const isGone = isNamedBy(machines.namesOf(instanceId))
    for (const product of [clb, alb, nlb]) product.evict(isGone)
  }
  return {
    products: [clbProduct(clb), serverGroupProduct(alb), serverGroupProduct(nlb)],
    clb,
    alb,
    nlb,
    changes: world.log.changes,
    memberships: (instanceId) =>
      [...clbPlaces(clb), ...groupPlaces(alb), ...groupPlaces(nlb)].filter(isNamedBy(machines.namesOf(instanceId))),
    busy: (id, untilMs, code) => world.busy.set(id, untilMs, code),
    breakHealth: (id, port) => health.break(id, port),
    evict,
    released: (instanceId) => {
      if (dropReleased) evict(instanceId)
    }
  }
}

function isNamedBy(names: ReadonlySet<string>): (backend: Backend) => boolean {
  return ({ serverId, serverIp }) => names.has(serverId) || names.has(serverIp)
}

function clbPlaces(clb: Clb): Membership[] {
  return clb
    .groups()
    .flatMap(({ id, kind, servers }) =>
      servers.map((server): Membership => ({ ...server, product: 'slb', groupId: id, kind, status: 'Available' }))
    )
}

function groupPlaces(groups: ServerGroups): Membership[] {
  const { product } = groups.dialect
  return groups
    .groups()
    .flatMap(({ id }) =>
      groups.servers(id).map((server): Membership => ({ ...server, product, groupId: id, kind: 'serverGroup' }))
    )
}
