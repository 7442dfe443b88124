import { describe, expect, test } from 'vitest'
import { membershipsOf } from '../../../src/actions/drain/memberships-of.ts'
import { type ControlPlaneScene, openControlPlane } from '../support/control-plane-scene.ts'
import { stayingOf } from '../support/staying.ts'
import { Replica } from './replica.ts'
import { INSTANCE } from './stage.ts'

const VPC = 'vpc-1'
const OTHER = 'i-bp1other'
const PROFILE = { privateIpAddress: '10.0.0.7', networkInterfaceId: 'eni-bp1seven', vpcId: VPC }

/** A doomed instance and another one, and load balancers that know neither yet. */
async function open(): Promise<ControlPlaneScene> {
  const scene = await openControlPlane()
  scene.run(INSTANCE, PROFILE)
  scene.run(OTHER, { vpcId: VPC })
  scene.balancers.clb.createLoadBalancer({ id: 'lb-1', vpcId: VPC })
  return scene
}

/** The instance in seven groups of three kinds on ten ports, by its id, its network interface and its address; and where it can only be reported. */
function populate({ balancers: { clb, alb, nlb } }: ControlPlaneScene): void {
  const [doomed, other] = [{ serverId: INSTANCE }, { serverId: OTHER, port: 80 }]
  const eni = { serverId: PROFILE.networkInterfaceId, port: 80 }
  clb.place('lb-1', [{ ...doomed, weight: 40 }, { serverId: OTHER }])
  const ports = [80, 443, 8080].map((port) => ({ ...doomed, port, weight: port % 100 }))
  clb.createVServerGroup('lb-1', { id: 'rsp-1', servers: [...ports, other] })
  clb.createVServerGroup('lb-1', { id: 'rsp-2', servers: [{ ...eni, type: 'eni' }, other] })
  clb.createMasterSlaveGroup(
    'lb-1',
    [
      { ...doomed, port: 90 },
      { serverId: OTHER, port: 90 }
    ],
    'rsp-ps'
  )
  alb.createServerGroup({
    id: 'sgp-a1',
    vpcId: VPC,
    servers: [{ ...doomed, port: 80 }, { ...doomed, port: 81 }, other]
  })
  alb.createServerGroup({ id: 'sgp-a2', vpcId: VPC, servers: [{ ...eni, type: 'Eni' }, other] })
  const address = { serverId: PROFILE.privateIpAddress, type: 'Ip', port: 53 }
  nlb.createServerGroup({
    id: 'sgp-n1',
    vpcId: VPC,
    type: 'Ip',
    servers: [address, { ...address, serverId: '10.0.0.8' }]
  })
  nlb.createServerGroup({
    id: 'sgp-n2',
    vpcId: VPC,
    servers: [
      { ...doomed, port: 0 },
      { ...other, port: 0 }
    ]
  })
}

const GROUPS = ['lb-1', 'rsp-1', 'rsp-2', 'sgp-a1', 'sgp-a2', 'sgp-n1', 'sgp-n2']
const ALL_DRAINED = ['done drained', ...GROUPS.map((id) => `done removed ${id}`), 'skipped primary-secondary rsp-ps']

/** The groups that the instance is still in. */
function left({ balancers }: ControlPlaneScene): string[] {
  return stayingOf(balancers, INSTANCE).map(({ groupId }) => groupId)
}

function actionsOn({ balancers }: ControlPlaneScene, groupId: string): string[] {
  return balancers.changes.filter((change) => change.groupId === groupId).map(({ action }) => action)
}

describe('seven groups of three kinds', () => {
  test('are left in time: weight 0, a wait, removal; the others stay', async () => {
    const scene = await open()
    populate(scene)
    const before = scene.balancers.memberships(INSTANCE).length
    const replica = new Replica(scene, { grace: '10s' })
    expect(await replica.deliver()).toBe('settled')
    expect(left(scene)).toEqual(['rsp-ps'])
    expect(replica.told()).toEqual(ALL_DRAINED)
    expect(actionsOn(scene, 'rsp-1')).toEqual(['SetVServerGroupAttribute', 'RemoveVServerGroupBackendServers'])
    expect(actionsOn(scene, 'lb-1')).toEqual(['SetBackendServers', 'RemoveBackendServers'])
    for (const id of ['sgp-a1', 'sgp-a2', 'sgp-n1', 'sgp-n2']) {
      expect(actionsOn(scene, id)).toEqual(['UpdateServerGroupServersAttribute', 'RemoveServersFromServerGroup'])
    }
    const first = new Map(scene.balancers.changes.toReversed().map(({ groupId, atMs }) => [groupId, atMs]))
    const last = new Map(scene.balancers.changes.map(({ groupId, atMs }) => [groupId, atMs]))
    for (const id of GROUPS) expect((last.get(id) ?? 0) - (first.get(id) ?? 0)).toBeGreaterThanOrEqual(10_000)
    expect(scene.balancers.memberships(OTHER)).toHaveLength(7)
    // What a replacement needs: every entry with the port and weight that it had.
    const kept = membershipsOf(replica.records)
    expect(kept).toHaveLength(before - 1)
    expect(kept.filter(({ group }) => group.groupId === 'rsp-1').map(({ backend }) => backend.weight)).toEqual([
      80, 43, 80
    ])
  })

  test('are left at once when the notice comes 20 s before the deadline', async () => {
    const scene = await open()
    populate(scene)
    const replica = new Replica(scene)
    const startedMs = scene.clock.now()
    await replica.deliver({ agoMs: 280_000 })
    expect(left(scene)).toEqual(['rsp-ps'])
    expect(replica.told()).toEqual(ALL_DRAINED)
    for (const id of GROUPS) expect(actionsOn(scene, id)).toHaveLength(1)
    expect(Math.max(...scene.balancers.changes.map(({ atMs }) => atMs)) - startedMs).toBeLessThan(20_000)
  })

  test('and two replicas with the same notice, each delivered twice: drained once, nothing fails', async () => {
    const scene = await open()
    populate(scene)
    const replicas = [new Replica(scene, { grace: '10s' }), new Replica(scene, { grace: '10s' })]
    const timeMs = scene.clock.now()
    const ends = await Promise.all(
      replicas.flatMap((replica) => [replica.deliver({ timeMs }), replica.deliver({ timeMs })])
    )
    expect(ends).toEqual(['settled', 'settled', 'settled', 'settled'])
    expect(left(scene)).toEqual(['rsp-ps'])
    const told = replicas.flatMap((replica) => replica.told())
    expect(told.filter((line) => /^(gave_up|failed)/.test(line))).toEqual([])
  })

  test('are finished by another process when one stops in the grace period', async () => {
    const scene = await open()
    populate(scene)
    const [one, other] = [new Replica(scene, { grace: '60s' }), new Replica(scene, { grace: '20s' })]
    const timeMs = scene.clock.now()
    const run = one.deliver({ timeMs })
    while (scene.balancers.changes.length < GROUPS.length) await scene.clock.sleep(100)
    await one.stop()
    expect(await run).toBe('again')
    expect(left(scene)).toContain('rsp-1')
    await other.deliver({ timeMs })
    expect(left(scene)).toEqual(['rsp-ps'])
    for (const id of GROUPS) expect(actionsOn(scene, id)).toHaveLength(2)
    expect(membershipsOf([...one.records, ...other.records]).map(({ backend }) => backend.weight)).not.toContain(0)
  })
})

describe('one group', () => {
  test('that is deleted meanwhile is done with', async () => {
    const scene = await open()
    populate(scene)
    const replica = new Replica(scene, { grace: '20s' })
    const run = replica.deliver()
    while (scene.balancers.changes.length < GROUPS.length) await scene.clock.sleep(100)
    scene.balancers.clb.deleteGroup('rsp-1')
    scene.balancers.nlb.deleteServerGroup('sgp-n2')
    await run
    const told = replica.told()
    expect(told).toContain('done group-gone rsp-1')
    expect(told).toContain('done group-gone sgp-n2')
    expect(told).toContain('done drained')
    expect(left(scene)).toEqual(['rsp-ps'])
  })

  test('that is busy for 40 s is left when it is free, whatever it says meanwhile', async () => {
    const scene = await open()
    populate(scene)
    const freeMs = scene.clock.now() + 40_000
    const busy = {
      'rsp-1': 'BackendServer.configuring',
      'rsp-2': 'SystemBusy',
      'lb-1': 'ServiceIsConfiguring',
      'sgp-a1': 'IncorrectStatus.ServerGroup',
      'sgp-n2': 'Conflict.Lock'
    }
    for (const [id, code] of Object.entries(busy)) scene.balancers.busy(id, freeMs, code)
    const replica = new Replica(scene, { groups: Object.keys(busy), grace: '10s' })
    await replica.deliver()
    const done = Object.keys(busy).map((id) => `done removed ${id}`)
    expect(replica.told()).toEqual(['done drained', ...done].sort())
    for (const id of Object.keys(busy)) expect(left(scene)).not.toContain(id)
    expect(scene.balancers.changes).toHaveLength(10)
    for (const { atMs } of scene.balancers.changes) expect(atMs).toBeGreaterThanOrEqual(freeMs)
  })

  test('that loses its last healthy backend is left, and the record says so', async () => {
    const scene = await open()
    const servers = [INSTANCE, OTHER].map((serverId) => ({ serverId, port: 80 }))
    scene.balancers.clb.createVServerGroup('lb-1', { id: 'rsp-1', servers })
    scene.balancers.clb.createListener('lb-1', { port: 80, groupId: 'rsp-1' })
    scene.balancers.breakHealth(OTHER)
    const replica = new Replica(scene, { grace: '10s' })
    await replica.deliver()
    expect(replica.told()).toEqual(['done drained', 'done last-healthy-backend rsp-1'])
  })
})

describe('nothing to drain', () => {
  test('an instance in no group', async () => {
    const scene = await open()
    const replica = new Replica(scene)
    await replica.deliver()
    expect(replica.told()).toEqual(['skipped no-membership'])
    expect(scene.balancers.changes).toEqual([])
  })

  test("an instance of Auto Scaling: it is Auto Scaling's affair", async () => {
    const scene = await open()
    populate(scene)
    scene.ecs.setTags(INSTANCE, { 'acs:autoscaling:scalingGroupId': 'asg-1' })
    const replica = new Replica(scene)
    await replica.deliver()
    expect(replica.told()).toEqual(['skipped owned-by-auto-scaling'])
    expect(scene.balancers.changes).toEqual([])
  })
})

describe('APIs in trouble', () => {
  test('ECS down: what the id leads to is left within the time', async () => {
    const scene = await open()
    populate(scene)
    scene.faults.add({ service: 'ecs', kind: 'html' })
    const replica = new Replica(scene, { grace: '5s', reserve: '1s', notice: '30s' })
    await replica.deliver()
    expect(left(scene).sort()).toEqual(['rsp-2', 'rsp-ps', 'sgp-a2', 'sgp-n1'])
    expect(replica.records.at(-1)).toMatchObject({ decision: 'done', content: { instance: 'unknown' } })
    expect(Number(replica.records.at(-1)?.content['firstCallMs'])).toBeLessThan(1_000)
  })

  test('load balancers down past the deadline: told as given up', async () => {
    const scene = await open()
    populate(scene)
    for (const service of ['slb', 'alb', 'nlb']) scene.faults.add({ service, kind: 'empty' })
    const replica = new Replica(scene, { reserve: '1s', notice: '20s' })
    await replica.deliver()
    expect(replica.told()).toEqual(['gave_up api-unavailable'])
  })

  test('load balancers that fail in the middle and come back before the deadline: drained', async () => {
    const scene = await open()
    populate(scene)
    const replica = new Replica(scene, { grace: '5s' })
    const run = replica.deliver()
    while (scene.balancers.changes.length < GROUPS.length) await scene.clock.sleep(100)
    for (const service of ['slb', 'alb', 'nlb']) scene.faults.add({ service, kind: 'reset-after', count: 5 })
    await run
    expect(left(scene)).toEqual(['rsp-ps'])
    expect(replica.told().filter((line) => line.startsWith('gave_up'))).toEqual([])
    expect(replica.told()).toContain('done drained')
  })
})
