import type { BackendKey } from './backend.ts'

/** A backend as a changing call named it; the weight only where the call gave one. */
export interface ChangedServer extends BackendKey {
  readonly weight?: number | undefined
}

/** A changing call that was accepted. */
export interface BalancerChange {
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly product: 'slb' | 'alb' | 'nlb'
  readonly action: string
  /** For CLB's default group the load balancer's id. */
  readonly groupId: string
  readonly servers: readonly ChangedServer[]
}

const MAX_CHANGES = 10_000

/** The changing calls that were accepted, in their order: the newest 10,000. */
export class ChangeLog {
  readonly changes: BalancerChange[] = []

  add({ servers, ...change }: BalancerChange): void {
    this.changes.push({ ...change, servers: servers.map(named) })
    if (this.changes.length > MAX_CHANGES) this.changes.shift()
  }
}

function named({ serverId, serverIp, port, weight }: ChangedServer): ChangedServer {
  return { serverId, serverIp, port, ...(weight === undefined ? {} : { weight }) }
}
