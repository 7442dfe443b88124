import { describe, expect, test } from 'vitest'
import { SETTLE_MS, type ServedScene, serveScene } from './scene.ts'

interface Row {
  readonly ServerGroupId: string
  readonly ServerId: string
  readonly ServerIp: string
  readonly Port: number
  readonly Weight: number
  readonly Status: string
}

/** Where the two products part. */
const PRODUCTS = [
  { name: 'alb', group: 'ServerGroup', mismatch: 'IdempotentParameterMismatch' },
  { name: 'nlb', group: 'serverGroup', mismatch: 'IdempotenceSignatureMismatch' }
] as const

const ecs = (ServerId: string, Port: number, Weight?: number) => ({
  ...{ ServerId, Port, ServerType: 'Ecs' },
  ...(Weight === undefined ? {} : { Weight })
})

async function list(scene: ServedScene, product: 'alb' | 'nlb', parameters: object): Promise<Row[]> {
  const body = await scene[product].done('ListServerGroupServers', parameters)
  return body['Servers'] as Row[]
}

describe.each(PRODUCTS)('$name', ({ name, group: spelled, mismatch }) => {
  async function serveGroup() {
    const scene = await serveScene()
    const servers = [
      { serverId: 'i-1', port: 80 },
      { serverId: 'i-1', port: 443, weight: 50 },
      { serverId: 'i-2', port: 80 }
    ]
    const group = scene.balancers[name].createServerGroup({ servers })
    const rows = async () =>
      (await list(scene, name, { ServerGroupId: group })).map(
        ({ ServerId, Port, Weight, Status }) => `${ServerId}:${Port} ${Weight} ${Status}`
      )
    const groupStatus = async () => {
      const { ServerGroups } = await scene[name].done('ListServerGroups', { ServerGroupIds: [group] })
      return (ServerGroups as Array<Record<string, unknown>>)[0]?.['ServerGroupStatus']
    }
    return { ...scene, group, rows, groupStatus, client: scene[name] }
  }

  test('removes, adds and updates after a while, and shows it meanwhile', async () => {
    const { client, clock, group, rows, groupStatus } = await serveGroup()
    await client.done('RemoveServersFromServerGroup', { ServerGroupId: group, Servers: [ecs('i-1', 80)] })
    expect(await rows()).toEqual(['i-1:80 100 Removing', 'i-1:443 50 Available', 'i-2:80 100 Available'])
    expect(await groupStatus()).toBe('Configuring')
    clock.advance(SETTLE_MS)
    expect(await groupStatus()).toBe('Available')
    expect(await rows()).toEqual(['i-1:443 50 Available', 'i-2:80 100 Available'])

    await client.done('AddServersToServerGroup', { ServerGroupId: group, Servers: [ecs('i-3', 80, 30)] })
    expect(await rows()).toContain('i-3:80 30 Adding')
    clock.advance(SETTLE_MS)

    const update = { ServerGroupId: group, Servers: [ecs('i-3', 80, 0), ecs('i-1', 443, 7)] }
    await client.done('UpdateServerGroupServersAttribute', update)
    expect(await rows()).toEqual(['i-1:443 7 Configuring', 'i-2:80 100 Available', 'i-3:80 0 Configuring'])
    clock.advance(SETTLE_MS)
    expect(await rows()).toEqual(['i-1:443 7 Available', 'i-2:80 100 Available', 'i-3:80 0 Available'])
  })

  test('reads servers from a form as from the query', async () => {
    const { client, clock, group, rows } = await serveGroup()
    const form = {
      ServerGroupId: group,
      'Servers.1.ServerId': 'i-2',
      'Servers.1.ServerType': 'Ecs',
      'Servers.1.Port': 80
    }
    expect(await client.call('RemoveServersFromServerGroup', form, 'form')).toMatchObject({ kind: 'done' })
    clock.advance(SETTLE_MS)
    expect(await rows()).toEqual(['i-1:80 100 Available', 'i-1:443 50 Available'])
  })

  test('refuses another change while it is at one, and tells of the job', async () => {
    const { client, clock, group } = await serveGroup()
    const remove = (port: number) => ({ ServerGroupId: group, Servers: [ecs('i-1', port)] })
    const { JobId } = await client.done('RemoveServersFromServerGroup', remove(80))
    const jobs = async () => (await client.done('ListAsynJobs', { JobIds: [JobId] }))['Jobs']
    expect(await client.refused('RemoveServersFromServerGroup', remove(443))).toBe(`400 IncorrectStatus.${spelled}`)
    expect(await jobs()).toMatchObject([{ Id: JobId, ResourceId: group, Status: 'Processing' }])
    clock.advance(SETTLE_MS)
    expect(await jobs()).toMatchObject([{ Id: JobId, Status: 'Succeeded' }])
    await client.done('RemoveServersFromServerGroup', remove(443))
  })

  test('gives a repeated ClientToken its answer again, without another change', async () => {
    const { client, clock, group, balancers } = await serveGroup()
    const remove = { ServerGroupId: group, Servers: [ecs('i-1', 80)], ClientToken: 'token-1' }
    const first = await client.done('RemoveServersFromServerGroup', remove)
    const again = await client.done('RemoveServersFromServerGroup', remove)
    clock.advance(SETTLE_MS)
    const late = await client.done('RemoveServersFromServerGroup', remove)
    expect([again['JobId'], late['JobId']]).toEqual([first['JobId'], first['JobId']])
    expect(balancers.changes).toHaveLength(1)
    const other = { ...remove, Servers: [ecs('i-2', 80)] }
    expect(await client.refused('RemoveServersFromServerGroup', other)).toBe(`400 ${mismatch}`)
  })

  test('does not remember the token of a call that it refused', async () => {
    const { client, clock, group, balancers } = await serveGroup()
    const remove = { ServerGroupId: group, Servers: [ecs('i-1', 80)], ClientToken: 'token-1' }
    balancers.busy(group, clock.now() + 1_000, 'Conflict.Lock')
    expect(await client.refused('RemoveServersFromServerGroup', remove)).toBe('400 Conflict.Lock')
    clock.advance(1_000)
    await client.done('RemoveServersFromServerGroup', remove)
    expect(balancers.changes).toHaveLength(1)
  })

  test('refuses groups and servers that are missing, and changes nothing', async () => {
    const { client, group, rows, balancers } = await serveGroup()
    const call = (ServerGroupId: string, ...Servers: object[]) => ({ ServerGroupId, Servers })
    const before = await rows()
    expect(await client.refused('RemoveServersFromServerGroup', call('sgp-gone', ecs('i-1', 80)))).toBe(
      `404 ResourceNotFound.${spelled}`
    )
    const half = call(group, ecs('i-1', 80), ecs('i-3', 80))
    expect(await client.refused('RemoveServersFromServerGroup', half)).toBe('404 ResourceNotFound.BackendServer')
    expect(await client.refused('UpdateServerGroupServersAttribute', half)).toBe('404 ResourceNotFound.BackendServer')
    const add = (id: string) => client.refused('AddServersToServerGroup', call(group, ecs(id, 80)))
    expect(await add('i-gone')).toBe('404 ResourceNotFound.Ecs')
    expect(await add('i-stopped')).toBe('400 IncorrectStatus.Ecs')
    expect(await add('i-1')).toBe('400 ResourceAlreadyExist.Server')
    expect(await rows()).toEqual(before)
    expect(balancers.changes).toEqual([])
    balancers[name].deleteServerGroup(group)
    expect(await client.refused('ListServerGroupServers', { ServerGroupId: group })).toBe(
      `404 ResourceNotFound.${spelled}`
    )
  })

  test.each([
    ['a weight of 101', [ecs('i-3', 80, 101)], '400 IllegalParam'],
    ['a port of 65536', [ecs('i-3', 65_536)], '400 IllegalParam'],
    ['a type in small letters', [{ ServerId: 'i-3', ServerType: 'ecs', Port: 80 }], '400 IllegalParam'],
    ['no server', [], '400 MissingParam'],
    ['one server twice', [ecs('i-3', 80), ecs('i-3', 80)], '400 DuplicatedParam.Server'],
    ['201 servers', Array.from({ length: 201 }, (_, port) => ecs('i-3', port + 1)), '400 IllegalParam'],
    [
      'an address in a group of instances',
      [{ ServerId: '10.9.9.9', ServerType: 'Ip', Port: 80 }],
      '400 Mismatch.ServerType'
    ]
  ])('refuses to add %s', async (_, Servers, refusal) => {
    const { client, group } = await serveGroup()
    expect(await client.refused('AddServersToServerGroup', { ServerGroupId: group, Servers })).toBe(refusal)
  })

  test('updates up to 40 servers a call, removes up to 200', async () => {
    const { client, clock, group, balancers } = await serveGroup()
    const many = Array.from({ length: 200 }, (_, index) => ({ serverId: 'i-3', port: 1_000 + index }))
    balancers[name].place(group, many)
    const Servers = many.map(({ serverId, port }) => ecs(serverId, port, 0))
    const call = { ServerGroupId: group, Servers }
    expect(await client.refused('UpdateServerGroupServersAttribute', { ...call, Servers: Servers.slice(0, 41) })).toBe(
      '400 IllegalParam'
    )
    await client.done('UpdateServerGroupServersAttribute', { ...call, Servers: Servers.slice(0, 40) })
    clock.advance(SETTLE_MS)
    // So many don't fit into a URL.
    expect(await client.call('RemoveServersFromServerGroup', call, 'form')).toMatchObject({ kind: 'done' })
    clock.advance(SETTLE_MS)
    expect(balancers[name].servers(group)).toHaveLength(3)
  })

  test('checks a dry run and does nothing', async () => {
    const { client, group, groupStatus } = await serveGroup()
    const call = (id: string) => ({ ServerGroupId: group, Servers: [ecs(id, 80)], DryRun: true })
    expect(await client.refused('RemoveServersFromServerGroup', call('i-1'))).toBe('400 DryRunOperation')
    expect(await client.refused('RemoveServersFromServerGroup', call('i-3'))).toBe('404 ResourceNotFound.BackendServer')
    expect(await groupStatus()).toBe('Available')
  })

  test('finds a server over all groups, page by page, though rows go in between', async () => {
    const scene = await serveScene()
    const { clock, balancers } = scene
    const groups = Array.from({ length: 5 }, () =>
      balancers[name].createServerGroup({
        servers: [
          { serverId: 'i-1', port: 80 },
          { serverId: 'i-2', port: 80 },
          { serverId: 'i-1', port: 443 }
        ]
      })
    )
    const found: string[] = []
    let NextToken: unknown
    do {
      const body = await scene[name].done('ListServerGroupServers', { ServerIds: ['i-1'], MaxResults: 4, NextToken })
      for (const { ServerGroupId, Port } of body['Servers'] as Row[])
        found.push(`${groups.indexOf(ServerGroupId)}:${Port}`)
      NextToken = body['NextToken']
      balancers[name].deleteServerGroup(groups[0] ?? '')
      clock.advance(1)
    } while (NextToken !== undefined)
    expect(found).toEqual([0, 1, 2, 3, 4].flatMap((group) => [`${group}:80`, `${group}:443`]))
  })

  test('refuses pages of more than 100 and filters of more than 40', async () => {
    const scene = await serveScene()
    const ServerIds = Array.from({ length: 41 }, (_, index) => `i-${index}`)
    expect(await scene[name].refused('ListServerGroupServers', { ServerIds })).toBe('400 IllegalParam')
    expect(await scene[name].refused('ListServerGroupServers', { MaxResults: 101 })).toBe('400 IllegalParam')
    expect(await scene[name].refused('ListServerGroupServers', { NextToken: 'nonsense' })).toBe('400 IllegalParam')
  })

  test('knows backends by ENI and by address', async () => {
    const scene = await serveScene()
    const { clock, balancers } = scene
    const group = balancers[name].createServerGroup()
    const byIp = balancers[name].createServerGroup({ type: 'Ip' })
    const add = (ServerGroupId: string, server: object) =>
      scene[name].done('AddServersToServerGroup', { ServerGroupId, Servers: [{ Port: 80, ...server }] })
    await add(group, { ServerId: 'eni-of-i-1', ServerType: 'Eni', ServerIp: '192.168.0.1' })
    await add(byIp, { ServerId: '192.168.0.10', ServerType: 'Ip' })
    clock.advance(SETTLE_MS)
    expect(await list(scene, name, { ServerIds: ['eni-of-i-1', '192.168.0.10'] })).toMatchObject([
      { ServerGroupId: group, ServerId: 'eni-of-i-1', ServerIp: '192.168.0.1' },
      { ServerGroupId: byIp, ServerId: '192.168.0.10', ServerIp: '192.168.0.10' }
    ])
    expect(balancers.memberships('i-1')).toMatchObject([
      { product: name, groupId: group, type: 'Eni', status: 'Available' },
      { product: name, groupId: byIp, type: 'Ip' }
    ])
    expect(balancers.memberships('i-2')).toEqual([])
  })

  test('tells of its groups: draining, load balancers, count', async () => {
    const { client, balancers } = await serveGroup()
    const group = balancers[name].createServerGroup({ name: 'drains', vpcId: 'vpc-1', drainTimeoutS: 60 })
    const { loadBalancerId } = balancers[name].createListener({ groupIds: [group] })
    const { ServerGroups, TotalCount } = await client.done('ListServerGroups', { ServerGroupNames: ['drains'] })
    const drain = { ConnectionDrainEnabled: true, ConnectionDrainTimeout: 60 }
    expect(ServerGroups).toMatchObject([
      {
        ...{ ServerGroupId: group, ServerCount: 0, VpcId: 'vpc-1', RelatedLoadBalancerIds: [loadBalancerId] },
        ...(name === 'alb' ? { ConnectionDrainConfig: drain } : drain)
      }
    ])
    expect(TotalCount).toBe(1)
    expect(loadBalancerId).toMatch(new RegExp(`^${name}-`))
  })

  test('refuses changes of all groups behind a load balancer that is busy', async () => {
    const { client, clock, group, balancers } = await serveGroup()
    const { loadBalancerId } = balancers[name].createListener({ groupIds: [group] })
    balancers.busy(loadBalancerId, clock.now() + 1_000, 'SystemBusy')
    const remove = { ServerGroupId: group, Servers: [ecs('i-1', 80)] }
    expect(await client.refused('RemoveServersFromServerGroup', remove)).toBe('400 SystemBusy')
    clock.advance(1_000)
    await client.done('RemoveServersFromServerGroup', remove)
  })
})

test('alb swaps servers in one change; nlb has no such call', async () => {
  const { alb, nlb, balancers, clock } = await serveScene()
  const group = balancers.alb.createServerGroup({ servers: [{ serverId: 'i-1', port: 80, weight: 40 }] })
  const swap = { ServerGroupId: group, RemovedServers: [ecs('i-1', 80)], AddedServers: [ecs('i-2', 80, 40)] }
  await alb.done('ReplaceServersInServerGroup', swap)
  clock.advance(SETTLE_MS)
  expect(balancers.alb.servers(group)).toMatchObject([{ serverId: 'i-2', port: 80, weight: 40, status: 'Available' }])
  expect(await nlb.refused('ReplaceServersInServerGroup', swap)).toBe('404 InvalidAction.NotFound')
})

test('alb requires a port; nlb takes none for a group of any port', async () => {
  const { alb, nlb, balancers, clock } = await serveScene()
  const Servers = [{ ServerId: 'i-1', ServerType: 'Ecs' }]
  const inAlb = balancers.alb.createServerGroup()
  const inNlb = balancers.nlb.createServerGroup()
  expect(await alb.refused('AddServersToServerGroup', { ServerGroupId: inAlb, Servers })).toBe('400 IllegalParam')
  await nlb.done('AddServersToServerGroup', { ServerGroupId: inNlb, Servers })
  clock.advance(SETTLE_MS)
  expect(balancers.nlb.servers(inNlb)).toMatchObject([{ serverId: 'i-1', port: 0 }])
})

test('nlb filters by address, alb passes the parameter over', async () => {
  const scene = await serveScene()
  for (const product of ['alb', 'nlb'] as const) {
    const servers = [
      { serverId: 'i-1', port: 80 },
      { serverId: 'i-2', port: 80 }
    ]
    scene.balancers[product].createServerGroup({ servers })
    const found = await list(scene, product, { ServerIps: ['192.168.0.2'] })
    expect(found.map(({ ServerId }) => ServerId)).toEqual(product === 'nlb' ? ['i-2'] : ['i-1', 'i-2'])
  }
})

test('nlb tells of one job', async () => {
  const { nlb, balancers, clock } = await serveScene()
  const group = balancers.nlb.createServerGroup()
  const { JobId } = await nlb.done('AddServersToServerGroup', { ServerGroupId: group, Servers: [ecs('i-1', 80)] })
  expect(await nlb.done('GetJobStatus', { JobId })).toMatchObject({ Status: 'Processing' })
  clock.advance(SETTLE_MS)
  expect(await nlb.done('GetJobStatus', { JobId })).toMatchObject({ Status: 'Succeeded' })
  expect(await nlb.refused('GetJobStatus', { JobId: 'job-gone' })).toBe('404 ResourceNotFound.job')
})
