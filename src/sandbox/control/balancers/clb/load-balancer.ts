import type { Backend } from '../backend.ts'

/** An `inactive` one takes no requests; a `locked` one (arrears) can't be changed. */
export type ClbStatus = 'active' | 'inactive' | 'locked'

export interface ClbListener {
  /** 1 to 65535. */
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'http' | 'https'
  /** Weights count in the weighted ones only. */
  readonly scheduler: 'wrr' | 'wlc' | 'rr' | 'sch' | 'tch' | 'qch'
  /** A vServer group or primary/secondary group; undefined: the default group. */
  readonly groupId: string | undefined
  /** The port of the default group's backends. */
  readonly backendPort: number
  /** Seconds that a removed backend keeps its connections; undefined: connection draining is off. */
  readonly drainTimeoutS: number | undefined
}

/** A vServer group, a primary/secondary (`masterSlave`) group, or the default group, whose id is the load balancer's. */
export interface ClbGroup {
  readonly id: string
  readonly kind: 'vServer' | 'masterSlave' | 'default'
  name: string
  readonly loadBalancerId: string
  /** Epoch milliseconds. */
  readonly createdAt: number
  servers: readonly Backend[]
}

export interface ClbLoadBalancer {
  readonly id: string
  readonly name: string
  readonly regionId: string
  readonly address: string
  readonly addressType: 'internet' | 'intranet'
  /** '' for one that is in no VPC. */
  readonly vpcId: string
  status: ClbStatus
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly defaultGroup: ClbGroup
  readonly listeners: ClbListener[]
}
