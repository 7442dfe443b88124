import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { stateChanges } from '../../support/events.ts'
import { sendEvents } from '../../support/harness.ts'
import { HurryClock } from '../../support/hurry-clock.ts'
import { createDoomed } from './doomed.ts'
import { sendNotice } from './notices.ts'
import { DRAIN_AND_REPLACE, replacementsOf } from './replacements.ts'
import { Scene } from './scene.ts'

const EVENTS = 4_000
const APIS = ['ecs', 'slb', 'alb', 'nlb'] as const
const OPTED_IN = { 'ecs-audit': 'restart' }
const ACTIONS = { ...DRAIN_AND_REPLACE, 'actions.replace.maxPerHour': 100, 'actions.restart.enabled': true }

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

/** How long it takes until so many events are stored, with notices and stops among them, ms. */
async function storingMs(given: {
  from: number
  doomed: readonly string[]
  crashing: readonly string[]
}): Promise<number> {
  const bodies = stateChanges(EVENTS, given.from)
  const missing = new Set(bodies.map((_, index) => `TEST-${given.from + index}`))
  const unwatch = scene.sandbox.sls.onPut(({ logs }) => {
    for (const { fields } of logs) missing.delete(fields['event_id'] ?? '')
  })
  const startedMs = clock.elapsed()
  for (const id of given.doomed) sendNotice(scene, id, { id: `NOTICE-${id}` })
  for (const id of given.crashing) scene.sandbox.fleet.crash(id)
  sendEvents(scene.sandbox, bodies)
  await until(() => missing.size === 0, 60_000)
  unwatch()
  return clock.elapsed() - startedMs
}

async function createCrashing(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `i-bp1crash${index}`)
  await Promise.all(ids.map((id) => scene.running(id, { tags: OPTED_IN })))
  return ids
}

describe('ECS and the load balancers are down', () => {
  test('events are stored at full rate; what they call for is done when the APIs are back', async () => {
    const groups = await createDoomed(scene, 12)
    const doomed = [...groups.keys()]
    const crashing = await createCrashing(5)
    scene.start(ACTIONS)
    await storingMs({ from: 1_000_000, doomed: [], crashing: [] })
    const usualMs = await storingMs({ from: 2_000_000, doomed: [], crashing: [] })
    for (const service of APIS) scene.sandbox.faults.add({ service, kind: 'empty' })
    const outageMs = await storingMs({ from: 3_000_000, doomed, crashing })
    process.stderr.write(`${EVENTS} events: ${Math.round(usualMs)} ms, APIs down: ${Math.round(outageMs)} ms\n`)
    expect(outageMs).toBeLessThan(2 * usualMs + 1_000)
    expect(scene.sandbox.balancers.changes).toEqual([])
    clock.hurry(30)
    await clock.sleep(30_000)
    scene.sandbox.faults.clear()
    /** Instances of which it is told, however often. */
    const ended = (action: string, reason: string): number => {
      const told = scene
        .records(action)
        .filter((record) => record['decision'] === 'done' && record['reason'] === reason)
      return new Set(told.map((record) => record['instance_id'])).size
    }
    await until(
      () => ended('drain', 'drained') === doomed.length && ended('replace', 'replaced') === doomed.length,
      60_000
    )
    await until(() => ended('restart', 'recovered') === crashing.length, 60_000)
    clock.hurry(1)
    await scene.stage.drained()
    for (const id of doomed) {
      expect(scene.memberships(id)).toEqual([])
      const [replacement, ...more] = replacementsOf(scene, id)
      expect(more).toEqual([])
      expect(scene.memberships(replacement?.instanceId ?? '')).toMatchObject([
        { groupId: groups.get(id), port: 80, weight: 100 }
      ])
    }
    for (const id of crashing) expect(scene.stateOf(id)).toBe('Running')
    expect(scene.stage.deletedEarly).toEqual([])
  }, 120_000)

  test('past every deadline: told as failed, and nothing is left on the queue', async () => {
    const groups = await createDoomed(scene, 3)
    const doomed = [...groups.keys()]
    const crashing = await createCrashing(2)
    for (const service of APIS) scene.sandbox.faults.add({ service, kind: 'reset-before' })
    scene.start({ ...ACTIONS, 'actions.replace.deadline': '6m', 'actions.restart.deadline': '6m' })
    await storingMs({ from: 0, doomed, crashing })
    clock.hurry(60)
    const gaveUp = (action: string): number => {
      return new Set(
        scene
          .records(action)
          .filter(({ decision }) => decision === 'gave_up')
          .map(({ instance_id: id }) => id)
      ).size
    }
    const all = (): boolean => gaveUp('drain') === 3 && gaveUp('replace') === 3 && gaveUp('restart') === 2
    await until(all, 90_000)
    clock.hurry(1)
    await scene.stage.drained()
    const reasons = [...scene.records('drain'), ...scene.records('replace'), ...scene.records('restart')]
      .filter(({ decision }) => decision === 'gave_up')
      .map(({ action, reason }) => `${action} ${reason}`)
    process.stderr.write(`${[...new Set(reasons)].join(', ')}\n`)
    expect(scene.sandbox.balancers.changes).toEqual([])
    expect(scene.calls('ecs', 'StartInstance')).toBe(0)
  }, 120_000)
})
