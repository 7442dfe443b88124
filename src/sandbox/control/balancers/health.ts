import { type Backend, isInstance } from './backend.ts'
import type { Machines } from './machines.ts'

/** `initial`: too new to have passed. `unused`: its weight is 0. Each product has its own words for them. */
export type HealthState = 'healthy' | 'initial' | 'unhealthy' | 'unused'

/** Plays the health checks of all load balancers: the state follows from the time, the weight and the machine. */
export class Health {
  readonly #machines: Machines
  readonly #healthyAfterMs: number
  readonly #broken = new Set<{ readonly id: string; readonly port: number | undefined }>()

  /** @param healthyAfterMs milliseconds from a backend's first request to its first passed check */
  constructor(machines: Machines, healthyAfterMs: number) {
    this.#machines = machines
    this.#healthyAfterMs = healthyAfterMs
  }

  /** Makes a server, or every backend of an instance, fail its checks on one port or all. The returned function mends it. */
  break(id: string, port?: number): () => void {
    const broken = { id, port }
    this.#broken.add(broken)
    return () => {
      this.#broken.delete(broken)
    }
  }

  stateOf(backend: Backend, now: number): HealthState {
    if (backend.weight === 0) return 'unused'
    const instance = this.#machines.behind(backend)
    if (instance === undefined ? isInstance(backend) : instance.state !== 'Running') return 'unhealthy'
    for (const { id, port = backend.port } of this.#broken) {
      if (port === backend.port && (id === backend.serverId || id === instance?.instanceId)) return 'unhealthy'
    }
    return now - backend.servingSince < this.#healthyAfterMs ? 'initial' : 'healthy'
  }
}
