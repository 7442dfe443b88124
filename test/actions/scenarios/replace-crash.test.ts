import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type ExpectStatic, test } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { type Changes, until } from '../../pipeline/stage.ts'
import { type RunningCommand, startCommand } from '../../support/command.ts'
import { sandboxConfigText } from '../../support/harness.ts'
import { sendNotice } from './notices.ts'
import { bought, DRAIN_AND_REPLACE, expectOneReplacement, placesOf, replaced, replacementsOf } from './replacements.ts'
import { Scene } from './scene.ts'
import { DOOMED, joinSevenGroups, SEVEN_GROUPS } from './seven-groups.ts'

const ID = 'i-bp1doomed'
const OTHER = 'i-bp1other'

/** An instance that is to be replaced, and the service as a process of its own, which can be killed. */
class Crash {
  readonly scene: Scene
  readonly #directory = mkdtempSync(join(tmpdir(), 'ecs-audit-crash-'))
  #running: RunningCommand | undefined

  static async open(): Promise<Crash> {
    // What a killed process held is soon visible again.
    const scene = await Scene.open({ visibilityS: 3, clock: systemClock })
    await scene.running(ID, DOOMED)
    await scene.running(OTHER, { vpcId: 'vpc-scene' })
    joinSevenGroups(scene, ID, OTHER)
    scene.sandbox.ecs.setBootMs(1_500)
    return new Crash(scene)
  }

  private constructor(scene: Scene) {
    this.scene = scene
    this.configure()
  }

  configure(changes: Changes = {}): void {
    const quick = {
      ...{ 'queue.visibility': '3s', 'logstore.batch.linger': '50ms', 'logstore.breaker.resetAfter': '200ms' },
      ...{ 'actions.dryRun': false, 'actions.drain.grace': '2s', 'actions.replace.checkAfter': '1s' }
    }
    const text = sandboxConfigText(this.scene.sandbox, { ...DRAIN_AND_REPLACE, ...quick, ...changes })
    writeFileSync(this.#file, text)
  }

  async start(): Promise<void> {
    this.#running = startCommand(['run', '--config', this.#file])
    await this.#running.said('started')
  }

  async kill(expect: ExpectStatic): Promise<void> {
    this.#running?.process.kill('SIGKILL')
    expect((await this.#running?.ended)?.signal).toBe('SIGKILL')
  }

  async close(): Promise<void> {
    this.#running?.process.kill('SIGKILL')
    await this.#running?.ended
    await this.scene.close()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  get #file(): string {
    return join(this.#directory, 'ecs-audit.yaml')
  }
}

/** Opens it for one test and closes it after. */
async function onCrash(run: (crash: Crash) => Promise<void>): Promise<void> {
  const crash = await Crash.open()
  try {
    await run(crash)
  } finally {
    await crash.close()
  }
}

/** In the end there is one replacement in all the places of the old instance, and the records say which. */
async function expectReplacedOnce(scene: Scene, wanted: readonly string[], expect: ExpectStatic): Promise<void> {
  const record = await replaced(scene)
  const { instanceId } = await expectOneReplacement(scene, ID, wanted)
  expect(bought(scene, ID)).toBe(1)
  expect(record).toMatchObject({ decision: 'done', reason: 'replaced', target: instanceId, instance_id: ID })
  await until(() => scene.told('drain', ID).some(({ step, decision }) => step === 'drained' && decision === 'done'))
  expect(placesOf(scene, ID)).toEqual([])
  expect(scene.records('replace', ID).filter(({ reason }) => reason === 'surplus')).toEqual([])
  expect(scene.stage.deletedEarly).toEqual([])
}

describe.concurrent('the service is killed', { timeout: 300_000 }, () => {
  test('again and again on the way: one replacement in the end', ({ expect }) =>
    onCrash(async (crash) => {
      const { scene } = crash
      const places = placesOf(scene, ID)
      const added = (): boolean => {
        const [replacement] = replacementsOf(scene, ID)
        return replacement !== undefined && placesOf(scene, replacement.instanceId).length > 0
      }
      const moments = [
        () => scene.records('drain', ID).filter(({ decision }) => decision === 'intent').length === SEVEN_GROUPS.length,
        () => bought(scene, ID) > 0,
        () => replacementsOf(scene, ID)[0]?.state === 'Running',
        added,
        () => placesOf(scene, ID).length === 0
      ]
      sendNotice(scene, ID)
      for (const moment of moments) {
        await crash.start()
        await until(moment)
        await crash.kill(expect)
      }
      await crash.start()
      await expectReplacedOnce(scene, places, expect)
    }))

  test.for([
    ['its answer never comes', 'stall-after'],
    ['the connection is reset instead of an answer', 'reset-after']
  ] as const)('after a purchase was accepted, when %s: exactly one replacement in the end', ([, kind], { expect }) =>
    onCrash(async (crash) => {
      const { scene } = crash
      const places = placesOf(scene, ID)
      scene.sandbox.faults.add({ service: 'ecs', operation: 'RunInstances', kind, count: 1 })
      await crash.start()
      sendNotice(scene, ID)
      await until(() => bought(scene, ID) === 1)
      await crash.kill(expect)
      expect(scene.told('replace', ID).map(({ reason }) => reason)).not.toContain('bought')
      scene.sandbox.faults.clear()
      await crash.start()
      await expectReplacedOnce(scene, places, expect)
    })
  )

  test('with a logstore that has taken no record at all: exactly one replacement, with the weights of new entries', ({
    expect
  }) =>
    onCrash(async (crash) => {
      const { scene } = crash
      const places = placesOf(scene, ID)
      crash.configure({ 'actions.drain.grace': '15s' })
      scene.sandbox.faults.add({ service: 'ecs', operation: 'RunInstances', kind: 'stall-after', count: 1 })
      scene.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'empty' })
      await crash.start()
      sendNotice(scene, ID)
      await until(() => bought(scene, ID) === 1)
      await crash.kill(expect)
      expect(scene.records('replace')).toEqual([])
      scene.sandbox.faults.clear()
      await crash.start()
      // Nothing tells what the weights were before they became 0.
      await expectReplacedOnce(
        scene,
        places.map((place) => place.replace(/ \d+$/, ' 100')),
        expect
      )
    }))
})
