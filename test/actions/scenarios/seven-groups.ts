import type { InstanceProfile } from '../../../src/sandbox/fleet/instance-profile.ts'
import type { Scene } from './scene.ts'

const VPC = 'vpc-scene'

/** What the doomed instance is known by in its groups, beside its id. */
export const DOOMED: Partial<InstanceProfile> & { spot: true } = {
  spot: true,
  vpcId: VPC,
  privateIpAddress: '10.0.0.7',
  networkInterfaceId: 'eni-bp1seven'
}

/** The groups of `joinSevenGroups`; of the default group its load balancer. */
export const SEVEN_GROUPS = ['lb-1', 'rsp-1', 'rsp-2', 'sgp-a1', 'sgp-a2', 'sgp-n1', 'sgp-n2'] as const

/**
 * Puts an instance made of `DOOMED` into seven groups of three kinds, on several ports and with several weights, by its id,
 * its network interface and its address; `other` is beside it in each of them, on one port.
 */
export function joinSevenGroups({ sandbox }: Scene, doomed: string, other: string): void {
  const { clb, alb, nlb } = sandbox.balancers
  const [eni, ip] = [DOOMED.networkInterfaceId ?? '', DOOMED.privateIpAddress ?? '']
  const beside = { serverId: other, port: 80 }
  clb.createLoadBalancer({ id: 'lb-1', vpcId: VPC })
  clb.place('lb-1', [{ serverId: doomed, weight: 40 }, { serverId: other }])
  const ports = [80, 443, 8080].map((port) => ({ serverId: doomed, port, weight: (port % 100) + 1 }))
  clb.createVServerGroup('lb-1', { id: 'rsp-1', servers: [...ports, beside] })
  clb.createVServerGroup('lb-1', { id: 'rsp-2', servers: [{ serverId: eni, port: 80, type: 'eni' }, beside] })
  const twoPorts = [80, 81].map((port) => ({ serverId: doomed, port, weight: 30 }))
  alb.createServerGroup({ id: 'sgp-a1', vpcId: VPC, servers: [...twoPorts, beside] })
  alb.createServerGroup({ id: 'sgp-a2', vpcId: VPC, servers: [{ serverId: eni, port: 90, type: 'Eni' }, beside] })
  const addresses = [ip, '10.0.0.8'].map((serverId) => ({ serverId, type: 'Ip', port: 53, weight: 70 }))
  nlb.createServerGroup({ id: 'sgp-n1', vpcId: VPC, type: 'Ip', servers: addresses })
  nlb.createServerGroup({
    id: 'sgp-n2',
    vpcId: VPC,
    servers: [
      { serverId: doomed, port: 0 },
      { ...beside, port: 0 }
    ]
  })
}
