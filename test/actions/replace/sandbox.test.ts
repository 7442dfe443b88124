import { describe, expect, onTestFinished, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { type ControlPlaneScene, openControlPlane } from '../support/control-plane-scene.ts'
import { Replicas } from './sandbox-replica.ts'

const OLD = 'i-bp1doomed'
const OTHER = 'i-bp1other'
const VPC = 'vpc-1'
const PROFILE = { privateIpAddress: '10.0.0.7', networkInterfaceId: 'eni-bp1seven', vpcId: VPC }
const CANDIDATES = ['h', 'i', 'j'].map((zone) => ({
  zone: `cn-hangzhou-${zone}`,
  vSwitch: `vsw-cn-hangzhou-${zone}`,
  type: 'ecs.g7.large'
}))

/** A doomed instance in groups of all kinds: by its id, its network interface, its address, and where it can't be changed. */
async function open(options: { healthyAfterMs?: number } = {}): Promise<ControlPlaneScene> {
  const scene = await openControlPlane({ pace: 20, ...options })
  scene.run(OLD, PROFILE)
  scene.run(OTHER, { vpcId: VPC })
  scene.ecs.setBootMs(10_000)
  letFleetLive(scene)
  const { clb, alb, nlb } = scene.balancers
  clb.createLoadBalancer({ id: 'lb-1', vpcId: VPC })
  clb.place('lb-1', [{ serverId: OLD, weight: 40 }])
  const ports = [80, 8080].map((port) => ({ serverId: OLD, port, weight: (port % 100) + 1 }))
  clb.createVServerGroup('lb-1', { id: 'rsp-1', servers: ports })
  const fixed = [
    { serverId: OLD, port: 90 },
    { serverId: OTHER, port: 90 }
  ] as const
  clb.createMasterSlaveGroup('lb-1', fixed, 'rsp-ps')
  const eni = { serverId: PROFILE.networkInterfaceId, port: 80, type: 'Eni', weight: 30 } as const
  alb.createServerGroup({ id: 'sgp-a', vpcId: VPC, servers: [{ serverId: OLD, port: 81 }, eni] })
  const address = { serverId: PROFILE.privateIpAddress, type: 'Ip', port: 53 } as const
  nlb.createServerGroup({ id: 'sgp-n', vpcId: VPC, type: 'Ip', servers: [address] })
  return scene
}

/** Lets the fleet's time go with the clock's. */
function letFleetLive({ clock, fleet }: ControlPlaneScene): void {
  let cancel = (): void => undefined
  const tick = (): void => {
    fleet.advance(clock.now())
    cancel = clock.after(1_000, tick)
  }
  tick()
  onTestFinished(() => cancel())
}

/** Where an instance is, without what tells it from another one in the same places. */
function placesOf({ balancers }: ControlPlaneScene, instanceId: string): string[] {
  const places = balancers.memberships(instanceId).filter(({ groupId }) => groupId !== 'rsp-ps')
  return places.map(({ groupId, type, port, weight }) => `${groupId} ${type} ${port} ${weight}`).sort()
}

/** Every instance that was ever bought for another one, the dead among them. */
function bought({ fleet }: ControlPlaneScene): string[] {
  const { instances } = fleet.truth()
  return instances.filter(({ tags }) => tags['ecs-audit:replaces'] === OLD).map(({ instanceId }) => instanceId)
}

/** Waits until a replacement is in service, and then for as long as a late second one would take to show. */
async function replaced(scene: ControlPlaneScene, replicas: Replicas): Promise<string> {
  await until(() => replicas.records().some(({ reason }) => reason === 'replaced'))
  await scene.clock.sleep(50_000)
  const [first, ...others] = bought(scene)
  expect(others).toEqual([])
  return first ?? ''
}

describe('over the sandbox, with no logstore', () => {
  test('the new instance stands where the old one stood, with its weights from before the drain', async () => {
    const scene = await open()
    const places = placesOf(scene, OLD)
    expect(places).toHaveLength(6)
    const replicas = new Replicas(scene, 1, { candidates: CANDIDATES })
    replicas.notice(OLD)
    const instanceId = await replaced(scene, replicas)
    expect(placesOf(scene, instanceId)).toEqual(places)
    expect(placesOf(scene, OLD)).toEqual([])
    const told = replicas.records().map(({ decision, reason, target }) => `${decision} ${reason} ${target}`)
    expect(told).toContain('skipped primary-secondary rsp-ps')
  })

  test('it is in service when its first checks have passed, in ALB and NLB', async () => {
    const healthyAfterMs = 45_000
    const scene = await open({ healthyAfterMs })
    const { alb, nlb } = scene.balancers
    alb.createListener({ groupIds: ['sgp-a'] })
    nlb.createListener({ groupIds: ['sgp-n'] })
    const replicas = new Replicas(scene, 1, { candidates: CANDIDATES })
    replicas.notice(OLD)
    await replaced(scene, replicas)
    const ends = new Map(replicas.records().map(({ reason, target, atMs }) => [`${reason} ${target}`, atMs]))
    for (const id of ['sgp-a', 'sgp-n']) {
      const healthyMs = (ends.get(`attached ${id}`) ?? 0) + healthyAfterMs
      expect([...ends].find(([end]) => end.startsWith('replaced'))?.[1]).toBeGreaterThan(healthyMs - 5_000)
    }
  })

  test.each(['reset-after', 'truncate', 'stall-after'] as const)(
    'RunInstances is carried out and its answer lost (%s), while another replica has the notice too: one',
    async (kind) => {
      const scene = await open()
      const replicas = new Replicas(scene, 2, { candidates: CANDIDATES })
      scene.faults.add({ service: 'ecs', operation: 'RunInstances', kind, count: 1 })
      scene.ecs.setStock({ zoneId: 'cn-hangzhou-h' }, 0)
      // Stock comes back to the candidate before it: who walks again would find it there.
      const back = scene.clock.after(20_000, () => scene.ecs.setStock({ zoneId: 'cn-hangzhou-h' }, 5))
      replicas.notice(OLD)
      replicas.notice(OLD)
      const instanceId = await replaced(scene, replicas)
      back()
      expect(instanceId).not.toBe('')
    }
  )

  test.each([2, 4])('%i replicas, each notice delivered four times and by two ways: one', async (count) => {
    const scene = await open()
    const replicas = new Replicas(scene, count, { candidates: CANDIDATES })
    for (let copy = 0; copy < 4; copy += 1) {
      replicas.notice(OLD)
      replicas.notice(OLD, { eventKey: 'notice-by-eventbridge' })
    }
    const places = placesOf(scene, OLD)
    const instanceId = await replaced(scene, replicas)
    expect(placesOf(scene, instanceId)).toEqual(places)
  })

  test('what may not be tagged is replaced all the same, by tokens alone', async () => {
    const scene = await open()
    scene.faults.add({ service: 'ecs', operation: 'TagResources', kind: 'error', code: 'Forbidden.RAM' })
    const replicas = new Replicas(scene, 2, { candidates: CANDIDATES })
    for (let copy = 0; copy < 4; copy += 1) replicas.notice(OLD)
    expect(await replaced(scene, replicas)).not.toBe('')
  })
})
