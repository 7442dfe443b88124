import type { Backend } from '../backend.ts'
import type { HealthState } from '../health.ts'
import type { Clb } from './clb.ts'
import type { ClbListener, ClbLoadBalancer } from './load-balancer.ts'

/** CLB has no word of its own for a backend that has not passed its first check. */
const STATUS: Readonly<Record<HealthState, string>> = {
  healthy: 'normal',
  initial: 'abnormal',
  unhealthy: 'abnormal',
  unused: 'unavailable'
}

/** One row for each backend behind a listener. */
export function healthRows(clb: Clb, balancer: ClbLoadBalancer, listener: ClbListener): object[] {
  return backendsOf(clb, balancer, listener).map((backend) => ({
    ListenerPort: listener.port,
    Protocol: listener.protocol,
    ServerId: backend.serverId,
    ServerIp: backend.serverIp,
    Port: backend.port,
    ServerHealthStatus: healthOf(clb, balancer, backend)
  }))
}

function backendsOf(clb: Clb, balancer: ClbLoadBalancer, { groupId, backendPort }: ClbListener): readonly Backend[] {
  if (groupId === undefined) return balancer.defaultGroup.servers.map((server) => ({ ...server, port: backendPort }))
  return clb.groups().find(({ id }) => id === groupId)?.servers ?? []
}

function healthOf(clb: Clb, balancer: ClbLoadBalancer, backend: Backend): string {
  if (balancer.status !== 'active') return 'unavailable'
  const { health, now } = clb.world
  return STATUS[health.stateOf(backend, now())]
}
