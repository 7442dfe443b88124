import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { keptLog } from './kept-log.ts'
import { Scene } from './scene.ts'

/** Stops in the window beyond which nothing is restarted (`actions.restart.storm.stops`). */
const BRAKE = 20
/** All times are a twentieth of the defaults: a minute is three seconds. */
const RESTART = { 'actions.restart.enabled': true, 'actions.restart.settle': '500ms' }

let scene: Scene

beforeEach(async () => {
  scene = await Scene.open()
})

afterEach(() => scene.close())

/** A fleet that runs and is opted in, all of it told to the services. */
async function fleetOf(size: number): Promise<string[]> {
  const ids = Array.from({ length: size }, (_, index) => `i-bp1storm${String(index).padStart(4, '0')}`)
  await Promise.all(ids.map((id) => scene.running(id, { tags: { 'ecs-audit': 'restart' } })))
  await scene.stage.drained()
  return ids
}

function crash(id: string): void {
  scene.sandbox.fleet.crash(id, { cause: 'guest' })
}

/** Lets instances crash, so many each second of the storm. */
async function crashInTurn(ids: readonly string[], perSecond: number): Promise<void> {
  for (let at = 0; at < ids.length; at += perSecond) {
    ids.slice(at, at + perSecond).forEach(crash)
    await scene.clock.sleep(50)
  }
}

function startsOf(ids: readonly string[]): number {
  return ids.reduce((sum, id) => sum + scene.starts(id), 0)
}

/** The instances of which something was decided for this reason. */
function decided(...reasons: string[]): Set<string | undefined> {
  const found = scene.records('restart').filter(({ reason = '' }) => reasons.includes(reason))
  return new Set(found.map(({ instance_id: id }) => id))
}

describe('a storm of 500 stops', () => {
  test('at a time: none is restarted, each is recorded, and one line calls for a person', async () => {
    const { log, lines } = keptLog()
    scene.start(RESTART, { log })
    const ids = await fleetOf(500)
    ids.forEach(crash)
    await until(() => decided('storm-count').size === ids.length)
    await scene.stage.drained()
    expect(scene.calls('ecs', 'StartInstance')).toBe(0)
    expect(scene.told('restart').every(({ decision }) => decision === 'skipped')).toBe(true)
    // Neither ECS nor the logstore is asked about every single one.
    expect(scene.calls('ecs', 'DescribeInstances')).toBeLessThan(100)
    expect(scene.calls('sls', 'GetLogsV2')).toBeLessThan(100)
    expect(lines).toEqual([expect.objectContaining({ msg: expect.stringContaining('too many instances stopped') })])
  })

  test.each([1, 2])('in a minute, %i replicas: none is restarted', async (replicas) => {
    for (let replica = 0; replica < replicas; replica++) scene.start(RESTART)
    const ids = await fleetOf(500)
    await crashInTurn(ids, 9)
    await until(() => decided('storm-count').size === ids.length)
    expect(scene.calls('ecs', 'StartInstance')).toBe(0)
    expect(startsOf(ids)).toBe(0)
  })
})

describe('one stop a second, for a minute', () => {
  test.each([1, 2])('%i replicas: the brake holds after the first few starts', async (replicas) => {
    for (let replica = 0; replica < replicas; replica++) scene.start(RESTART)
    const ids = await fleetOf(60)
    await crashInTurn(ids, 1)
    await until(() => decided('storm-count', 'recovered').size === ids.length)
    expect(startsOf(ids)).toBeGreaterThan(0)
    expect(startsOf(ids)).toBeLessThanOrEqual(BRAKE)
    expect(decided('storm-count').size).toBe(ids.length - startsOf(ids))
  })
})
