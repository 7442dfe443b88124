import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Scene } from './scene.ts'

const OPTED_IN = { 'ecs-audit': 'restart' }
const RESTART = { 'actions.restart.enabled': true }

let scene: Scene

beforeEach(async () => {
  scene = await Scene.open()
})

afterEach(() => scene.close())

describe('a crash', () => {
  test('is followed by a start, a recovery, and their records', async () => {
    const id = await scene.running('i-bp1crash', { tags: OPTED_IN })
    scene.start(RESTART)
    scene.sandbox.fleet.crash(id)
    await scene.recorded('restart', { instance_id: id, reason: 'recovered' })
    expect(scene.stateOf(id)).toBe('Running')
    expect(scene.calls('ecs', 'StartInstance')).toBe(1)
    expect(scene.told('restart', id)).toEqual([
      { step: 'intent-1', decision: 'intent', reason: 'start' },
      { step: 'start-1', decision: 'done', reason: 'started' },
      { step: 'recovered', decision: 'done', reason: 'recovered' }
    ])
  })
})
