/** Which backend is meant. */
export interface BackendKey {
  /** An instance, an ENI, a container, or an address. */
  readonly serverId: string
  /** '' for whichever address the server has there. */
  readonly serverIp: string
  /** 0 in CLB's default group, whose backends have no port, and in NLB's groups of any port. */
  readonly port: number
}

/** One server that a load balancer sends requests to. */
export interface Backend extends BackendKey {
  /** `ecs`, `eni`, `eci` in CLB; `Ecs`, `Eni`, `Eci`, `Ip` in ALB and NLB. */
  readonly type: string
  /** 0 to 100; 0 gets no new requests. */
  readonly weight: number
  readonly description: string
  /** Epoch milliseconds since when its weight has been above 0: health checks count from here. */
  readonly servingSince: number
}

/** A server may stand in a group once for each port; an ENI or container also once for each of its addresses. */
export function isSameBackend(backend: BackendKey & Pick<Backend, 'type'>, key: BackendKey): boolean {
  if (backend.serverId !== key.serverId || backend.port !== key.port) return false
  return isInstance(backend) || key.serverIp === '' || backend.serverIp === key.serverIp
}

/** Whether a backend is named by its instance, in either spelling. */
export function isInstance({ type }: Pick<Backend, 'type'>): boolean {
  return type.toLowerCase() === 'ecs'
}

/** The backend with another weight; one that rises from 0 has to pass the health check again. */
export function withWeight<Kind extends Backend>(backend: Kind, weight: number, now: number): Kind {
  const rises = backend.weight === 0 && weight > 0
  return { ...backend, weight, servingSince: rises ? now : backend.servingSince }
}
