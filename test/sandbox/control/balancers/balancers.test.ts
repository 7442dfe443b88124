import { expect, test } from 'vitest'
import { rpcParameters } from '../../../../src/sandbox/control/rpc-parameters.ts'
import { ANY_CALL, HEALTHY_AFTER_MS, openScene } from './scene.ts'

/** i-1 in a group of each kind, i-2 beside it. */
function openGroups(options: Parameters<typeof openScene>[0] = {}) {
  const scene = openScene(options)
  const { clb, alb, nlb } = scene.balancers
  const lb = clb.createLoadBalancer()
  const servers = [
    { serverId: 'i-1', port: 80 },
    { serverId: 'i-2', port: 80 }
  ]
  clb.place(lb, servers)
  clb.createVServerGroup(lb, { servers: [...servers, { serverId: 'eni-of-i-1', port: 80, type: 'eni' }] })
  clb.createMasterSlaveGroup(lb, [{ serverId: 'i-1' }, { serverId: 'i-2' }])
  alb.createServerGroup({ servers })
  nlb.createServerGroup({ type: 'Ip', servers: [{ serverId: '192.168.0.1', port: 80, type: 'Ip' }] })
  return scene
}

test('an instance is found in every kind of group, by its id, its ENI and its address', () => {
  const { balancers } = openGroups()
  const places = balancers.memberships('i-1').map(({ product, kind, serverId }) => `${product} ${kind} ${serverId}`)
  expect(places).toEqual([
    'slb default i-1',
    'slb vServer i-1',
    'slb vServer eni-of-i-1',
    'slb masterSlave i-1',
    'alb serverGroup i-1',
    'nlb serverGroup 192.168.0.1'
  ])
  expect(balancers.memberships('i-2')).toHaveLength(4)
  expect(balancers.memberships('i-3')).toEqual([])
})

test('a released instance stays in its groups, unless it was said that it leaves them', () => {
  const stays = openGroups().balancers
  stays.released('i-1')
  expect(stays.memberships('i-1')).toHaveLength(6)
  stays.evict('i-1')
  expect(stays.memberships('i-1')).toEqual([])

  const leaves = openGroups({ dropReleased: true }).balancers
  leaves.released('i-1')
  expect(leaves.memberships('i-1')).toEqual([])
  expect(leaves.memberships('i-2')).toHaveLength(4)
})

test('where the fleet knows instance ids only, an ENI is a machine outside it: taken as running', () => {
  const one = { instanceId: 'i-1', state: 'Stopped', privateIps: ['192.168.0.1'], eniIds: ['eni-1'] }
  const { balancers, clock } = openScene({ instance: (id) => (id === 'i-1' ? one : undefined) })
  const lb = balancers.clb.createLoadBalancer()
  const group = balancers.clb.createVServerGroup(lb, { servers: [{ serverId: 'eni-1', port: 80, type: 'eni' }] })
  balancers.clb.createListener(lb, { port: 80, groupId: group })
  clock.advance(HEALTHY_AFTER_MS)
  expect(balancers.memberships('i-1')).toMatchObject([{ groupId: group, serverId: 'eni-1' }])
  const describe = balancers.products[0]?.operations['DescribeHealthStatus']
  const parameters = rpcParameters(new Map([['LoadBalancerId', lb]]))
  expect(describe?.({ action: 'DescribeHealthStatus', parameters, ...ANY_CALL })).toMatchObject({
    BackendServers: { BackendServer: [{ ServerId: 'eni-1', ServerHealthStatus: 'normal' }] }
  })
})

test('a change takes 50 to 300 ms where nothing else was said', async () => {
  for (const [chance, settleMs] of [
    [0, 50],
    [0.999_999, 300]
  ] as const) {
    const { balancers, clock } = openScene({ settleMs: undefined, random: () => chance })
    const group = balancers.alb.group(balancers.alb.createServerGroup())
    balancers.alb.begin('AddServersToServerGroup', group, [])
    clock.advance(settleMs - 1)
    expect(group.status(clock.now())).toBe('Configuring')
    clock.advance(1)
    expect(group.status(clock.now())).toBe('Available')
  }
})
