import type { Backend } from './backend.ts'

/** That an instance, one of its ENIs or one of its addresses stands in a group. */
export interface Membership extends Backend {
  readonly product: 'slb' | 'alb' | 'nlb'
  /** For CLB's default group the load balancer's id. */
  readonly groupId: string
  readonly kind: 'vServer' | 'masterSlave' | 'default' | 'serverGroup'
  /** CLB's backends, and those of the others that no change is at, are `Available`. */
  readonly status: 'Adding' | 'Available' | 'Configuring' | 'Removing'
}
