import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { keptLog } from './kept-log.ts'
import { Scene } from './scene.ts'

const OPTED_IN = { tags: { 'ecs-audit': 'restart' } }
const RESTART = { 'actions.restart.enabled': true }
/** Down by itself, and nobody but its owner knows why. */
const CRASH = { cause: 'guest' } as const

let scene: Scene

beforeEach(async () => {
  scene = await Scene.open()
})

afterEach(() => scene.close())

/** What was told of an instance once nothing is left to be done, without the follow-ups that found it done. */
async function wholeStory(id: string): Promise<string[]> {
  await scene.stage.drained()
  const told = scene.told('restart', id).map(({ step, decision, reason }) => `${step} ${decision} ${reason}`)
  return told.filter((line) => !line.startsWith('check-'))
}

describe('a crash', () => {
  test('is followed by a start, a recovery, and their records', async () => {
    const id = await scene.running('i-bp1crash', OPTED_IN)
    scene.start(RESTART)
    scene.sandbox.fleet.crash(id, CRASH)
    const recovered = await scene.recorded('restart', { instance_id: id, reason: 'recovered' })
    const [intent] = scene.records('restart', id)
    expect(scene.stateOf(id)).toBe('Running')
    expect(Number(recovered['lost_ms'])).toBeGreaterThan(50)
    expect(recovered['caused_by']).toBe(intent?.['caused_by'])
    expect(await wholeStory(id)).toEqual(['intent-1 intent start', 'start-1 done started', 'recovered done recovered'])
    expect(scene.calls('ecs', 'StartInstance')).toBe(1)
    expect(scene.stage.deletedEarly).toEqual([])
  })

  test('that ECS is recovering from is left to it until it says that it has ended', async () => {
    const id = await scene.running('i-bp1platform', OPTED_IN)
    scene.start(RESTART)
    scene.sandbox.fleet.crash(id, { cause: 'SystemFailure.Reboot' })
    await scene.recorded('restart', { instance_id: id, reason: 'maintenance-in-flight' })
    await scene.recorded('restart', { instance_id: id, reason: 'recovered' })
    const executed = scene.sandbox.fleet.truth().events.find(({ detail }) => detail === 'Executed')
    const [intent] = scene.records('restart', id).filter(({ decision }) => decision === 'intent')
    expect(Number(intent?.['event_ms'])).toBeGreaterThanOrEqual(executed?.atMs ?? Number.NaN)
    expect(scene.starts(id)).toBe(1)
  })

  test('in a dry run is told, and nothing is changed', async () => {
    const id = await scene.running('i-bp1dry', OPTED_IN)
    scene.start({ ...RESTART, 'actions.dryRun': true })
    scene.sandbox.fleet.crash(id, CRASH)
    await scene.recorded('restart', { instance_id: id })
    expect(await wholeStory(id)).toEqual(['would-start-1 would_do start'])
    expect(scene.calls('ecs', 'StartInstance')).toBe(0)
    expect(scene.stateOf(id)).toBe('Stopped')
  })
})

describe('a start that fails twice and then works', () => {
  test('refused by ECS for the moment: one attempt', async () => {
    const id = await scene.running('i-bp1refused', OPTED_IN)
    scene.start(RESTART)
    scene.sandbox.ecs.failStarts(id, 2, 'InstanceNotReady')
    scene.sandbox.fleet.crash(id, CRASH)
    const recovered = await scene.recorded('restart', { instance_id: id, reason: 'recovered' })
    expect(recovered['attempt']).toBe('1')
    expect(scene.calls('ecs', 'StartInstance')).toBe(3)
    expect(scene.starts(id)).toBe(1)
    expect(new Set(scene.records('restart', id).map(({ attempt }) => attempt))).toEqual(new Set(['1']))
  })

  test('stopped again each time: one episode of three attempts', async () => {
    const id = await scene.running('i-bp1again', OPTED_IN)
    scene.start(RESTART)
    scene.sandbox.ecs.failStarts(id, 2)
    scene.sandbox.fleet.crash(id, CRASH)
    const recovered = await scene.recorded('restart', { instance_id: id, reason: 'recovered' })
    expect(recovered['attempt']).toBe('3')
    expect(scene.stateOf(id)).toBe('Running')
    expect(scene.starts(id)).toBe(3)
    const story = await wholeStory(id)
    expect(story.filter((line) => /^(intent|recovered)/.test(line))).toEqual([
      'intent-1 intent start',
      'intent-2 intent start',
      'intent-3 intent start',
      'recovered done recovered'
    ])
  })
})

describe('a start that never works', () => {
  test('is given up after the last attempt, and somebody is told', async () => {
    const id = await scene.running('i-bp1never', OPTED_IN)
    const { log, lines } = keptLog()
    scene.start(RESTART, { log })
    scene.sandbox.ecs.failStarts(id, 1_000)
    scene.sandbox.fleet.crash(id, CRASH)
    await scene.recorded('restart', { instance_id: id, decision: 'gave_up', reason: 'attempts-used-up' })
    expect((await wholeStory(id)).filter((line) => line.includes('gave_up'))).toHaveLength(1)
    expect(scene.starts(id)).toBe(3)
    expect(scene.calls('ecs', 'StartInstance')).toBe(3)
    expect(scene.stateOf(id)).toBe('Stopped')
    const told = { action: 'restart', instanceId: id, decision: 'gave_up', reason: 'attempts-used-up' }
    expect(lines).toEqual([expect.objectContaining(told)])
  })

  test('because ECS refuses it for good is given up at once', async () => {
    const id = await scene.running('i-bp1balance', OPTED_IN)
    const { log, lines } = keptLog()
    scene.start(RESTART, { log })
    scene.sandbox.ecs.failStarts(id, 1_000, 'InsufficientBalance')
    scene.sandbox.fleet.crash(id, CRASH)
    const { detail } = await scene.recorded('restart', { instance_id: id, decision: 'gave_up' })
    expect(detail).toContain('InsufficientBalance')
    await scene.stage.drained()
    expect(scene.calls('ecs', 'StartInstance')).toBe(1)
    expect(lines).toHaveLength(1)
  })
})

describe('a crash loop', () => {
  test('ends when the starts of the hour are used up, also those of another process', async () => {
    const id = await scene.running('i-bp1loop', OPTED_IN)
    const first = scene.start(RESTART)
    scene.sandbox.ecs.crashAfterStart(id, { times: 1, afterMs: 50 })
    scene.sandbox.fleet.crash(id, CRASH)
    await until(() => scene.starts(id) === 2 && scene.stateOf(id) === 'Running')
    await scene.stage.drained()
    await first.stop()

    scene.start(RESTART)
    scene.sandbox.ecs.crashAfterStart(id, { times: 100, afterMs: 50 })
    scene.sandbox.fleet.crash(id, CRASH)
    await scene.recorded('restart', { instance_id: id, decision: 'gave_up', reason: 'restart-loop' })
    await scene.stage.drained()
    expect(scene.starts(id)).toBe(3)
    expect(scene.stateOf(id)).toBe('Stopped')
    expect(scene.records('restart', id).filter(({ reason }) => reason === 'recovered')).toHaveLength(3)
  })
})

describe("its owner's own restart", () => {
  test('is none of our business', async () => {
    scene.start({ ...RESTART, 'actions.restart.settle': '300ms' })
    const ids = Array.from({ length: 6 }, (_, index) => `i-bp1reboot${index}`)
    await Promise.all(ids.map((id) => scene.running(id, OPTED_IN)))
    for (const id of ids) scene.sandbox.fleet.restart(id)
    await until(() => ids.every((id) => scene.starts(id) === 1 && scene.stateOf(id) === 'Running'))
    await scene.stage.drained()
    const told = scene.told('restart').map(({ decision, reason }) => `${decision} ${reason}`)
    expect(new Set(told)).toEqual(new Set(['skipped already-running']))
    expect(scene.calls('ecs', 'StartInstance')).toBe(0)
  })
})
