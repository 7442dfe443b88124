import { describe, expect, test } from 'vitest'
import { REGION, serveScene } from './scene.ts'

const json = JSON.stringify
const PAIR = [
  { ServerId: 'i-2', Port: '80', ServerType: 'Slave' },
  { ServerId: 'i-1', Port: '80', Weight: '50', ServerType: 'Master' }
]

/** A load balancer, made through the API. */
async function serveBalancer() {
  const scene = await serveScene()
  const { LoadBalancerId } = await scene.slb.done('CreateLoadBalancer', REGION)
  return { ...scene, LoadBalancerId: String(LoadBalancerId) }
}

describe('a primary/secondary group', () => {
  test('is made of one of each, whichever comes first', async () => {
    const { slb, LoadBalancerId } = await serveBalancer()
    const wish = { MasterSlaveServerGroupName: 'pair', MasterSlaveBackendServers: json(PAIR) }
    const made = await slb.done('CreateMasterSlaveServerGroup', { ...REGION, LoadBalancerId, ...wish })
    const { MasterSlaveServerGroupId } = made
    expect(made).toMatchObject({
      MasterSlaveServerGroupId: expect.stringMatching(/^rsp-/),
      MasterSlaveBackendServers: {
        MasterSlaveBackendServer: [
          { ServerId: 'i-1', Port: 80, Weight: 50, ServerType: 'Master' },
          { ServerId: 'i-2', Port: 80, Weight: 100, ServerType: 'Slave' }
        ]
      }
    })
    const read = await slb.done('DescribeMasterSlaveServerGroupAttribute', { ...REGION, MasterSlaveServerGroupId })
    expect(read).toMatchObject({ LoadBalancerId, MasterSlaveServerGroupName: 'pair' })
    await slb.done('DeleteMasterSlaveServerGroup', { ...REGION, MasterSlaveServerGroupId })
    const again = slb.refused('DeleteMasterSlaveServerGroup', { ...REGION, MasterSlaveServerGroupId })
    expect(await again).toBe('404 InvalidParameter')
  })

  test.each([
    ['no servers', '', '400 MissingParameter'],
    ['a primary only', json(PAIR.slice(1)), '400 InvalidParameter'],
    ['two primaries', json(PAIR.map((one) => ({ ...one, ServerType: 'Master' }))), '400 InvalidParameter'],
    ['three servers', json([...PAIR, { ...PAIR[0], ServerId: 'i-3' }]), '400 InvalidParameter'],
    ['a stopped server', json([PAIR[0], { ...PAIR[1], ServerId: 'i-stopped' }]), '400 ObtainIpFail']
  ])('is not made with %s', async (_, MasterSlaveBackendServers, code) => {
    const { slb, LoadBalancerId, balancers } = await serveBalancer()
    const wish = { ...REGION, LoadBalancerId, MasterSlaveBackendServers }
    expect(await slb.refused('CreateMasterSlaveServerGroup', wish)).toBe(code)
    expect(balancers.clb.groupsOf(LoadBalancerId, 'masterSlave')).toEqual([])
  })
})

describe('deletion', () => {
  test('of a vServer group waits for its listener to go', async () => {
    const { slb, LoadBalancerId } = await serveBalancer()
    const { VServerGroupId } = await slb.done('CreateVServerGroup', { ...REGION, LoadBalancerId })
    const listener = { LoadBalancerId, ListenerPort: 80 }
    await slb.done('CreateLoadBalancerTCPListener', { ...listener, VServerGroupId })
    expect(await slb.refused('DeleteVServerGroup', { ...REGION, VServerGroupId })).toBe('400 RspoolVipExist')
    const ofUdp = { ...listener, ListenerProtocol: 'udp' }
    expect(await slb.refused('DeleteLoadBalancerListener', ofUdp)).toBe('404 ListenerNotFound')
    await slb.done('DeleteLoadBalancerListener', { ...listener, ListenerProtocol: 'tcp' })
    expect(await slb.refused('DeleteLoadBalancerListener', listener)).toBe('404 ListenerNotFound')
    await slb.done('DeleteVServerGroup', { ...REGION, VServerGroupId })
    expect(await slb.refused('DeleteVServerGroup', { ...REGION, VServerGroupId })).toBe('404 InvalidParameter')
    expect(await slb.refused('DeleteVServerGroup', REGION)).toBe('400 MissingParameter')
  })

  test('of a load balancer takes its groups along', async () => {
    const { slb, LoadBalancerId, balancers } = await serveBalancer()
    const servers = { BackendServers: json([{ ServerId: 'i-1', Port: 80 }]) }
    const { VServerGroupId } = await slb.done('CreateVServerGroup', { ...REGION, LoadBalancerId, ...servers })
    await slb.done('DeleteLoadBalancer', { ...REGION, LoadBalancerId })
    expect(balancers.memberships('i-1')).toEqual([])
    expect(await slb.refused('DescribeVServerGroupAttribute', { ...REGION, VServerGroupId })).toBe(
      '404 InvalidParameter'
    )
    const again = await slb.refused('DeleteLoadBalancer', { ...REGION, LoadBalancerId })
    expect(again).toBe('404 InvalidLoadBalancerId.NotFound')
  })

  test('of anything is refused while its load balancer is locked or busy', async () => {
    const { slb, LoadBalancerId, balancers, clock } = await serveBalancer()
    const VServerGroupId = balancers.clb.createVServerGroup(LoadBalancerId)
    const codes = async (): Promise<string[]> => [
      await slb.refused('DeleteVServerGroup', { VServerGroupId }),
      await slb.refused('DeleteLoadBalancerListener', { LoadBalancerId, ListenerPort: 80 }),
      await slb.refused('DeleteLoadBalancer', { LoadBalancerId })
    ]
    balancers.busy(LoadBalancerId, clock.now() + 1_000, 'BackendServer.configuring')
    expect(new Set(await codes())).toEqual(new Set(['409 BackendServer.configuring']))
    clock.advance(1_000)
    balancers.clb.setStatus(LoadBalancerId, 'locked')
    expect(new Set(await codes())).toEqual(new Set(['400 ActionNotAllowed']))
    expect(balancers.clb.groupsOf(LoadBalancerId, 'vServer')).toHaveLength(1)
  })
})
