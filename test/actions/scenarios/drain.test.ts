import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { HurryClock } from '../../support/hurry-clock.ts'
import { sendNotice } from './notices.ts'
import { Scene, type Stored } from './scene.ts'
import { DOOMED, joinSevenGroups, SEVEN_GROUPS } from './seven-groups.ts'

const ID = 'i-bp1doomed'
const OTHER = 'i-bp1other'
const DRAIN = { 'actions.drain.enabled': true, 'actions.drain.grace': '10s' }
const NOTICE_MS = 300_000
/** What a slow machine may add between a moment at the sandbox and one in the service, ms of the fast clock. */
const SLACK_MS = 30_000

let scene: Scene

beforeEach(async () => {
  scene = await Scene.open({ clock: new HurryClock(10) })
  await scene.running(ID, DOOMED)
  await scene.running(OTHER, { vpcId: 'vpc-scene' })
})

afterEach(() => scene.close())

/** The groups that the instance is still in. */
function left(instanceId = ID): string[] {
  return scene.memberships(instanceId).map(({ groupId }) => groupId)
}

/** Accepted changes of one group, oldest first. */
function changesOf(groupId: string) {
  return scene.sandbox.balancers.changes.filter((change) => change.groupId === groupId)
}

/** Resolves with the record that sums the drain up, when the queue is empty again. */
async function summary(step = 'drained'): Promise<Stored> {
  const record = await scene.recorded('drain', { step })
  await scene.stage.drained()
  return record
}

function removals(): Stored[] {
  return scene.records('drain', ID).filter(({ step = '' }) => step.startsWith('remove/'))
}

describe('a notice on an instance in seven groups of three kinds', () => {
  test('empties them: weight 0, the grace period, removal; records tell the margin, others stay', async () => {
    joinSevenGroups(scene, ID, OTHER)
    scene.start(DRAIN)
    scene.sandbox.ecs.interrupt(ID, { inMs: NOTICE_MS })
    expect(await summary()).toMatchObject({ decision: 'done', reason: 'drained' })
    expect(left()).toEqual([])
    expect(left(OTHER)).toHaveLength(6)
    expect(new Set(removals().map(({ target }) => target))).toEqual(new Set(SEVEN_GROUPS))
    const noticeMs =
      scene.sandbox.fleet.truth().instances.find(({ instanceId }) => instanceId === ID)?.interruptionMs ?? 0
    for (const record of removals()) {
      const [zero, removed, ...more] = changesOf(record['target'] ?? '')
      expect(more).toEqual([])
      expect((removed?.atMs ?? 0) - (zero?.atMs ?? 0)).toBeGreaterThanOrEqual(10_000)
      expect(record).toMatchObject({ decision: 'done', reason: 'removed', caused_by: expect.any(String) })
      const expectedMs = noticeMs + NOTICE_MS - (removed?.atMs ?? 0)
      const marginMs = Number(record['deadline_margin_ms'])
      expect(marginMs).toBeGreaterThan(expectedMs - SLACK_MS)
      expect(marginMs).toBeLessThanOrEqual(expectedMs + 10)
    }
    const margins = removals().map((record) => Number(record['deadline_margin_ms']))
    expect(Number(scene.records('drain', ID).at(-1)?.['deadline_margin_ms'])).toBe(Math.min(...margins))
    expect(scene.stage.deletedEarly).toEqual([])
  })

  test('that arrives 20 s before the deadline: removed at once, without a grace period', async () => {
    joinSevenGroups(scene, ID, OTHER)
    scene.start(DRAIN)
    const noticeMs = sendNotice(scene, ID, { agoMs: NOTICE_MS - 20_000 })
    expect(await summary()).toMatchObject({ decision: 'done' })
    expect(left()).toEqual([])
    for (const groupId of SEVEN_GROUPS) {
      expect(changesOf(groupId).map(({ action }) => action)).toEqual([expect.stringContaining('Remove')])
      expect(changesOf(groupId)[0]?.atMs).toBeLessThan(noticeMs + NOTICE_MS)
    }
  })

  test('that comes twice: drained once, the repetition says so', async () => {
    joinSevenGroups(scene, ID, OTHER)
    scene.start(DRAIN)
    const agoMs = 1_000
    sendNotice(scene, ID, { agoMs })
    sendNotice(scene, ID, { agoMs, id: 'NOTICE-2' })
    await until(() => scene.records('drain', ID).filter(({ step }) => step === 'drained').length === 2)
    await scene.stage.drained()
    expect(left()).toEqual([])
    for (const groupId of SEVEN_GROUPS) expect(changesOf(groupId)).toHaveLength(2)
    expect(
      scene
        .told('drain', ID)
        .filter(({ step }) => step === 'drained')
        .map(({ reason }) => reason)
    ).toEqual(['drained', 'already-drained'])
  })

  test('in a dry run: tells what would be done, changes nothing', async () => {
    joinSevenGroups(scene, ID, OTHER)
    scene.start({ ...DRAIN, 'actions.dryRun': true })
    const before = scene.memberships(ID)
    sendNotice(scene, ID)
    expect(await summary()).toMatchObject({ decision: 'would_do', reason: 'drained' })
    expect(removals().map(({ decision }) => decision)).toEqual(SEVEN_GROUPS.map(() => 'would_do'))
    expect(scene.sandbox.balancers.changes).toEqual([])
    expect(scene.memberships(ID)).toEqual(before)
  })

  test('two of them named by the configuration: those two only', async () => {
    joinSevenGroups(scene, ID, OTHER)
    scene.start({ ...DRAIN, 'actions.drain.groups': ['rsp-1', 'sgp-n2'] })
    sendNotice(scene, ID)
    expect(await summary()).toMatchObject({ decision: 'done' })
    expect(new Set(removals().map(({ target }) => target))).toEqual(new Set(['rsp-1', 'sgp-n2']))
    expect(new Set(left())).toEqual(new Set(['lb-1', 'rsp-2', 'sgp-a1', 'sgp-a2', 'sgp-n1']))
  })

  test('and one named by a tag of the instance: that one, whatever the configuration says', async () => {
    joinSevenGroups(scene, ID, OTHER)
    scene.sandbox.ecs.setTags(ID, { 'ecs-audit:server-groups': 'sgp-a2' })
    scene.start({ ...DRAIN, 'actions.drain.groups': ['rsp-1'] })
    sendNotice(scene, ID)
    expect(await summary()).toMatchObject({ decision: 'done' })
    expect(removals().map(({ target }) => target)).toEqual(['sgp-a2'])
    expect(left()).toHaveLength(9)
  })
})

describe('trouble on the way', () => {
  test('a group deleted in the grace period is done with', async () => {
    joinSevenGroups(scene, ID, OTHER)
    scene.start(DRAIN)
    sendNotice(scene, ID)
    await until(() => scene.sandbox.balancers.changes.length >= SEVEN_GROUPS.length)
    scene.sandbox.balancers.clb.deleteGroup('rsp-1')
    scene.sandbox.balancers.alb.deleteServerGroup('sgp-a1')
    expect(await summary()).toMatchObject({ decision: 'done', reason: 'drained' })
    expect(left()).toEqual([])
    const gone = removals().filter(({ reason }) => reason === 'group-gone')
    expect(new Set(gone.map(({ target }) => target))).toEqual(new Set(['rsp-1', 'sgp-a1']))
  })

  test('groups of every kind that are busy for 40 s are left when they are free, before the deadline', async () => {
    joinSevenGroups(scene, ID, OTHER)
    const freeMs = scene.clock.now() + 40_000
    const busy = {
      'rsp-1': 'BackendServer.configuring',
      'lb-1': 'ServiceIsConfiguring',
      'sgp-a1': 'IncorrectStatus.ServerGroup',
      'sgp-n2': 'Conflict.Lock'
    }
    for (const [id, code] of Object.entries(busy)) scene.sandbox.balancers.busy(id, freeMs, code)
    scene.start(DRAIN)
    const noticeMs = sendNotice(scene, ID)
    expect(await summary()).toMatchObject({ decision: 'done', reason: 'drained' })
    expect(left()).toEqual([])
    for (const id of Object.keys(busy)) {
      expect(changesOf(id)).toHaveLength(2)
      for (const { atMs } of changesOf(id)) expect(atMs).toBeGreaterThanOrEqual(freeMs)
      expect(changesOf(id)[1]?.atMs).toBeLessThan(noticeMs + NOTICE_MS)
    }
  })

  test('the last healthy backend of a group goes all the same, and its record says so', async () => {
    const { clb } = scene.sandbox.balancers
    clb.createLoadBalancer({ id: 'lb-9' })
    clb.createVServerGroup('lb-9', { id: 'rsp-9', servers: [ID, OTHER].map((serverId) => ({ serverId, port: 80 })) })
    clb.createListener('lb-9', { port: 80, groupId: 'rsp-9' })
    scene.sandbox.balancers.breakHealth(OTHER)
    scene.start(DRAIN)
    sendNotice(scene, ID)
    await summary()
    expect(removals()).toMatchObject([{ decision: 'done', reason: 'last-healthy-backend', target: 'rsp-9' }])
    expect(left()).toEqual([])
  })
})

describe('nothing to be done', () => {
  test.each([
    ['an instance in no group', false, {}, 'no-membership'],
    ['one of Auto Scaling', true, { 'acs:autoscaling:scalingGroupId': 'asg-1' }, 'owned-by-auto-scaling']
  ])('%s is left, and recorded', async (_, joins, tags, reason) => {
    if (joins) joinSevenGroups(scene, ID, OTHER)
    scene.sandbox.ecs.setTags(ID, tags)
    scene.start(DRAIN)
    sendNotice(scene, ID)
    expect(await summary()).toMatchObject({ decision: 'skipped', reason })
    expect(scene.sandbox.balancers.changes).toEqual([])
  })
})
