import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { HurryClock } from '../../support/hurry-clock.ts'
import { sendNotice } from './notices.ts'
import { bought, DRAIN_AND_REPLACE, expectOneReplacement, placesOf, replaced, replacementsOf } from './replacements.ts'
import { Scene } from './scene.ts'
import { DOOMED, joinSevenGroups, SEVEN_GROUPS } from './seven-groups.ts'

const ID = 'i-bp1doomed'
const OTHER = 'i-bp1other'
const SPOT = { spot: true }
/** What a slow machine may add between a moment at the sandbox and one in the service, ms of the fast clock. */
const SLACK_MS = 30_000

let scene: Scene

beforeEach(async () => {
  scene = await Scene.open({ clock: new HurryClock(20) })
  await scene.running(ID, { ...DOOMED, tags: { 'ecs-audit:server-groups': '' } })
  await scene.running(OTHER, { vpcId: 'vpc-scene' })
})

afterEach(() => scene.close())

function runCalls(): number {
  return scene.calls('ecs', 'RunInstances')
}

/** A pool of one group on one port, with an instance in it. */
function joinPool(instanceId: string): void {
  const { alb } = scene.sandbox.balancers
  alb.createServerGroup({ id: 'sgp-pool', servers: [{ serverId: instanceId, port: 80, weight: 55 }] })
}

describe('the place of an interrupted instance', () => {
  test('in seven groups is taken by a new one from the third zone, when the first two have no stock', async () => {
    joinSevenGroups(scene, ID, OTHER)
    const places = placesOf(scene, ID)
    for (const zoneId of ['cn-hangzhou-h', 'cn-hangzhou-i']) scene.sandbox.ecs.setStock({ zoneId }, 0)
    scene.sandbox.ecs.setBootMs(30_000)
    scene.start(DRAIN_AND_REPLACE)
    scene.sandbox.ecs.interrupt(ID, { inMs: 300_000 })
    const record = await replaced(scene)
    const { instanceId, zoneId, spotStrategy, tags } = await expectOneReplacement(scene, ID, places)
    expect({ zoneId, spotStrategy }).toEqual({ zoneId: 'cn-hangzhou-j', spotStrategy: 'SpotAsPriceGo' })
    expect(tags).toMatchObject({ 'ecs-audit:replaces': ID, 'ecs-audit:role': 'replacement' })
    expect(runCalls()).toBe(3)
    expect(record).toMatchObject({ decision: 'done', reason: 'replaced', target: instanceId, instance_id: ID })
    const { groups, ...told } = JSON.parse(record['content'] ?? '{}') as Record<string, unknown>
    expect(told).toMatchObject({ oldInstanceId: ID, newInstanceId: instanceId })
    expect(new Set(groups as string[])).toEqual(new Set(SEVEN_GROUPS))
    const removal = scene.sandbox.balancers.changes.find(({ action }) => /^Remove/.test(action))
    const lostMs = Number(record['event_ms']) - (removal?.atMs ?? 0)
    expect(Math.abs(Number(record['lost_ms']) - lostMs)).toBeLessThan(SLACK_MS)
    expect(Number(record['lost_ms'])).toBeGreaterThan(0)
    expect(placesOf(scene, ID)).toEqual([])
    expect(scene.stage.deletedEarly).toEqual([])
  })

  test('is taken pay-as-you-go when there is no preemptible stock, where that is allowed', async () => {
    joinPool(ID)
    scene.sandbox.ecs.setStock({ spot: true }, 0)
    scene.start({ ...DRAIN_AND_REPLACE, 'actions.replace.onDemand': true })
    sendNotice(scene, ID)
    await replaced(scene)
    const { spotStrategy } = await expectOneReplacement(scene, ID, ['serverGroup sgp-pool Ecs 80 55'])
    expect(spotStrategy).toBe('NoSpot')
    expect(runCalls()).toBe(4)
  })

  test('is taken when stock comes back, when there was none anywhere', async () => {
    joinPool(ID)
    scene.sandbox.ecs.setStock({}, 0)
    scene.start(DRAIN_AND_REPLACE)
    sendNotice(scene, ID)
    await until(() => scene.told('replace', ID).filter(({ reason }) => reason === 'no-stock').length === 3)
    expect(replacementsOf(scene, ID)).toEqual([])
    scene.sandbox.ecs.setStock({}, 5)
    await replaced(scene)
    await expectOneReplacement(scene, ID, ['serverGroup sgp-pool Ecs 80 55'])
  })

  test('is taken by what the launch template says, with its tags', async () => {
    joinPool(ID)
    const common = { ImageId: 'aliyun_3', SecurityGroupId: 'sg-1' }
    scene.sandbox.ecs.addLaunchTemplate('lt-web', { ...common, InstanceType: 'ecs.c7.xlarge' })
    scene.sandbox.ecs.addLaunchTemplate('lt-web', { ...common, InstanceType: 'ecs.r7.2xlarge' })
    scene.start({
      ...DRAIN_AND_REPLACE,
      'actions.replace.launchTemplate': 'lt-web',
      'actions.replace.launchTemplateVersion': '1',
      'actions.replace.candidates': []
    })
    sendNotice(scene, ID)
    await replaced(scene)
    const { instanceType } = await expectOneReplacement(scene, ID, ['serverGroup sgp-pool Ecs 80 55'])
    expect(instanceType).toBe('ecs.c7.xlarge')
  })

  test('is taken by the next candidate, when the first one dies before it runs', async () => {
    joinPool(ID)
    scene.sandbox.ecs.failCreations(1)
    scene.sandbox.ecs.setBootMs(20_000)
    scene.start(DRAIN_AND_REPLACE)
    sendNotice(scene, ID)
    await replaced(scene)
    const { zoneId } = await expectOneReplacement(scene, ID, ['serverGroup sgp-pool Ecs 80 55'])
    expect(zoneId).toBe('cn-hangzhou-i')
    expect(bought(scene, ID)).toBe(2)
    expect(scene.told('replace', ID)).toContainEqual({
      step: expect.stringMatching(/^lost\//),
      decision: 'failed',
      reason: 'lost'
    })
  })
})

describe('nothing is bought', () => {
  test('beyond the budget of an hour; the drain goes on', async () => {
    joinPool(ID)
    await scene.running('i-bp1second', SPOT)
    scene.sandbox.balancers.alb.place('sgp-pool', [{ serverId: 'i-bp1second', port: 80 }])
    scene.start({ ...DRAIN_AND_REPLACE, 'actions.replace.maxPerHour': 1 })
    sendNotice(scene, ID)
    await replaced(scene)
    sendNotice(scene, 'i-bp1second', { id: 'NOTICE-2' })
    await replaced(scene, { instance_id: 'i-bp1second', reason: 'budget', decision: 'skipped' })
    expect(replacementsOf(scene, 'i-bp1second')).toEqual([])
    expect(runCalls()).toBe(1)
    expect(placesOf(scene, 'i-bp1second')).toEqual([])
  })

  test('in a dry run', async () => {
    joinPool(ID)
    scene.start({ ...DRAIN_AND_REPLACE, 'actions.dryRun': true })
    sendNotice(scene, ID)
    const record = await replaced(scene)
    expect(record).toMatchObject({ decision: 'would_do', reason: 'replaced' })
    expect(JSON.parse(record['content'] ?? '{}')).toMatchObject({ groups: ['sgp-pool'], launchTemplate: 'lt-sandbox' })
    expect(runCalls()).toBe(0)
    expect(scene.calls('ecs', 'TagResources')).toBe(0)
    expect(scene.sandbox.balancers.changes).toEqual([])
  })

  test('while nothing is to be had until the deadline: given up, and told', async () => {
    joinPool(ID)
    scene.sandbox.ecs.setStock({}, 0)
    scene.start({ ...DRAIN_AND_REPLACE, 'actions.replace.deadline': '1m' })
    sendNotice(scene, ID)
    const record = await replaced(scene, { decision: 'gave_up', reason: 'no-stock' })
    expect(Number(record['deadline_margin_ms'])).toBeLessThanOrEqual(0)
    expect(replacementsOf(scene, ID)).toEqual([])
  })
})
