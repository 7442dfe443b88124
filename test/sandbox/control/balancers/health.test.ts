import { describe, expect, test } from 'vitest'
import { HEALTHY_AFTER_MS, SETTLE_MS, type ServedScene, serveScene } from './scene.ts'

/** One way to look at a backend's health: sets a group up with i-1 behind a listener; `now` tells its health in one word. */
interface Look {
  setUp(): { now(): Promise<string>; setWeight(weight: number): Promise<void> }
}

function clb({ slb, balancers }: ServedScene): Look {
  return {
    setUp: () => {
      const lb = balancers.clb.createLoadBalancer()
      const group = balancers.clb.createVServerGroup(lb, { servers: [{ serverId: 'i-1', port: 8080 }] })
      balancers.clb.createListener(lb, { port: 80, groupId: group })
      return {
        now: async () => {
          const body = await slb.done('DescribeHealthStatus', { LoadBalancerId: lb, ListenerPort: 80 })
          const { BackendServer } = body['BackendServers'] as { BackendServer: Array<Record<string, unknown>> }
          expect(BackendServer).toMatchObject([{ ListenerPort: 80, Port: 8080, ServerId: 'i-1', Protocol: 'tcp' }])
          return String(BackendServer[0]?.['ServerHealthStatus'])
        },
        setWeight: async (Weight) => {
          const BackendServers = JSON.stringify([{ ServerId: 'i-1', Port: 8080, Weight }])
          await slb.done('SetVServerGroupAttribute', { VServerGroupId: group, BackendServers })
        }
      }
    }
  }
}

function serverGroup(scene: ServedScene, product: 'alb' | 'nlb'): Look {
  const { clock, balancers, [product]: client } = scene
  return {
    setUp: () => {
      const group = balancers[product].createServerGroup({ servers: [{ serverId: 'i-1', port: 8080 }] })
      const { id } = balancers[product].createListener({ port: 80, groupIds: [group] })
      return {
        now: async () => {
          const body = await client.done('GetListenerHealthStatus', { ListenerId: id })
          const [status] = body['ListenerHealthStatus'] as Array<{ ServerGroupInfos: Array<Record<string, unknown>> }>
          expect(status).toMatchObject({ ListenerId: id, ListenerPort: 80 })
          const info = status?.ServerGroupInfos[0]
          expect(info).toMatchObject({ ServerGroupId: group })
          const servers = info?.['NonNormalServers'] as Array<Record<string, unknown>>
          return servers.length === 0 ? 'not listed' : String(servers[0]?.['Status'])
        },
        setWeight: async (Weight) => {
          const Servers = [{ ServerId: 'i-1', ServerType: 'Ecs', Port: 8080, Weight }]
          await client.done('UpdateServerGroupServersAttribute', { ServerGroupId: group, Servers })
          clock.advance(SETTLE_MS)
        }
      }
    }
  }
}

const LOOKS = [
  { name: 'slb', look: clb, words: { ok: 'normal', fresh: 'abnormal', sick: 'abnormal', unused: 'unavailable' } },
  {
    name: 'alb',
    look: (scene: ServedScene) => serverGroup(scene, 'alb'),
    words: { ok: 'not listed', fresh: 'Initial', sick: 'Unhealthy', unused: 'Unused' }
  },
  {
    name: 'nlb',
    look: (scene: ServedScene) => serverGroup(scene, 'nlb'),
    words: { ok: 'not listed', fresh: 'Initial', sick: 'Unhealthy', unused: 'Unavailable' }
  }
]

describe.each(LOOKS)('the health of a backend of $name', ({ look, words }) => {
  test('comes with time', async () => {
    const scene = await serveScene()
    const health = look(scene).setUp()
    expect(await health.now()).toBe(words.fresh)
    scene.clock.advance(HEALTHY_AFTER_MS)
    expect(await health.now()).toBe(words.ok)
  })

  test('goes with its instance', async () => {
    const scene = await serveScene()
    const health = look(scene).setUp()
    scene.clock.advance(HEALTHY_AFTER_MS)
    const instance = scene.fleet.get('i-1')
    if (instance === undefined) throw new Error('no i-1')
    scene.fleet.set('i-1', { ...instance, state: 'Stopping' })
    expect(await health.now()).toBe(words.sick)
    scene.fleet.set('i-1', instance)
    expect(await health.now()).toBe(words.ok)
    scene.fleet.delete('i-1')
    expect(await health.now()).toBe(words.sick)
  })

  test('is not judged at a weight of 0, and has to come again after it', async () => {
    const scene = await serveScene()
    const health = look(scene).setUp()
    scene.clock.advance(HEALTHY_AFTER_MS)
    await health.setWeight(0)
    expect(await health.now()).toBe(words.unused)
    scene.clock.advance(HEALTHY_AFTER_MS)
    await health.setWeight(10)
    expect(await health.now()).toBe(words.fresh)
    scene.clock.advance(HEALTHY_AFTER_MS)
    expect(await health.now()).toBe(words.ok)
  })

  test('can be broken by hand: a server, one of its ports, or whatever runs on an instance', async () => {
    const scene = await serveScene()
    const health = look(scene).setUp()
    scene.clock.advance(HEALTHY_AFTER_MS)
    for (const [id, port, word] of [
      ['i-1', undefined, words.sick],
      ['i-1', 8080, words.sick],
      ['i-1', 443, words.ok],
      ['i-2', undefined, words.ok]
    ] as const) {
      const mend = scene.balancers.breakHealth(id, port)
      expect(await health.now()).toBe(word)
      mend()
      expect(await health.now()).toBe(words.ok)
    }
  })
})

test('a default group is checked on the port that its listener sends to', async () => {
  const { slb, balancers, clock } = await serveScene()
  const lb = balancers.clb.createLoadBalancer()
  balancers.clb.place(lb, [{ serverId: 'i-1' }, { serverId: 'eni-of-i-2', type: 'eni' }])
  balancers.clb.createListener(lb, { port: 80, backendPort: 8080 })
  balancers.clb.createListener(lb, { port: 443, backendPort: 8443 })
  clock.advance(HEALTHY_AFTER_MS)
  balancers.breakHealth('i-2', 8443)
  const rows = async () => {
    const body = await slb.done('DescribeHealthStatus', { LoadBalancerId: lb })
    const { BackendServer } = body['BackendServers'] as { BackendServer: Array<Record<string, unknown>> }
    return BackendServer.map(
      (row) => `${row['ListenerPort']} ${row['ServerId']}:${row['Port']} ${row['ServerHealthStatus']}`
    )
  }
  expect(await rows()).toEqual([
    '80 i-1:8080 normal',
    '80 eni-of-i-2:8080 normal',
    '443 i-1:8443 normal',
    '443 eni-of-i-2:8443 abnormal'
  ])
  balancers.clb.setStatus(lb, 'inactive')
  expect(await rows()).toContain('80 i-1:8080 unavailable')
  expect(await slb.refused('DescribeHealthStatus', { LoadBalancerId: lb, ListenerPort: 22 })).toBe(
    '404 ListenerNotFound'
  )
})

test('alb tells of the groups of rules where it is asked to', async () => {
  const { alb, balancers } = await serveScene()
  const group = balancers.alb.createServerGroup({ servers: [{ serverId: 'i-1', port: 80, weight: 0 }] })
  const { id } = balancers.alb.createListener({ groupIds: [], ruleGroupIds: [group] })
  const ask = async (IncludeRule: boolean) =>
    (await alb.done('GetListenerHealthStatus', { ListenerId: id, IncludeRule }))['RuleHealthStatus']
  expect(await ask(false)).toEqual([])
  const servers = [{ ServerId: 'i-1', Status: 'Unused' }]
  expect(await ask(true)).toMatchObject([{ ServerGroupInfos: [{ ServerGroupId: group, NonNormalServers: servers }] }])
})

test('alb and nlb tell which listeners a group stands behind', async () => {
  const { alb, nlb, balancers } = await serveScene()
  for (const [product, client] of [
    ['alb', alb],
    ['nlb', nlb]
  ] as const) {
    const group = balancers[product].createServerGroup()
    const { id, loadBalancerId } = balancers[product].createListener({ groupIds: [group] })
    balancers[product].createListener({ groupIds: [group] })
    const { Listeners } = await client.done('ListListeners', { LoadBalancerIds: [loadBalancerId] })
    expect(Listeners).toMatchObject([{ ListenerId: id, LoadBalancerId: loadBalancerId }])
    expect(JSON.stringify(Listeners)).toContain(group)
    const kind = product === 'alb' ? 'Listener' : 'listener'
    expect(await client.refused('GetListenerHealthStatus', { ListenerId: 'lsn-gone' })).toBe(
      `404 ResourceNotFound.${kind}`
    )
  }
})
