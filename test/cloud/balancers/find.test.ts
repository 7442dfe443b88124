import { describe, expect, it } from 'vitest'
import type { Membership, MissedGroup } from '../../../src/cloud/balancing.ts'
import type { RpcApi } from '../../../src/cloud/rpc/rpc-api.ts'
import { instanceOf, MAX_AGE_MS, openScene, type Scene, VPC } from './balancing-scene.ts'

/** `rsp-1 eni-1:80`, sorted. */
function told(found: { readonly memberships: readonly Membership[] }): string[] {
  return found.memberships
    .map(
      ({ group, backend }) => `${group.kind} ${group.role} ${group.groupId} ${backend.serverId}:${backend.port ?? '-'}`
    )
    .sort()
}

function missed(found: { readonly missed: readonly MissedGroup[] }): string[] {
  return found.missed.map(({ kind, groupId }) => `${kind} ${groupId}`).sort()
}

const ALL = [
  'alb group sgp-a eni-1:80',
  'alb group sgp-a i-1:80',
  'alb group sgp-a i-1:81',
  'clb default lb-1 i-1:-',
  'clb group rsp-1 i-1:80',
  'clb group rsp-1 i-1:81',
  'clb group rsp-2 eni-1:80',
  'clb primary-secondary rsp-ps i-1:90',
  'nlb group sgp-ip 10.0.0.1:53',
  'nlb group sgp-n i-1:0'
]

/** `i-1` by its id, its ENI and its address, in every kind of group, beside others. */
async function populated(scene: Scene): Promise<void> {
  const { clb, alb, nlb } = scene.sandbox
  const [one, two] = [{ serverId: 'i-1' }, { serverId: 'i-2' }]
  clb.createLoadBalancer({ id: 'lb-1' })
  clb.createLoadBalancer({ id: 'lb-2' })
  clb.place('lb-1', [one, two])
  clb.createVServerGroup('lb-1', {
    id: 'rsp-1',
    servers: [
      { ...one, port: 80, weight: 30 },
      { ...one, port: 81 },
      { ...two, port: 80 }
    ]
  })
  clb.createVServerGroup('lb-2', { id: 'rsp-2', servers: [{ serverId: 'eni-1', type: 'eni', port: 80 }] })
  clb.createVServerGroup('lb-2', { id: 'rsp-empty' })
  clb.createVServerGroup('lb-2', { id: 'rsp-others', servers: [{ ...two, port: 80 }] })
  clb.createMasterSlaveGroup(
    'lb-2',
    [
      { ...one, port: 90 },
      { ...two, port: 90 }
    ],
    'rsp-ps'
  )
  alb.createServerGroup({
    id: 'sgp-a',
    vpcId: VPC,
    servers: [
      { ...one, port: 80 },
      { ...one, port: 81 },
      { serverId: 'eni-1', type: 'Eni', port: 80 },
      { ...two, port: 80 }
    ]
  })
  nlb.createServerGroup({
    id: 'sgp-n',
    vpcId: VPC,
    servers: [
      { ...one, port: 0 },
      { ...two, port: 0 }
    ]
  })
  const address = { serverId: '10.0.0.1', type: 'Ip', port: 53 }
  nlb.createServerGroup({ id: 'sgp-ip', vpcId: VPC, type: 'Ip', servers: [address] })
  nlb.createServerGroup({ id: 'sgp-elsewhere', vpcId: 'vpc-2', type: 'Ip', servers: [address] })
}

async function openPopulated(options: Parameters<typeof openScene>[0] = {}): Promise<Scene> {
  const scene = await openScene(options)
  await populated(scene)
  return scene
}

describe('find, all groups', () => {
  it('brings every entry by id, ENI and address: every port, with what the service tells of it', async () => {
    const { balancing, limits } = await openPopulated()
    const found = await balancing.find(instanceOf(1), 'discover', limits())
    expect(found.missed).toEqual([])
    expect(told(found)).toEqual(ALL)
    const weights = found.memberships
      .filter(({ group }) => group.groupId === 'rsp-1')
      .map(({ backend }) => backend.weight)
    expect(weights.sort()).toEqual([100, 30])
  })

  it('asks of a warm map only the groups that it knows, and three calls more', async () => {
    const { balancing, limits, calls } = await openPopulated()
    await balancing.warm(limits())
    calls()
    expect(told(await balancing.find(instanceOf(1), 'discover', limits()))).toEqual(ALL)
    const made = calls()
    // The fourth beside the CLB groups: there are groups of addresses in this VPC.
    expect(made).toEqual({
      DescribeVServerGroupAttribute: 2,
      DescribeLoadBalancerAttribute: 1,
      DescribeMasterSlaveServerGroupAttribute: 1,
      DescribeLoadBalancers: 1,
      ListServerGroupServers: 3
    })
    const groups = new Set(ALL.map((line) => line.split(' ')[2])).size
    expect(Object.values(made).reduce((sum, count) => sum + count)).toBeLessThanOrEqual(groups + 3)
  })

  it('trusts a complete map that does not know the instance', async () => {
    const { balancing, limits, calls, sandbox } = await openPopulated()
    sandbox.nlb.deleteServerGroup('sgp-ip')
    await balancing.warm(limits())
    calls()
    expect(await balancing.find(instanceOf(3), 'discover', limits())).toEqual({ memberships: [], missed: [] })
    expect(calls()).toEqual({ DescribeLoadBalancers: 1, ListServerGroupServers: 2 })
  })

  it('looks into a load balancer that has the instance since the map was made', async () => {
    const { balancing, limits, sandbox } = await openPopulated()
    await balancing.warm(limits())
    sandbox.clb.createLoadBalancer({ id: 'lb-new' })
    sandbox.clb.place('lb-new', [{ serverId: 'i-3' }])
    sandbox.clb.createVServerGroup('lb-new', { id: 'rsp-new', servers: [{ serverId: 'i-3', port: 8080 }] })
    const found = await balancing.find(instanceOf(3), 'discover', limits())
    expect(told(found)).toEqual(['clb default lb-new i-3:-', 'clb group rsp-new i-3:8080'])
  })

  it('never brings what the map knew and the group no longer has', async () => {
    const { balancing, limits, sandbox } = await openPopulated()
    await balancing.warm(limits())
    sandbox.clb.deleteGroup('rsp-1')
    sandbox.evict('i-1')
    expect(await balancing.find(instanceOf(1), 'discover', limits())).toEqual({ memberships: [], missed: [] })
  })

  it('reads what is older than it may be, and only that', async () => {
    const { balancing, limits, sandbox, clock, calls } = await openPopulated()
    await balancing.warm(limits())
    sandbox.clb.createVServerGroup('lb-1', { id: 'rsp-later', servers: [{ serverId: 'i-1', port: 443 }] })
    clock.push(MAX_AGE_MS + 1)
    expect(told(await balancing.find(instanceOf(1), 'discover', limits()))).toEqual(
      [...ALL, 'clb group rsp-later i-1:443'].sort()
    )
    expect(calls()).toMatchObject({ DescribeVServerGroups: 4 })
    await balancing.find(instanceOf(2), 'discover', limits())
    expect(calls()).not.toHaveProperty('DescribeVServerGroups')
  })

  it('reads a load balancer once for searches at the same time', async () => {
    const { balancing, limits, calls } = await openPopulated()
    const founds = await Promise.all([1, 2, 3, 1].map((n) => balancing.find(instanceOf(n), 'discover', limits())))
    expect(founds.map((found) => told(found).length)).toEqual([10, 6, 0, 10])
    expect(calls()).toMatchObject({ DescribeVServerGroups: 2 })
  })

  it('asks group by group where entries cannot be listed without one', async () => {
    const { balancing, limits, calls } = await openPopulated({ wrap: refuseUngrouped })
    expect(told(await balancing.find(instanceOf(1), 'discover', limits()))).toEqual(ALL)
    await balancing.warm(limits())
    calls()
    expect(told(await balancing.find(instanceOf(1), 'discover', limits()))).toEqual(ALL)
    // sgp-a, sgp-n, and both groups with the address.
    expect(calls()).toMatchObject({ ListServerGroupServers: 4 })
  })

  it('tells the kind that could not be asked, and brings the others', async () => {
    const { balancing, limits, faults } = await openPopulated()
    faults.add({ service: 'alb', kind: 'error', code: 'Forbidden.NoPermission', status: 403 })
    const found = await balancing.find(instanceOf(1), 'discover', limits())
    expect(told(found)).toEqual(ALL.filter((line) => !line.startsWith('alb')))
    expect(missed(found)).toEqual(['alb '])
    expect(found.missed[0]?.reason).toContain('Forbidden.NoPermission')
  })

  it('tells the group that could not be read, and looks again next time', async () => {
    const { balancing, limits, faults } = await openPopulated()
    faults.add({ operation: 'DescribeVServerGroupAttribute', kind: 'error', code: 'Forbidden', status: 403, count: 1 })
    const found = await balancing.find(instanceOf(2), 'discover', limits())
    expect(missed(found)).toHaveLength(1)
    const again = await balancing.find(instanceOf(1), 'discover', limits())
    expect(missed(again)).toEqual([])
    expect(told(again)).toEqual(ALL)
  })

  it('keeps what it knew of a group that cannot be read', async () => {
    const { balancing, limits, faults } = await openPopulated()
    await balancing.warm(limits())
    faults.add({ operation: 'DescribeVServerGroups', kind: 'error', code: 'Forbidden', status: 403 })
    await balancing.warm(limits())
    const found = await balancing.find(instanceOf(1), 'discover', limits())
    expect(told(found)).toEqual(ALL)
    expect(missed(found)).toEqual(['clb lb-1', 'clb lb-2'])
  })

  it('is not held up by a throttled look beyond a complete map', async () => {
    const { balancing, limits, faults, clock } = await openPopulated()
    await balancing.warm(limits())
    faults.add({ operation: 'DescribeLoadBalancers', kind: 'error', code: 'Throttling.User' })
    const startedMs = clock.elapsed()
    const found = await balancing.find(instanceOf(1), 'discover', limits(240_000))
    expect(told(found)).toEqual(ALL)
    expect(missed(found)).toEqual(['clb '])
    expect(clock.elapsed() - startedMs).toBeLessThan(4_000)
  })

  it('goes without primary/secondary groups where they may not be listed', async () => {
    const { balancing, limits, faults } = await openPopulated()
    faults.add({ operation: 'DescribeMasterSlaveServerGroups', kind: 'error', code: 'Forbidden', status: 403 })
    const found = await balancing.find(instanceOf(1), 'discover', limits())
    expect(found.missed).toEqual([])
    expect(told(found)).toEqual(ALL.filter((line) => !line.includes('primary')))
  })

  it('takes no address for this instance whose VPC is not told, and says so', async () => {
    const { balancing, limits, sandbox } = await openScene()
    sandbox.alb.createServerGroup({
      id: 'sgp-1',
      type: 'Ip',
      servers: [{ serverId: '10.0.0.1', type: 'Ip', port: 80 }]
    })
    const found = await balancing.find(instanceOf(1), 'discover', limits())
    expect(told(found)).toEqual([])
    expect(missed(found)).toEqual(['alb sgp-1'])
  })

  it('tells everything as missed when nothing answers in time', async () => {
    const { balancing, limits, faults } = await openPopulated()
    faults.add({ kind: 'stall-before' })
    const found = await balancing.find(instanceOf(1), 'discover', limits(150))
    expect(found.memberships).toEqual([])
    expect(missed(found)).toEqual(['alb ', 'clb ', 'nlb '])
  })

  it('ends with close', async () => {
    const { balancing, limits, faults } = await openPopulated()
    faults.add({ kind: 'stall-before' })
    const finding = balancing.find(instanceOf(1), 'discover', limits(60_000))
    const warming = balancing.warm(limits(60_000))
    await balancing.close()
    expect(missed(await finding)).toEqual(['alb ', 'clb ', 'nlb '])
    await warming
  })
})

describe('find, given groups', () => {
  it('asks only those, each for its kind', async () => {
    const { balancing, limits, calls } = await openPopulated()
    const groups = ['rsp-1', 'lb-1', 'sgp-a', 'sgp-ip', 'sgp-elsewhere', 'rsp-1', 'rsp-ps']
    const found = await balancing.find(instanceOf(1), groups, limits())
    expect(found.missed).toEqual([])
    expect(told(found)).toEqual(ALL.filter((line) => groups.some((id) => line.includes(` ${id} `))))
    calls()
    await balancing.find(instanceOf(1), ['sgp-a'], limits())
    // That it is one of ALB's is remembered; NLB is asked no more.
    expect(calls()).toEqual({ ListServerGroupServers: 1 })
  })

  it('finds nothing in groups that do not exist, and tells ids that are none of a group', async () => {
    const { balancing, limits } = await openPopulated()
    const found = await balancing.find(instanceOf(1), ['rsp-none', 'lb-none', 'sgp-none', 'alb-1'], limits())
    expect(found.memberships).toEqual([])
    expect(missed(found)).toEqual(['clb alb-1'])
  })

  it('tells which kind could not be asked for a group that the other does not have', async () => {
    const { balancing, limits, faults } = await openPopulated()
    faults.add({ service: 'nlb', kind: 'error', code: 'Forbidden.NoPermission', status: 403 })
    const found = await balancing.find(instanceOf(1), ['sgp-a', 'sgp-n'], limits())
    expect(told(found)).toEqual(ALL.filter((line) => line.includes('sgp-a')))
    expect(missed(found)).toEqual(['nlb sgp-n'])
  })
})

/** A service that wants a group's id. */
function refuseUngrouped(api: RpcApi): RpcApi {
  return {
    close: () => api.close(),
    call: async (request) => {
      if (request.action !== 'ListServerGroupServers' || 'ServerGroupId' in request.query)
        return await api.call(request)
      const message = 'The parameter of ServerGroupId is missing.'
      const fault = {
        class: 'rejected',
        code: 'MissingParam.ServerGroupId',
        status: 400,
        message,
        requestId: 'R'
      } as const
      return { kind: 'refused', fault }
    }
  }
}
