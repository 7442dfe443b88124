import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { until } from '../../pipeline/stage.ts'
import { startCommand } from '../../support/command.ts'
import { sandboxConfigText } from '../../support/harness.ts'
import { Scene } from './scene.ts'

const ID = 'i-bp1survivor'
const RESTART = { 'actions.restart.enabled': true, 'queue.visibility': '2s' }
/** What is left of a dead process's intent counts for 30 s. */
const LATER = { clock: { ...systemClock, now: () => systemClock.now() + 31_000 } }

let scene: Scene
let directory: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ecs-audit-survives-'))
  scene = await Scene.open({ visibilityS: 2, clock: systemClock })
  await scene.running(ID, { tags: { 'ecs-audit': 'restart' } })
  // Long enough for a process to end and another one to begin.
  scene.sandbox.ecs.setBootMs(1_500)
})

afterEach(async () => {
  await scene.close()
  rmSync(directory, { recursive: true, force: true })
})

function crash(): void {
  scene.sandbox.fleet.crash(ID, { cause: 'guest' })
}

/** The one episode of this file, as it must end whatever happens in between. */
async function expectOneRecovery(): Promise<void> {
  await scene.recorded('restart', { instance_id: ID, reason: 'recovered' })
  await scene.stage.drained()
  expect(scene.stateOf(ID)).toBe('Running')
  expect(scene.starts(ID)).toBe(1)
  expect(scene.records('restart', ID).filter(({ reason }) => reason === 'recovered')).toHaveLength(1)
  expect(scene.told('restart', ID).some(({ decision }) => decision === 'gave_up')).toBe(false)
  expect(scene.stage.deletedEarly).toEqual([])
}

describe('a service that is stopped in a hurry', () => {
  test('before the start: the stop goes back, and the next one deals with it', async () => {
    const first = scene.start({ ...RESTART, 'actions.restart.settle': '10m' })
    crash()
    await until(() => first.state.acting > 0)
    await first.stop(AbortSignal.abort())
    expect(scene.calls('ecs', 'DescribeInstances')).toBe(0)
    scene.start(RESTART)
    await expectOneRecovery()
  })

  test('after the start: the next one sees the recovery', async () => {
    const first = scene.start(RESTART)
    crash()
    await until(() => scene.starts(ID) === 1)
    await first.stop(AbortSignal.abort())
    expect(scene.stateOf(ID)).toBe('Starting')
    scene.start(RESTART)
    await expectOneRecovery()
  })
})

describe('a process that is killed', () => {
  /** Resolves when the process of that moment is dead. */
  async function killedWhen(moment: () => boolean, settle = '300ms'): Promise<void> {
    const file = join(directory, 'ecs-audit.yaml')
    const changes = { 'actions.dryRun': false, 'actions.restart.checkAfter': '2s', 'actions.restart.settle': settle }
    const quick = { 'queue.waitSeconds': 1, 'logstore.batch.linger': '50ms' }
    writeFileSync(file, sandboxConfigText(scene.sandbox, { ...RESTART, ...changes, ...quick }))
    const run = startCommand(['run', '--config', file])
    await run.said('started')
    crash()
    await until(moment)
    run.process.kill('SIGKILL')
    expect((await run.ended).signal).toBe('SIGKILL')
  }

  function isTold(reason: string): boolean {
    return scene.told('restart', ID).some((told) => told.reason === reason)
  }

  test('before it has decided: the stop is delivered again', async () => {
    await killedWhen(() => scene.stateOf(ID) === 'Stopped' && scene.stage.queue.invisible > 0)
    scene.start(RESTART)
    await expectOneRecovery()
  })

  test('between its intent and the start: the attempt is taken up', async () => {
    // Time enough to see the intent before the start follows, on a slow machine too.
    await killedWhen(() => isTold('start'), '2s')
    expect(scene.calls('ecs', 'StartInstance')).toBe(0)
    scene.start(RESTART, LATER)
    await expectOneRecovery()
    const intents = scene.records('restart', ID).filter(({ decision }) => decision === 'intent')
    expect(intents.map(({ step, attempt }) => `${step} of ${attempt}`)).toEqual(['intent-1 of 1', 'intent-1.2 of 1'])
  })

  test('when ECS has accepted the start: the follow-up sees the recovery', async () => {
    await killedWhen(() => scene.starts(ID) === 1)
    scene.start(RESTART)
    await expectOneRecovery()
  })

  test('when the start is recorded: the follow-up sees the recovery', async () => {
    await killedWhen(() => isTold('started'))
    scene.start(RESTART)
    await expectOneRecovery()
  })
})
