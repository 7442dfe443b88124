/** What the load balancers need to know of an instance. */
export interface BalancedInstance {
  readonly instanceId: string
  /** `Running`, `Stopped`, ... as ECS says it. */
  readonly state: string
  /** The primary one first. */
  readonly privateIps: readonly string[]
  readonly eniIds: readonly string[]
}

/**
 * The instance of an id, undefined when there is none (any more). It is asked with instance ids, and with the ENI ids and
 * private addresses of backends of those types: a fleet that knows only its instance ids may answer undefined there, which
 * makes such a backend a machine outside the fleet, taken as running.
 */
export type InstanceLookup = (id: string) => BalancedInstance | undefined
