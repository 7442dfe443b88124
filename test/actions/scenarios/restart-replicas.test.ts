import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { Scene } from './scene.ts'

const RESTART = {
  'actions.restart.enabled': true,
  'actions.restart.storm.percent': 100,
  // Time for the replicas to store their intents and to find each other's.
  'actions.restart.settle': '300ms'
}
/** `actions.restart.maxPerHour`. */
const BUDGET = 3
const CRASH = { cause: 'guest' } as const

let scene: Scene

beforeEach(async () => {
  scene = await Scene.open()
  scene.sandbox.faults.add({ service: 'mns', kind: 'duplicate', rate: 0.7 })
})

afterEach(() => scene.close())

async function fleetOf(size: number): Promise<string[]> {
  const ids = Array.from({ length: size }, (_, index) => `i-bp1twin${index}`)
  await Promise.all(ids.map((id) => scene.running(id, { tags: { 'ecs-audit': 'restart' } })))
  return ids
}

function decided(id: string, decision: string): string[] {
  const found = scene.records('restart', id).filter((record) => record['decision'] === decision)
  return found.map(({ reason = '' }) => reason)
}

/** Of each recovery that was told: the stop that it ends. */
function recoveriesOf(id: string): string[] {
  const found = scene.records('restart', id).filter(({ reason }) => reason === 'recovered')
  return found.map(({ caused_by: causedBy = '' }) => causedBy)
}

describe.each([2, 4])('%i replicas on a queue that delivers most messages more than once', (replicas) => {
  beforeEach(() => {
    for (let replica = 0; replica < replicas; replica++) scene.start(RESTART)
  })

  test('a crash is one start and one recovery', async () => {
    const ids = await fleetOf(10)
    for (const id of ids) scene.sandbox.fleet.crash(id, CRASH)
    await until(() => ids.every((id) => decided(id, 'done').includes('recovered')))
    await scene.stage.drained()
    for (const id of ids) {
      expect({ id, starts: scene.starts(id), told: decided(id, 'done') }).toEqual({
        id,
        starts: 1,
        told: [expect.stringMatching(/started|already-running/), 'recovered']
      })
    }
  })

  test('a crash loop ends with the starts of the hour, and each recovery is told once', async () => {
    const ids = await fleetOf(6)
    for (const id of ids) {
      scene.sandbox.ecs.crashAfterStart(id, { times: 1_000, afterMs: 30 })
      scene.sandbox.fleet.crash(id, CRASH)
    }
    await until(() => ids.every((id) => decided(id, 'gave_up').length > 0))
    await scene.stage.drained()
    for (const id of ids) {
      expect(scene.stateOf(id)).toBe('Stopped')
      expect(scene.starts(id)).toBeGreaterThan(0)
      expect(scene.starts(id)).toBeLessThanOrEqual(BUDGET)
      expect(recoveriesOf(id).length).toBeLessThanOrEqual(scene.starts(id))
      expect(new Set(recoveriesOf(id)).size).toBe(recoveriesOf(id).length)
    }
  })
})
