import { describe, expect, test } from 'vitest'
import { openRestartScene } from './sandbox-scene.ts'

const GUEST = { cause: 'guest' } as const
const ID = 'i-bp1sandbox'

describe('over sockets, in front of the sandbox', () => {
  test('a crashed instance runs again', async () => {
    const scene = await openRestartScene()
    scene.running(ID)
    scene.live()
    scene.fleet.crash(ID, GUEST)
    await scene.until(ID, 'recovered done recovered')
    expect(scene.fleet.describe(ID)?.state).toBe('Running')
    expect(scene.starts).toEqual([ID])
  })

  test('a crash that ECS itself works on is left to it for now', async () => {
    const scene = await openRestartScene()
    scene.running(ID)
    scene.live()
    scene.fleet.crash(ID, { cause: 'SystemFailure.Reboot' })
    await scene.until(ID, 'wait-0/maintenance-in-flight skipped maintenance-in-flight')
    expect(scene.starts).toEqual([])
  })

  test('a start that fails twice is made a third time', async () => {
    const scene = await openRestartScene()
    scene.running(ID)
    scene.live()
    scene.ecs.failStarts(ID, 2)
    scene.fleet.crash(ID, GUEST)
    await scene.until(ID, 'recovered done recovered')
    expect(scene.starts).toHaveLength(3)
    expect(scene.told(ID).filter((line) => line.startsWith('intent'))).toHaveLength(3)
  })

  test('a start that never works is given up', async () => {
    const scene = await openRestartScene()
    scene.running(ID)
    scene.live()
    scene.ecs.failStarts(ID, 100)
    scene.fleet.crash(ID, GUEST)
    await scene.until(ID, 'gave-up gave_up attempts-used-up')
    expect(scene.starts).toHaveLength(3)
    expect(scene.fleet.describe(ID)?.state).toBe('Stopped')
  })

  test('a crash loop ends', async () => {
    const scene = await openRestartScene()
    scene.running(ID)
    scene.live()
    scene.ecs.crashAfterStart(ID, { times: 100, afterMs: 10_000 })
    scene.fleet.crash(ID, GUEST)
    await scene.until(ID, 'gave-up gave_up restart-loop')
    expect(scene.starts).toHaveLength(3)
  })

  test.each([
    ['an operator stops in economical mode', 'stop-charging', (scene) => scene.fleet.stop(ID, 'StopCharging')],
    [
      'is locked for an overdue payment',
      'lock-financial',
      (scene) => {
        scene.ecs.setLock(ID, 'financial')
        scene.fleet.crash(ID, GUEST)
      }
    ],
    [
      'Auto Scaling owns',
      'owned-by-auto-scaling',
      (scene) => {
        scene.ecs.setTags(ID, { 'ecs-audit': 'restart', 'acs:autoscaling:scalingGroupId': 'asg-1' })
        scene.fleet.crash(ID, GUEST)
      }
    ],
    [
      'is to be released soon',
      'releases-soon',
      (scene) => {
        scene.ecs.setAutoRelease(ID, scene.clock.now() + 50 * 60_000)
        scene.fleet.crash(ID, GUEST)
      }
    ]
  ] satisfies ReadonlyArray<[string, string, (scene: Awaited<ReturnType<typeof openRestartScene>>) => void]>)(
    'one that %s stays down',
    async (_, reason, act) => {
      const scene = await openRestartScene()
      scene.running(ID)
      scene.live()
      act(scene)
      await scene.until(ID, `refused skipped ${reason}`)
      expect(scene.starts).toEqual([])
      expect(scene.fleet.describe(ID)?.state).toBe('Stopped')
    }
  )

  test('a preemptible instance that is being taken away stays down', async () => {
    const scene = await openRestartScene()
    scene.running(ID, { spotStrategy: 'SpotAsPriceGo' })
    scene.live()
    scene.ecs.interrupt(ID, { inMs: 70_000, stopsBefore: true })
    await scene.until(ID, 'refused skipped lock-recycling')
    expect(scene.starts).toEqual([])
  })

  test('while ECS is down nothing is lost', async () => {
    const scene = await openRestartScene()
    scene.running(ID)
    scene.live()
    scene.faults.add({ service: 'ecs', kind: 'error', code: 'ServiceUnavailable' })
    scene.fleet.crash(ID, GUEST)
    await scene.until(ID, 'wait-0/api-unavailable failed api-unavailable')
    scene.faults.clear()
    await scene.until(ID, 'recovered done recovered')
    expect(scene.starts).toEqual([ID])
  })

  test('an answer that is lost starts nothing twice', async () => {
    const scene = await openRestartScene()
    scene.running(ID)
    scene.live()
    scene.faults.add({ service: 'ecs', operation: 'StartInstance', kind: 'reset-after', count: 1 })
    scene.fleet.crash(ID, GUEST)
    await scene.until(ID, 'recovered done recovered')
    expect(scene.starts).toEqual([ID])
  })

  test('a storm of stops starts nothing', async () => {
    const scene = await openRestartScene()
    const ids = Array.from({ length: 60 }, (_, index) => `i-bp1storm${index}`)
    for (const id of ids) scene.running(id)
    scene.live()
    for (const id of ids) scene.fleet.crash(id, GUEST)
    for (const id of ids) await scene.until(id, 'refused skipped storm-count')
    expect(scene.starts).toEqual([])
  })
})
