import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { sendEvents } from '../../support/harness.ts'
import { HurryClock } from '../../support/hurry-clock.ts'
import { createDoomed } from './doomed.ts'
import { noticeBody } from './notices.ts'
import { bought, CANDIDATES, DRAIN_AND_REPLACE, placesOf, replacementsOf } from './replacements.ts'
import { Scene } from './scene.ts'

const DOOMED = 6

let clock: HurryClock
let scene: Scene

beforeEach(async () => {
  clock = new HurryClock()
  scene = await Scene.open({ clock })
})

afterEach(async () => {
  clock.hurry(1)
  await scene.close()
})

/** The instances whose replacement was told to be in service. */
function replaced(): Set<string> {
  const told = scene.records('replace').filter(({ decision, step }) => decision === 'done' && step === 'replaced')
  return new Set(told.map(({ instance_id: id = '' }) => id))
}

/** Sends the notice of each instance so many times; every receive may be handed out again. */
function sendNotices(ids: readonly string[], times: number): void {
  scene.sandbox.faults.add({ service: 'mns', operation: 'BatchReceiveMessage', kind: 'duplicate', rate: 0.3 })
  const timeMs = clock.now()
  for (let round = 0; round < times; round += 1) {
    sendEvents(
      scene.sandbox,
      ids.map((id) => noticeBody(id, { timeMs, id: `NOTICE-${id}` }))
    )
  }
}

describe.each([{ replicas: 2 }, { replicas: 4 }])('$replicas replicas on one queue with duplicates', ({ replicas }) => {
  test('buy one replacement for each notice, and empty every group once', async () => {
    const groups = await createDoomed(scene, DOOMED)
    const ids = [...groups.keys()]
    const places = new Map(ids.map((id) => [id, placesOf(scene, id)]))
    // What one replica can't have, the next one could a moment later.
    scene.sandbox.ecs.setStock({ zoneId: CANDIDATES[0]?.zone ?? '' }, 0)
    for (let replica = 0; replica < replicas; replica += 1) {
      scene.start({ ...DRAIN_AND_REPLACE, 'actions.replace.maxPerHour': 50, 'queue.receivers': 1 })
    }
    sendNotices(ids, 3)
    await until(() => ids.every((id) => bought(scene, id) > 0), 60_000)
    scene.sandbox.ecs.setStock({ zoneId: CANDIDATES[0]?.zone ?? '' }, 100)
    clock.hurry(10)
    await until(() => replaced().size === DOOMED, 60_000)
    scene.sandbox.faults.clear()
    await scene.stage.drained(60_000)
    expect(ids.map((id) => bought(scene, id))).toEqual(ids.map(() => 1))
    for (const id of ids) {
      const [replacement] = replacementsOf(scene, id)
      expect(placesOf(scene, id)).toEqual([])
      expect(placesOf(scene, replacement?.instanceId ?? '')).toEqual(places.get(id))
      const told = scene.told('drain', id)
      expect(told.filter(({ decision }) => decision === 'failed' || decision === 'gave_up')).toEqual([])
      expect(told).toContainEqual({ step: 'drained', decision: 'done', reason: 'drained' })
      const removals = scene.sandbox.balancers.changes.filter((change) => {
        return change.groupId === groups.get(id) && /^Remove/.test(change.action)
      })
      expect(removals.length).toBeGreaterThanOrEqual(1)
      for (const { servers } of removals) expect(servers.map(({ serverId }) => serverId)).toEqual([id])
    }
    expect(scene.records('replace').filter(({ reason }) => reason === 'surplus')).toEqual([])
    expect(scene.stage.deletedEarly).toEqual([])
  }, 150_000)
})

describe('four replicas and a budget', () => {
  test('never buy more than it allows, however the notices are spread', async () => {
    const ids = [...(await createDoomed(scene, 8)).keys()]
    for (let replica = 0; replica < 4; replica += 1) {
      scene.start({ ...DRAIN_AND_REPLACE, 'actions.replace.maxPerHour': 3, 'queue.receivers': 1 })
    }
    const ended = (): Set<string> => {
      const over = scene.records('replace').filter(({ step = '' }) => step === 'replaced' || step.startsWith('ended-'))
      return new Set(over.map(({ instance_id: id = '' }) => id))
    }
    sendNotices(ids, 2)
    // How soon a record is seen by others counts here: that is the machine's own time.
    await until(() => scene.calls('ecs', 'RunInstances') >= 3, 60_000)
    await until(() => ended().size === ids.length - 3, 60_000)
    clock.hurry(10)
    await until(() => ended().size === ids.length, 60_000)
    scene.sandbox.faults.clear()
    await scene.stage.drained(60_000)
    const total = ids.reduce((sum, id) => sum + bought(scene, id), 0)
    process.stderr.write(`four replicas, 8 notices, a budget of 3: ${total} bought\n`)
    expect(total).toBeLessThanOrEqual(3)
    expect(total).toBeGreaterThan(0)
  }, 150_000)
})
