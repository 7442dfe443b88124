import { describe, expect, test } from 'vitest'
import { HEALTHY_AFTER_MS, SETTLE_MS, type ServedScene, serveScene } from './scene.ts'

/** Where the two products part. */
const PRODUCTS = [
  {
    name: 'alb',
    protocols: ['HTTP', 'HTTPS'],
    missing: { group: '404 ResourceNotFound.ServerGroup', listener: '404 ResourceNotFound.Listener' },
    mismatch: '400 IdempotentParameterMismatch',
    drain: (on: boolean, seconds: number) => ({
      ConnectionDrainConfig: { ConnectionDrainEnabled: on, ConnectionDrainTimeout: seconds }
    }),
    forward: (...ids: string[]) => {
      const ServerGroupTuples = ids.map((ServerGroupId) => ({ ServerGroupId }))
      return { DefaultActions: [{ Type: 'ForwardGroup', ForwardGroupConfig: { ServerGroupTuples } }] }
    }
  },
  {
    name: 'nlb',
    protocols: ['TCP', 'TCPSSL'],
    missing: { group: '404 ResourceNotFound.serverGroup', listener: '404 ResourceNotFound.listener' },
    mismatch: '400 IdempotenceSignatureMismatch',
    drain: (on: boolean, seconds: number) => ({ ConnectionDrainEnabled: on, ConnectionDrainTimeout: seconds }),
    forward: (ServerGroupId: string) => ({ ServerGroupId })
  }
] as const

describe.each(PRODUCTS)('$name', ({ name, protocols, missing, mismatch, drain, forward }) => {
  const [usual, other] = protocols
  const web = { ServerGroupName: 'web' }

  async function row(scene: ServedScene, id: string): Promise<Record<string, unknown> | undefined> {
    const { ServerGroups } = await scene[name].done('ListServerGroups', { ServerGroupIds: [id] })
    return (ServerGroups as Array<Record<string, unknown>>)[0]
  }

  /** A group that was made through the API and has settled. */
  async function create(scene: ServedScene, parameters: object = {}): Promise<string> {
    const { ServerGroupId } = await scene[name].done('CreateServerGroup', { ...web, ...parameters })
    scene.clock.advance(SETTLE_MS)
    return String(ServerGroupId)
  }

  test('makes a group, which takes a while, and tells of it and of the job', async () => {
    const scene = await serveScene()
    const wish = {
      ...web,
      Protocol: other,
      VpcId: 'vpc-1',
      ServerGroupType: 'Ip',
      Scheduler: 'Sch',
      ...drain(true, 60)
    }
    const { ServerGroupId, JobId } = await scene[name].done('CreateServerGroup', wish)
    const id = String(ServerGroupId)
    expect(id).toMatch(/^sgp-/)
    const common = { ServerGroupName: 'web', Protocol: other, VpcId: 'vpc-1', ServerGroupType: 'Ip', Scheduler: 'Sch' }
    expect(await row(scene, id)).toMatchObject({
      ...common,
      ...drain(true, 60),
      ServerCount: 0,
      ServerGroupStatus: 'Creating'
    })
    const server = { ServerId: '10.0.0.1', ServerType: 'Ip', Port: 80 }
    const add = { ServerGroupId: id, Servers: [server] }
    expect(await scene[name].refused('AddServersToServerGroup', add)).toMatch(/^400 IncorrectStatus\./)
    scene.clock.advance(SETTLE_MS)
    expect(await row(scene, id)).toMatchObject({ ServerGroupStatus: 'Available' })
    await scene[name].done('AddServersToServerGroup', add)
    expect(await row(scene, id)).toMatchObject({ ServerGroupStatus: 'Configuring', ServerCount: 1 })
    const { Jobs } = await scene[name].done('ListAsynJobs', { JobIds: [JobId] })
    expect(Jobs).toMatchObject([
      { ApiName: 'CreateServerGroup', OperateType: 'Create', ResourceId: id, Status: 'Succeeded' }
    ])
  })

  test('has defaults for all but the name', async () => {
    const scene = await serveScene()
    expect(await row(scene, await create(scene))).toMatchObject({
      ...{ Protocol: usual, ServerGroupType: 'Instance', Scheduler: 'Wrr', VpcId: '' },
      ...drain(false, 300)
    })
  })

  test('makes one group for one token', async () => {
    const scene = await serveScene()
    const wish = { ...web, ClientToken: 'token' }
    const first = await scene[name].done('CreateServerGroup', wish)
    const { ServerGroupId, JobId } = first
    expect(await scene[name].done('CreateServerGroup', wish)).toMatchObject({ ServerGroupId, JobId })
    expect(await scene[name].refused('CreateServerGroup', { ...wish, VpcId: 'vpc-2' })).toBe(mismatch)
    expect(scene.balancers[name].groups()).toHaveLength(1)
  })

  test.each([
    ['no name', { ServerGroupName: '' }, '400 MissingParam'],
    ['a name of one letter', { ServerGroupName: 'w' }, '400 IllegalParam'],
    ['a name that begins with a dash', { ServerGroupName: '-web' }, '400 IllegalParam'],
    ['an unknown protocol', { Protocol: 'SMTP' }, '400 IllegalParam'],
    ['an unknown type', { ServerGroupType: 'Fc' }, '400 IllegalParam'],
    ['an unknown scheduler', { Scheduler: 'Random' }, '400 IllegalParam'],
    ['to drain for more than 900 s', drain(true, 901), '400 IllegalParam'],
    ['a dry run', { DryRun: true }, '400 DryRunOperation']
  ])('makes no group with %s', async (_, parameters, code) => {
    const scene = await serveScene()
    expect(await scene[name].refused('CreateServerGroup', { ...web, ...parameters })).toBe(code)
    expect(scene.balancers[name].groups()).toEqual([])
  })

  test('deletes a group, unless a listener sends to it', async () => {
    const scene = await serveScene()
    const client = scene[name]
    const id = await create(scene)
    const listener = { LoadBalancerId: `${name}-1`, ListenerPort: 443, ListenerProtocol: other, ...forward(id) }
    const { ListenerId } = await client.done('CreateListener', listener)
    expect(await row(scene, id)).toMatchObject({ RelatedLoadBalancerIds: [`${name}-1`] })
    expect(await client.refused('DeleteServerGroup', { ServerGroupId: id })).toBe('400 ResourceInUse.ServerGroup')
    expect(await client.refused('DeleteListener', { ListenerId, DryRun: true })).toBe('400 DryRunOperation')
    await client.done('DeleteListener', { ListenerId })
    expect(await client.refused('DeleteListener', { ListenerId })).toBe(missing.listener)
    expect(await client.refused('DeleteServerGroup', { ServerGroupId: id, DryRun: true })).toBe('400 DryRunOperation')
    const deletion = { ServerGroupId: id, ClientToken: 'once' }
    const { JobId } = await client.done('DeleteServerGroup', deletion)
    expect(await row(scene, id)).toBeUndefined()
    expect(await client.done('DeleteServerGroup', deletion)).toMatchObject({ JobId })
    expect(await client.refused('DeleteServerGroup', { ServerGroupId: id })).toBe(missing.group)
    expect(await client.refused('DeleteServerGroup')).toBe('400 MissingParam')
  })

  test('deletes no group that is at a change', async () => {
    const scene = await serveScene()
    const { ServerGroupId } = await scene[name].done('CreateServerGroup', web)
    expect(await scene[name].refused('DeleteServerGroup', { ServerGroupId })).toMatch(/^400 IncorrectStatus\./)
  })

  test('tells the health of what is behind a listener that was made through the API', async () => {
    const scene = await serveScene()
    const client = scene[name]
    const id = await create(scene)
    const Servers = [{ ServerId: 'i-1', ServerType: 'Ecs', Port: 8080 }]
    await client.done('AddServersToServerGroup', { ServerGroupId: id, Servers })
    const listener = { LoadBalancerId: `${name}-1`, ListenerPort: 80, ListenerProtocol: usual, ...forward(id) }
    const { ListenerId } = await client.done('CreateListener', listener)
    const { Listeners } = await client.done('ListListeners', { ListenerIds: [ListenerId] })
    expect(Listeners).toMatchObject([{ LoadBalancerId: `${name}-1`, ListenerPort: 80, ListenerProtocol: usual }])
    const notHealthy = async (): Promise<unknown> => {
      const { ListenerHealthStatus } = await client.done('GetListenerHealthStatus', { ListenerId })
      const [status] = ListenerHealthStatus as Array<{ ServerGroupInfos: Array<{ NonNormalServers: object[] }> }>
      return status?.ServerGroupInfos.flatMap(({ NonNormalServers }) => NonNormalServers)
    }
    expect(await notHealthy()).toMatchObject([{ ServerId: 'i-1', Port: 8080, Status: 'Initial' }])
    scene.clock.advance(HEALTHY_AFTER_MS)
    expect(await notHealthy()).toEqual([])
  })

  test.each([
    ['no load balancer', { LoadBalancerId: '' }, '400 MissingParam'],
    ['no port', { ListenerPort: 0 }, '400 IllegalParam'],
    ['a port beyond all', { ListenerPort: 65_536 }, '400 IllegalParam'],
    ['an unknown protocol', { ListenerProtocol: 'SMTP' }, '400 IllegalParam'],
    ['a missing group', forward('sgp-missing'), missing.group],
    ['a group without an id', forward(''), '400 MissingParam'],
    ['a dry run', { DryRun: true }, '400 DryRunOperation'],
    ['a port that is taken', { ListenerPort: 81 }, '400 ResourceAlreadyExist.Listener']
  ])('makes no listener with %s', async (_, parameters, code) => {
    const scene = await serveScene()
    const groupId = await create(scene)
    scene.balancers[name].createListener({ loadBalancerId: 'lb-1', port: 81, groupIds: [groupId] })
    const listener = { LoadBalancerId: 'lb-1', ListenerPort: 80, ListenerProtocol: usual, ...forward(groupId) }
    expect(await scene[name].refused('CreateListener', { ...listener, ...parameters })).toBe(code)
    expect(scene.balancers[name].listeners()).toHaveLength(1)
  })
})

test('alb forwards to several groups, and to nothing else', async () => {
  const { alb, balancers } = await serveScene()
  const [one, two] = [balancers.alb.createServerGroup(), balancers.alb.createServerGroup()]
  const [{ forward }] = PRODUCTS
  const listener = { LoadBalancerId: 'alb-1', ListenerPort: 80 }
  await alb.done('CreateListener', { ...listener, ...forward(one, two) })
  expect(balancers.alb.listeners()).toMatchObject([{ groupIds: [one, two] }])
  expect(await alb.refused('CreateListener', listener)).toBe('400 MissingParam')
  const redirect = { DefaultActions: [{ Type: 'Redirect', RedirectConfig: { Host: 'example.com' } }] }
  expect(await alb.refused('CreateListener', { ...listener, ...redirect })).toBe('400 IllegalParam')
})
