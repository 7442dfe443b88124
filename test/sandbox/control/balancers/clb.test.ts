import { describe, expect, test } from 'vitest'
import type { RpcClient } from '../rpc-client.ts'
import { REGION, type ServedScene, serveScene } from './scene.ts'

interface Backends {
  readonly BackendServers: { readonly BackendServer: ReadonlyArray<Record<string, string | number>> }
}

const json = JSON.stringify

async function backends(slb: RpcClient, group: string): Promise<Backends['BackendServers']['BackendServer']> {
  const body = await slb.done('DescribeVServerGroupAttribute', { ...REGION, VServerGroupId: group })
  return (body as unknown as Backends).BackendServers.BackendServer
}

/** A load balancer with one vServer group that holds i-1 on two ports and i-2. */
async function serveGroup(
  options: Parameters<typeof serveScene>[0] = {}
): Promise<ServedScene & Record<'lb' | 'group', string>> {
  const scene = await serveScene(options)
  const { clb } = scene.balancers
  const lb = clb.createLoadBalancer()
  const servers = [
    { serverId: 'i-1', port: 80 },
    { serverId: 'i-1', port: 443, weight: 50 },
    { serverId: 'i-2', port: 80 }
  ]
  return { ...scene, lb, group: clb.createVServerGroup(lb, { name: 'web', servers }) }
}

describe('a vServer group', () => {
  test('tells its backends with type, address, port and weight', async () => {
    const { slb, group, lb } = await serveGroup()
    const body = await slb.done('DescribeVServerGroupAttribute', { ...REGION, VServerGroupId: group })
    expect(body).toMatchObject({ VServerGroupId: group, VServerGroupName: 'web', LoadBalancerId: lb })
    expect(await backends(slb, group)).toEqual([
      { ServerId: 'i-1', ServerIp: '192.168.0.1', Port: 80, Type: 'ecs', Weight: 100, Description: '' },
      { ServerId: 'i-1', ServerIp: '192.168.0.1', Port: 443, Type: 'ecs', Weight: 50, Description: '' },
      { ServerId: 'i-2', ServerIp: '192.168.0.2', Port: 80, Type: 'ecs', Weight: 100, Description: '' }
    ])
  })

  test.each([
    ['texts', json([{ ServerId: 'i-3', Port: '8080', Weight: '40', Type: 'ecs' }])],
    ['numbers', json([{ ServerId: 'i-3', Port: 8080, Weight: 40 }])],
    ['single quotes', "[{'ServerId':'i-3','Port':'8080','Weight':'40'}]"]
  ])('takes BackendServers with %s', async (_, BackendServers) => {
    const { slb, group } = await serveGroup()
    await slb.done('AddVServerGroupBackendServers', { VServerGroupId: group, BackendServers })
    expect(await backends(slb, group)).toContainEqual(
      expect.objectContaining({ ServerId: 'i-3', Port: 8080, Weight: 40, Type: 'ecs' })
    )
  })

  test('loses what is removed, on the port that is named, and passes over what is not there', async () => {
    const { slb, group, balancers, clock } = await serveGroup()
    const BackendServers = json([
      { ServerId: 'i-1', Port: 80 },
      { ServerId: 'i-gone', Port: 80 }
    ])
    const remove = { ...REGION, VServerGroupId: group, BackendServers }
    await slb.done('RemoveVServerGroupBackendServers', remove)
    await slb.done('RemoveVServerGroupBackendServers', remove)
    expect((await backends(slb, group)).map(({ ServerId, Port }) => `${ServerId}:${Port}`)).toEqual([
      'i-1:443',
      'i-2:80'
    ])
    const change = { atMs: clock.now(), product: 'slb', action: 'RemoveVServerGroupBackendServers', groupId: group }
    expect(balancers.changes[1]).toEqual({
      ...change,
      servers: [
        { serverId: 'i-1', serverIp: '', port: 80 },
        { serverId: 'i-gone', serverIp: '', port: 80 }
      ]
    })
  })

  test('takes weights and a name for backends that are in it, and refuses others', async () => {
    const { slb, group } = await serveGroup()
    const set = (BackendServers: string) => ({
      ...REGION,
      VServerGroupId: group,
      VServerGroupName: 'drained',
      BackendServers
    })
    await slb.done('SetVServerGroupAttribute', set(json([{ ServerId: 'i-1', Port: 443, Weight: 0 }])))
    expect((await backends(slb, group)).map(({ Weight }) => Weight)).toEqual([100, 0, 100])
    const absent = set(json([{ ServerId: 'i-1', Port: 8080, Weight: 0 }]))
    expect(await slb.refused('SetVServerGroupAttribute', absent)).toBe('400 InvalidServerId.NotFound')
    const about = await slb.done('DescribeVServerGroupAttribute', { VServerGroupId: group })
    expect(about).toMatchObject({ VServerGroupName: 'drained' })
  })

  test('swaps old backends for new ones in one call', async () => {
    const { slb, group } = await serveGroup()
    await slb.done('ModifyVServerGroupBackendServers', {
      VServerGroupId: group,
      OldBackendServers: json([{ ServerId: 'i-1', Port: 80 }]),
      NewBackendServers: json([{ ServerId: 'i-3', Port: 80, Weight: 10 }])
    })
    expect((await backends(slb, group)).map(({ ServerId, Port }) => `${ServerId}:${Port}`)).toEqual([
      'i-1:443',
      'i-2:80',
      'i-3:80'
    ])
  })

  test('tells an ENI with several addresses apart by the address', async () => {
    const { slb, group, balancers } = await serveGroup()
    const eni = (ServerIp: string) => ({ ServerId: 'eni-x', ServerIp, Port: 80, Type: 'eni' })
    const call = (...servers: object[]) => ({ VServerGroupId: group, BackendServers: json(servers) })
    await slb.done('AddVServerGroupBackendServers', call(eni('10.1.0.1'), eni('10.1.0.2')))
    await slb.done('RemoveVServerGroupBackendServers', call(eni('10.1.0.1')))
    expect(balancers.clb.servers(group).filter(({ type }) => type === 'eni')).toMatchObject([{ serverIp: '10.1.0.2' }])
  })

  test.each([
    ['not JSON', 'i-1:80', '400 BackendServersMalformed'],
    ['no array', '{"ServerId":"i-1"}', '400 BackendServersMalformed'],
    ['an unknown type', json([{ ServerId: 'i-1', Port: 80, Type: 'Ecs' }]), '400 BackendServersMalformed'],
    ['no server', json([{ Port: 80 }]), '400 BackendServersMalformed'],
    [
      '21 of them',
      json(Array.from({ length: 21 }, (_, i) => ({ ServerId: 'i-1', Port: i + 1 }))),
      '400 TooManyBackendServers'
    ],
    ['too much weight', json([{ ServerId: 'i-1', Port: 80, Weight: 101 }]), '400 InvalidWeight.Malformed'],
    ['no port', json([{ ServerId: 'i-1' }]), '400 InvalidParameter'],
    ['a stopped server', json([{ ServerId: 'i-stopped', Port: 80 }]), '400 ObtainIpFail'],
    ['a server that does not exist', json([{ ServerId: 'i-gone', Port: 80 }]), '400 ObtainIpFail']
  ])('refuses to add %s, and adds nothing', async (_, BackendServers, refusal) => {
    const { slb, group, balancers } = await serveGroup()
    expect(await slb.refused('AddVServerGroupBackendServers', { VServerGroupId: group, BackendServers })).toBe(refusal)
    expect(await backends(slb, group)).toHaveLength(3)
    expect(balancers.changes).toEqual([])
  })

  test('that was deleted is a 404 whose text alone tells what is missing', async () => {
    const { slb, group, balancers } = await serveGroup()
    balancers.clb.deleteGroup(group)
    const BackendServers = json([{ ServerId: 'i-1', Port: 80 }])
    const outcome = await slb.call('RemoveVServerGroupBackendServers', { VServerGroupId: group, BackendServers })
    expect(outcome).toMatchObject({ kind: 'refused', status: 404, code: 'InvalidParameter' })
    expect(outcome).toHaveProperty('message', expect.stringContaining('The specified VServerGroupId does not exist.'))
  })
})

describe('a default group', () => {
  const servers = (...ids: string[]) => json(ids.map((ServerId) => ({ ServerId, Weight: '100', Type: 'ecs' })))

  test('is edited by its load balancer, without ports', async () => {
    const { slb, lb, balancers } = await serveGroup()
    await slb.done('AddBackendServers', { LoadBalancerId: lb, BackendServers: servers('i-1', 'i-2') })
    await slb.done('SetBackendServers', { LoadBalancerId: lb, BackendServers: json([{ ServerId: 'i-1', Weight: 0 }]) })
    await slb.done('RemoveBackendServers', { LoadBalancerId: lb, BackendServers: servers('i-2', 'i-gone') })
    const body = await slb.done('DescribeLoadBalancerAttribute', { LoadBalancerId: lb })
    expect((body as unknown as Backends).BackendServers.BackendServer).toEqual([
      { ServerId: 'i-1', ServerIp: '192.168.0.1', Type: 'ecs', Weight: 0, Description: '' }
    ])
    expect(balancers.changes.map(({ action, groupId }) => `${action} ${groupId === lb}`)).toEqual([
      'AddBackendServers true',
      'SetBackendServers true',
      'RemoveBackendServers true'
    ])
  })

  test('sets no weight of a server that is not in it', async () => {
    const { slb, lb } = await serveGroup()
    const set = { LoadBalancerId: lb, BackendServers: servers('i-1') }
    expect(await slb.refused('SetBackendServers', set)).toBe('400 InvalidServerId.NotFound')
    expect(await slb.refused('SetBackendServers', { ...set, LoadBalancerId: 'lb-gone' })).toBe(
      '404 InvalidLoadBalancerId.NotFound'
    )
  })
})

describe('the list of load balancers', () => {
  interface List {
    readonly LoadBalancers: { readonly LoadBalancer: ReadonlyArray<{ readonly LoadBalancerId: string }> }
    readonly TotalCount: number
  }

  async function list(slb: RpcClient, parameters: object): Promise<{ ids: string[]; total: number }> {
    const body = (await slb.done('DescribeLoadBalancers', { ...REGION, ...parameters })) as unknown as List
    return { ids: body.LoadBalancers.LoadBalancer.map(({ LoadBalancerId }) => LoadBalancerId), total: body.TotalCount }
  }

  test('comes in pages of up to 100, of one region', async () => {
    const { slb, balancers } = await serveScene()
    const ids = Array.from({ length: 130 }, () => balancers.clb.createLoadBalancer())
    balancers.clb.createLoadBalancer({ regionId: 'cn-beijing' })
    expect(await list(slb, { PageSize: 100, PageNumber: 1 })).toEqual({ ids: ids.slice(0, 100), total: 130 })
    expect(await list(slb, { PageSize: 100, PageNumber: 2 })).toEqual({ ids: ids.slice(100), total: 130 })
    expect(await slb.refused('DescribeLoadBalancers', { ...REGION, PageSize: 101 })).toBe('400 InvalidParameter')
    expect(await slb.refused('DescribeLoadBalancers')).toBe('400 MissingParameter')
  })

  test('finds by server or address in the default groups only, or in all groups where told so', async () => {
    for (const serverFilter of ['default-group', 'all-groups'] as const) {
      const { slb, balancers, lb } = await serveGroup({ clb: { serverFilter } })
      const byDefault = balancers.clb.createLoadBalancer()
      balancers.clb.place(byDefault, [{ serverId: 'i-1' }])
      const ids = serverFilter === 'all-groups' ? [lb, byDefault] : [byDefault]
      expect(await list(slb, { ServerId: 'i-1' })).toEqual({ ids, total: ids.length })
      expect(await list(slb, { ServerIntranetAddress: '192.168.0.1' })).toEqual({ ids, total: ids.length })
      expect(await list(slb, { ServerId: 'i-3' })).toEqual({ ids: [], total: 0 })
    }
  })
})

test('groups come all at once with what listens to them', async () => {
  const { slb, lb, group, balancers } = await serveGroup()
  const empty = balancers.clb.createVServerGroup(lb)
  balancers.clb.createListener(lb, { port: 8443, protocol: 'http', groupId: group })
  const pair = balancers.clb.createMasterSlaveGroup(lb, [{ serverId: 'i-1' }, { serverId: 'i-2' }])
  const ask = { ...REGION, LoadBalancerId: lb, IncludeListener: true }
  expect(await slb.done('DescribeVServerGroups', ask)).toMatchObject({
    VServerGroups: {
      VServerGroup: [
        {
          VServerGroupId: group,
          ServerCount: 3,
          AssociatedObjects: { Listeners: { Listener: [{ Port: 8443, Protocol: 'http' }] } }
        },
        { VServerGroupId: empty, ServerCount: 0, AssociatedObjects: { Listeners: { Listener: [] } } }
      ]
    }
  })
  expect(await slb.done('DescribeMasterSlaveServerGroups', ask)).toMatchObject({
    MasterSlaveServerGroups: { MasterSlaveServerGroup: [{ MasterSlaveServerGroupId: pair }] }
  })
  const about = await slb.done('DescribeMasterSlaveServerGroupAttribute', { MasterSlaveServerGroupId: pair })
  expect(about).toMatchObject({
    MasterSlaveBackendServers: {
      MasterSlaveBackendServer: [
        { ServerId: 'i-1', ServerType: 'Master' },
        { ServerId: 'i-2', ServerType: 'Slave' }
      ]
    }
  })
})

test('a scene can be set through the API alone', async () => {
  const { slb, balancers } = await serveScene()
  const { LoadBalancerId } = await slb.done('CreateLoadBalancer', { ...REGION, LoadBalancerName: 'shop' })
  const created = await slb.done('CreateVServerGroup', {
    LoadBalancerId,
    VServerGroupName: 'web',
    BackendServers: json([{ ServerId: 'i-1', Port: 80, Weight: 20 }])
  })
  const group = String(created['VServerGroupId'])
  const listener = { LoadBalancerId, ListenerPort: 80, VServerGroupId: group, Scheduler: 'rr', ConnectionDrain: 'on' }
  await slb.done('CreateLoadBalancerTCPListener', listener)
  expect(await slb.refused('CreateLoadBalancerTCPListener', listener)).toBe('400 ListenerAlreadyExists')
  expect(balancers.clb.loadBalancers()).toMatchObject([
    { name: 'shop', listeners: [{ port: 80, scheduler: 'rr', groupId: group, drainTimeoutS: 300 }] }
  ])
  expect(balancers.clb.servers(group)).toMatchObject([{ serverId: 'i-1', port: 80, weight: 20 }])
})

describe('a load balancer that can take no change', () => {
  const remove = (group: string) => ({ VServerGroupId: group, BackendServers: json([{ ServerId: 'i-1', Port: 80 }]) })

  test.each([
    ['BackendServer.configuring', 409],
    ['ServiceIsStopping', 409],
    ['ServiceIsConfiguring', 400],
    ['VServerGroupProcessing', 400],
    ['OperationBusy', 400],
    ['SystemBusy', 449]
  ])('says %s until its time, and changes nothing', async (code, status) => {
    const { slb, lb, group, balancers, clock } = await serveGroup()
    balancers.busy(lb, clock.now() + 40_000, code)
    clock.advance(39_999)
    expect(await slb.refused('RemoveVServerGroupBackendServers', remove(group))).toBe(`${status} ${code}`)
    expect(await backends(slb, group)).toHaveLength(3)
    clock.advance(1)
    await slb.done('RemoveVServerGroupBackendServers', remove(group))
    expect(await backends(slb, group)).toHaveLength(2)
  })

  test('says so of one group only when that is busy', async () => {
    const { slb, lb, group, balancers, clock } = await serveGroup()
    const other = balancers.clb.createVServerGroup(lb)
    balancers.busy(group, clock.now() + 1_000, 'VServerGroupProcessing')
    expect(await slb.refused('RemoveVServerGroupBackendServers', remove(group))).toBe('400 VServerGroupProcessing')
    await slb.done('RemoveVServerGroupBackendServers', remove(other))
  })

  test('is busy after each change where changes take time, and refuses all while it is locked', async () => {
    const { slb, lb, group, balancers, clock } = await serveGroup({ clb: { applyMs: 500 } })
    await slb.done('RemoveVServerGroupBackendServers', remove(group))
    expect(await slb.refused('RemoveVServerGroupBackendServers', remove(group))).toBe('409 BackendServer.configuring')
    clock.advance(500)
    balancers.clb.setStatus(lb, 'locked')
    expect(await slb.refused('RemoveVServerGroupBackendServers', remove(group))).toBe('400 ActionNotAllowed')
  })

  test('is told by a fault rule with the status that the code has', async () => {
    const { slb, group, faults } = await serveGroup()
    faults.add({ service: 'slb', kind: 'error', code: 'SystemBusy', count: 1 })
    expect(await slb.refused('RemoveVServerGroupBackendServers', remove(group))).toBe('449 SystemBusy')
  })
})
