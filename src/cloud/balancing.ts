import type { ApiOutcome, CallLimits } from './api-outcome.ts'

export type BalancerKind = 'clb' | 'alb' | 'nlb'

/**
 * - `group`: a server group (CLB vServer group `rsp-`, ALB and NLB server group `sgp-`)
 * - `default`: the default group of a CLB, known by the load balancer's id; its backends have no port
 * - `primary-secondary`: a CLB group of two fixed members: can be reported, not changed
 */
export type GroupRole = 'group' | 'default' | 'primary-secondary'

export interface GroupRef {
  readonly kind: BalancerKind
  readonly role: GroupRole
  /** `rsp-...`, `sgp-...`; of a default group the load balancer's id. */
  readonly groupId: string
}

/** One backend entry of a server group, as the service describes it: what identifies it is echoed in every change. */
export interface Backend {
  readonly serverId: string
  /** As the service writes it: ecs, eni, eci (CLB); Ecs, Eni, Eci, Ip (ALB, NLB). */
  readonly serverType: string
  /** '' where the entry has none. */
  readonly serverIp: string
  /** Undefined in a default group. */
  readonly port: number | undefined
  /** 0 to 100. */
  readonly weight: number
  readonly description: string
}

/** One entry of one instance in one group. */
export interface Membership {
  readonly group: GroupRef
  readonly backend: Backend
}

/** What an instance may be known by in a server group. */
export interface BalancedInstance {
  readonly instanceId: string
  readonly networkInterfaceIds: readonly string[]
  /** An address identifies a server only inside its VPC. */
  readonly privateIps: readonly string[]
  readonly vpcId: string
}

export type BackendHealth = 'healthy' | 'unhealthy' | 'unknown'

/** The load balancers of one region, all kinds. Changes take any number of entries of ONE group and cut them as the service wants. */
export interface Balancing {
  /**
   * Every entry of an instance. `groups` given: only those are asked. Else all groups of the region: from the map kept warm
   * in the background where there is one, each entry verified by asking its group.
   *
   * `missed`: kinds or groups that could not be asked, with why: what was found is not all.
   */
  find(
    instance: BalancedInstance,
    groups: readonly string[] | 'discover',
    limits: CallLimits
  ): Promise<{ readonly memberships: readonly Membership[]; readonly missed: readonly MissedGroup[] }>
  /** All entries of a group. `already`: the group does not exist (any more). */
  backends(group: GroupRef, limits: CallLimits): Promise<ApiOutcome<readonly Backend[]>>
  /** `already`: group or entries are gone. */
  setWeight(
    group: GroupRef,
    backends: readonly Backend[],
    weight: number,
    limits: CallLimits
  ): Promise<ApiOutcome<void>>
  /** `already`: group or entries are gone. */
  remove(group: GroupRef, backends: readonly Backend[], limits: CallLimits): Promise<ApiOutcome<void>>
  /** Adds entries with their ports and weights; those that are there already are left. */
  add(group: GroupRef, backends: readonly Backend[], limits: CallLimits): Promise<ApiOutcome<void>>
  /**
   * Health of each entry that the group's listeners check, in the order of `backends(group)`; `unknown` where nothing checks
   * it, `unhealthy` also until a check has passed for the first time.
   */
  health(
    group: GroupRef,
    limits: CallLimits
  ): Promise<ApiOutcome<ReadonlyArray<{ readonly backend: Backend; readonly health: BackendHealth }>>>
  /** Brings the background map up to date. */
  warm(limits: CallLimits): Promise<void>
}

export interface MissedGroup {
  readonly kind: BalancerKind
  /** '' for a whole kind. */
  readonly groupId: string
  /** One sentence: the fault. */
  readonly reason: string
  /** Asking again would bring the same: the credentials may not, or there is no such thing to ask. */
  readonly lasting?: boolean
}
