import { describe, expect, it } from 'vitest'
import type { Backend, BalancerKind, GroupRef } from '../../../src/cloud/balancing.ts'
import { openScene, type Scene, VPC } from './balancing-scene.ts'

const PRODUCTS = { clb: 'slb', alb: 'alb', nlb: 'nlb' } as const
const KINDS: readonly BalancerKind[] = ['clb', 'alb', 'nlb']

function ref(kind: BalancerKind, groupId = 'g-1', role: GroupRef['role'] = 'group'): GroupRef {
  return { kind, role, groupId }
}

function server(number: number, port: number | undefined, more: Partial<Backend> = {}): Backend {
  return {
    serverId: `i-${number}`,
    serverType: 'Ecs',
    serverIp: '',
    port,
    weight: 100,
    description: '',
    ...more
  }
}

/** `g-1` with `i-1` on these ports, and `i-2`. */
function populate({ sandbox }: Scene, kind: BalancerKind, ports: readonly number[] = [80, 81]): void {
  const servers = [...ports.map((port) => ({ serverId: 'i-1', port })), { serverId: 'i-2', port: 80 }]
  if (kind === 'clb') {
    sandbox.clb.createLoadBalancer({ id: 'lb-1' })
    sandbox.clb.createVServerGroup('lb-1', { id: 'g-1', servers })
    sandbox.clb.place('lb-1', [{ serverId: 'i-1' }, { serverId: 'i-2' }])
  } else sandbox[kind].createServerGroup({ id: 'g-1', vpcId: VPC, servers })
}

/** `i-1:80=100`, sorted. */
function standing({ sandbox }: Scene, kind: BalancerKind, groupId = 'g-1'): string[] {
  return sandbox[kind]
    .servers(groupId)
    .map(({ serverId, port, weight }) => `${serverId}:${port}=${weight}`)
    .sort()
}

async function entriesOf({ balancing, limits }: Scene, group: GroupRef, serverId = 'i-1'): Promise<Backend[]> {
  const outcome = await balancing.backends(group, limits())
  if (outcome.kind !== 'done') throw new Error(`no entries: ${outcome.kind}`)
  return outcome.value.filter((backend) => backend.serverId === serverId)
}

describe.each(KINDS)('a group of %s', (kind) => {
  async function open(ports?: readonly number[]): Promise<Scene> {
    const scene = await openScene()
    populate(scene, kind, ports)
    return scene
  }

  it('is changed when a change says it is done: weight 0, removed, put back with ports and weights', async () => {
    const scene = await open()
    const { balancing, limits } = scene
    const entries = await entriesOf(scene, ref(kind))
    expect(await balancing.setWeight(ref(kind), entries, 0, limits())).toEqual({ kind: 'done', value: undefined })
    expect(standing(scene, kind)).toEqual(['i-1:80=0', 'i-1:81=0', 'i-2:80=100'])
    expect(await balancing.remove(ref(kind), entries, limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, kind)).toEqual(['i-2:80=100'])
    const again = entries.map((backend) => ({ ...backend, serverId: 'i-3', serverIp: '', weight: 40 }))
    expect(await balancing.add(ref(kind), again, limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, kind)).toEqual(['i-2:80=100', 'i-3:80=40', 'i-3:81=40'])
  })

  it('is left alone by what is so already', async () => {
    const scene = await open()
    const { balancing, limits, sandbox } = scene
    const entries = await entriesOf(scene, ref(kind))
    sandbox.evict('i-1')
    const before = sandbox.changes.length
    const removed = await balancing.remove(ref(kind), entries, limits())
    // CLB does not tell: removing what is not there is no error.
    expect(removed.kind).toBe(kind === 'clb' ? 'done' : 'already')
    expect(await balancing.setWeight(ref(kind), entries, 0, limits())).toMatchObject({ kind: 'already' })
    expect(await balancing.add(ref(kind), [server(2, 80, { weight: 7 })], limits())).toMatchObject({ kind: 'already' })
    expect(sandbox.changes.length - before).toBe(kind === 'clb' ? 1 : 0)
    expect(standing(scene, kind)).toEqual(['i-2:80=100'])
  })

  it('that does not exist has nothing to remove, and can take nothing', async () => {
    const { balancing, limits } = await open()
    const group = ref(kind, 'g-none')
    expect(await balancing.backends(group, limits())).toMatchObject({ kind: 'already' })
    expect(await balancing.remove(group, [server(1, 80)], limits())).toMatchObject({ kind: 'already' })
    expect(await balancing.setWeight(group, [server(1, 80)], 0, limits())).toMatchObject({ kind: 'already' })
    expect(await balancing.add(group, [server(1, 80)], limits())).toMatchObject({ kind: 'refused' })
    expect(await balancing.health(group, limits())).toMatchObject({ kind: 'already' })
  })

  it('loses the entries that are there when others of the call are gone', async () => {
    const scene = await open()
    const { balancing, limits } = scene
    const [first] = await entriesOf(scene, ref(kind))
    const entries = [server(1, 79), ...(first === undefined ? [] : [first])]
    expect(await balancing.remove(ref(kind), entries, limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, kind)).toEqual(['i-1:81=100', 'i-2:80=100'])
  })

  it('takes the entries that are missing when others of the call are there', async () => {
    const scene = await open()
    const [first] = await entriesOf(scene, ref(kind))
    if (first === undefined) throw new Error('no entry')
    const entries = [first, { ...first, port: 82, weight: 5 }]
    expect(await scene.balancing.add(ref(kind), entries, scene.limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, kind)).toEqual(['i-1:80=100', 'i-1:81=100', 'i-1:82=5', 'i-2:80=100'])
  })

  it('is changed in parts when there are many entries', async () => {
    const ports = Array.from({ length: 85 }, (_, index) => 1_000 + index)
    const scene = await open(ports)
    const { balancing, limits, calls } = scene
    const entries = await entriesOf(scene, ref(kind))
    expect(entries).toHaveLength(85)
    calls()
    expect(await balancing.setWeight(ref(kind), entries, 3, limits())).toMatchObject({ kind: 'done' })
    expect(await balancing.remove(ref(kind), entries, limits())).toMatchObject({ kind: 'done' })
    expect(await balancing.add(ref(kind), entries, limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, kind)).toHaveLength(86)
    const made = calls()
    const changes = Object.entries(made).filter(([action]) => /^(Set|Update|Add|Remove)/.test(action))
    expect(changes.map(([, count]) => count)).toEqual(kind === 'clb' ? [5, 5, 5] : [3, 3, 3])
  })

  it('that is busy is changed when that ends', async () => {
    const scene = await open()
    const { balancing, limits, sandbox } = scene
    const codes = { clb: 'BackendServer.configuring', alb: 'IncorrectStatus.ServerGroup', nlb: 'Conflict.Lock' }
    sandbox.busy('g-1', scene.clock.now() + 300, codes[kind])
    const entries = await entriesOf(scene, ref(kind))
    expect(await balancing.remove(ref(kind), entries, limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, kind)).toEqual(['i-2:80=100'])
    sandbox.busy('g-1', scene.clock.now() + 60_000, codes[kind])
    // Less than the shortest wait before a second try, which would be under way at the deadline.
    const refused = await balancing.remove(ref(kind), [server(2, 80)], limits(950))
    expect(refused).toMatchObject({ kind: 'busy', fault: { code: codes[kind] } })
  })

  it('takes a server that is not running yet, when it runs', async () => {
    const scene = await open()
    const { balancing, limits, running } = scene
    running.delete('i-3')
    const refusedFirst = scene.balancing.add(ref(kind), [server(3, 80)], limits())
    const refusals = {
      clb: 'AddVServerGroupBackendServers',
      alb: 'AddServersToServerGroup',
      nlb: 'AddServersToServerGroup'
    }
    const product = scene.server.countsOf(PRODUCTS[kind])
    while ((product.get(refusals[kind]) ?? 0) === 0) await scene.clock.sleep(5)
    running.add('i-3')
    expect(await refusedFirst).toMatchObject({ kind: 'done' })
    running.delete('i-3')
    // One try: a second one comes after half a second at the soonest.
    expect(await balancing.add(ref(kind), [server(3, 81)], limits(450))).toMatchObject({ kind: 'refused' })
  })

  it('has an entry once when the answer to its addition was lost', async () => {
    const scene = await open()
    const { balancing, limits, faults } = scene
    const action = kind === 'clb' ? 'AddVServerGroupBackendServers' : 'AddServersToServerGroup'
    faults.add({ operation: action, kind: 'reset-after', count: 1 })
    expect(await balancing.add(ref(kind), [server(3, 80)], limits())).toMatchObject({ kind: 'done' })
    faults.add({ operation: action, kind: 'reset-before', count: 1 })
    expect(await balancing.add(ref(kind), [server(3, 81)], limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, kind)).toEqual(['i-1:80=100', 'i-1:81=100', 'i-2:80=100', 'i-3:80=100', 'i-3:81=100'])
    expect(scene.sandbox.changes).toHaveLength(2)
  })

  it('may be given the same weight twice in a row of changes', async () => {
    const scene = await open()
    const entries = await entriesOf(scene, ref(kind))
    for (const weight of [0, 50, 0]) {
      expect(await scene.balancing.setWeight(ref(kind), entries, weight, scene.limits())).toMatchObject({
        kind: 'done'
      })
    }
    expect(standing(scene, kind)).toEqual(['i-1:80=0', 'i-1:81=0', 'i-2:80=100'])
  })

  it('is not read out of an answer that makes no sense', async () => {
    const { balancing, limits } = await openScene({
      wrap: (api) => ({
        ...api,
        call: async () => ({ kind: 'done', value: { RequestId: 'R', Servers: [{}], BackendServers: 7 } })
      })
    })
    const broken = { kind: 'unknown', fault: { code: 'BrokenAnswer' } }
    expect(await balancing.backends(ref(kind), limits())).toMatchObject(broken)
    expect(await balancing.health(ref(kind), limits())).toMatchObject(broken)
    // An addition looks first: nothing was sent.
    expect(await balancing.add(ref(kind), [server(1, 80)], limits())).toMatchObject({ ...broken, kind: 'unavailable' })
  })
})

describe('the default group of a CLB', () => {
  it('is changed by the load balancer, without ports', async () => {
    const scene = await openScene()
    populate(scene, 'clb')
    const { balancing, limits } = scene
    const group = ref('clb', 'lb-1', 'default')
    const entries = await entriesOf(scene, group)
    expect(entries).toMatchObject([{ port: undefined, weight: 100 }])
    expect(await balancing.setWeight(group, entries, 0, limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, 'clb', 'lb-1')).toEqual(['i-1:0=0', 'i-2:0=100'])
    expect(await balancing.remove(group, entries, limits())).toMatchObject({ kind: 'done' })
    expect(await balancing.add(group, [server(3, undefined)], limits())).toMatchObject({ kind: 'done' })
    expect(standing(scene, 'clb', 'lb-1')).toEqual(['i-2:0=100', 'i-3:0=100'])
  })
})

describe('a primary/secondary group of a CLB', () => {
  it('can be read, and is not changed', async () => {
    const { balancing, limits, sandbox, calls } = await openScene()
    sandbox.clb.createLoadBalancer({ id: 'lb-1' })
    sandbox.clb.createMasterSlaveGroup(
      'lb-1',
      [
        { serverId: 'i-1', port: 80 },
        { serverId: 'i-2', port: 80 }
      ],
      'rsp-ps'
    )
    const group = ref('clb', 'rsp-ps', 'primary-secondary')
    expect(await balancing.backends(group, limits())).toMatchObject({ kind: 'done', value: [{ serverId: 'i-1' }, {}] })
    calls()
    expect(await balancing.remove(group, [server(1, 80)], limits())).toMatchObject({
      kind: 'refused',
      fault: { code: 'FixedGroup' }
    })
    expect(calls()).toEqual({})
  })
})

describe('a change in the background', () => {
  it('that has not ended in time has an unknown outcome', async () => {
    const scene = await openScene({ settleMs: 60_000 })
    populate(scene, 'alb')
    const { balancing, limits } = scene
    const entries = await entriesOf(scene, ref('alb'))
    expect(await balancing.setWeight(ref('alb'), entries, 7, limits(1_500))).toMatchObject({
      kind: 'unknown',
      fault: { code: 'StillChanging' }
    })
    const states = scene.sandbox.alb.servers('g-1').map(({ status }) => status)
    expect(states).toEqual(['Configuring', 'Configuring', 'Available'])
  })

  it('that lets connections finish has removed an entry when no new ones come to it', async () => {
    const scene = await openScene({ settleMs: 60_000 })
    populate(scene, 'alb')
    const { balancing, limits } = scene
    const entries = await entriesOf(scene, ref('alb'))
    expect(await balancing.remove(ref('alb'), entries, limits(5_000))).toEqual({ kind: 'done', value: undefined })
    expect(scene.sandbox.alb.servers('g-1').map(({ status }) => status)).toEqual(['Removing', 'Removing', 'Available'])
    const staying = await entriesOf(scene, ref('alb'))
    expect(staying).not.toContainEqual(entries[0])
  })

  it('is over when its group is gone', async () => {
    const scene = await openScene({ settleMs: 60_000 })
    populate(scene, 'nlb')
    const entries = await entriesOf(scene, ref('nlb'))
    const removing = scene.balancing.remove(ref('nlb'), entries, scene.limits())
    while (scene.sandbox.changes.length === 0) await scene.clock.sleep(5)
    scene.sandbox.nlb.deleteServerGroup('g-1')
    expect(await removing).toMatchObject({ kind: 'done' })
  })
})
