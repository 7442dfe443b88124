import type { Backend } from '../backend.ts'

/** A backend of ALB or NLB. */
export interface GroupServer extends Backend {
  readonly status: 'Adding' | 'Available' | 'Configuring' | 'Removing'
  /** Rises with each server that is added to any group: what pages of lists go by. */
  readonly sequence: number
}

export interface ServerGroupOptions {
  readonly id: string
  readonly name: string
  /** `Instance`: Ecs, Eni and Eci; `Ip`: addresses. */
  readonly type: 'Instance' | 'Ip'
  readonly vpcId: string
  /** `HTTP`, `TCP`, ... */
  readonly protocol: string
  /** `Wrr`, ... */
  readonly scheduler: string
  /** Seconds that a removed backend keeps its connections; undefined: connection draining is off. */
  readonly drainTimeoutS: number | undefined
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly sequence: number
}

/**
 * One server group. A change is accepted at once and takes its time, in which the group refuses others:
 *
 *     group    Available -- begin --> Configuring -- settlesAt --> Available, a new one by way of Creating
 *     server   Adding -> Available      Configuring -> Available      Removing -> gone
 *
 * Nothing runs in the background: whoever looks at the group gives the time, and it catches up first.
 */
export class ServerGroup {
  readonly options: ServerGroupOptions
  #servers: readonly GroupServer[] = []
  #settlesAt = Number.NEGATIVE_INFINITY
  #meanwhile: 'Creating' | 'Configuring' = 'Configuring'

  constructor(options: ServerGroupOptions) {
    this.options = options
  }

  get id(): string {
    return this.options.id
  }

  status(now: number): 'Available' | 'Creating' | 'Configuring' {
    return now < this.#settlesAt ? this.#meanwhile : 'Available'
  }

  servers(now: number): readonly GroupServer[] {
    if (this.status(now) !== 'Available') return this.#servers
    const settled = this.#servers.every(({ status }) => status === 'Available')
    if (!settled) {
      this.#servers = this.#servers
        .filter(({ status }) => status !== 'Removing')
        .map((server) => ({ ...server, status: 'Available' }))
    }
    return this.#servers
  }

  /** Other servers from now on, without a change that takes time; one that is under way goes on. */
  replace(servers: readonly GroupServer[]): void {
    this.#servers = servers
  }

  /** @param servers the group's servers from now on, those under change with the status that says so */
  begin(servers: readonly GroupServer[], settlesAt: number): void {
    this.#servers = servers
    this.#settlesAt = settlesAt
    this.#meanwhile = 'Configuring'
  }

  /** It is new, and takes no changes until then. */
  beginCreation(settlesAt: number): void {
    this.#settlesAt = settlesAt
    this.#meanwhile = 'Creating'
  }
}
