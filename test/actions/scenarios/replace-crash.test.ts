import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Changes, until } from '../../pipeline/stage.ts'
import { type RunningCommand, startCommand } from '../../support/command.ts'
import { sandboxConfigText } from '../../support/harness.ts'
import { sendNotice } from './notices.ts'
import { bought, DRAIN_AND_REPLACE, expectOneReplacement, placesOf, replaced, replacementsOf } from './replacements.ts'
import { Scene } from './scene.ts'
import { DOOMED, joinSevenGroups, SEVEN_GROUPS } from './seven-groups.ts'

const ID = 'i-bp1doomed'
const OTHER = 'i-bp1other'

let scene: Scene
let directory: string
let places: readonly string[]
let running: RunningCommand | undefined

beforeEach(async () => {
  running = undefined
  // What a killed process held is soon visible again.
  scene = await Scene.open({ visibilityS: 3 })
  directory = mkdtempSync(join(tmpdir(), 'ecs-audit-crash-'))
  writeConfig()
  await scene.running(ID, DOOMED)
  await scene.running(OTHER, { vpcId: 'vpc-scene' })
  joinSevenGroups(scene, ID, OTHER)
  places = placesOf(scene, ID)
  scene.sandbox.ecs.setBootMs(1_500)
})

afterEach(async () => {
  running?.process.kill('SIGKILL')
  await running?.ended
  await scene.close()
  rmSync(directory, { recursive: true, force: true })
})

function writeConfig(changes: Changes = {}): void {
  const quick = {
    ...{ 'queue.visibility': '3s', 'logstore.batch.linger': '50ms', 'logstore.breaker.resetAfter': '200ms' },
    ...{ 'actions.dryRun': false, 'actions.drain.grace': '2s', 'actions.replace.checkAfter': '1s' }
  }
  const text = sandboxConfigText(scene.sandbox, { ...DRAIN_AND_REPLACE, ...quick, ...changes })
  writeFileSync(join(directory, 'ecs-audit.yaml'), text)
}

/** Starts the service as a process of its own. */
async function startProcess(): Promise<RunningCommand> {
  running = startCommand(['run', '--config', join(directory, 'ecs-audit.yaml')])
  await running.said('started')
  return running
}

async function kill(): Promise<void> {
  running?.process.kill('SIGKILL')
  expect((await running?.ended)?.signal).toBe('SIGKILL')
}

/** In the end there is one replacement in all the places of the old instance, and the records say which. */
async function expectReplacedOnce(wanted: readonly string[] = places): Promise<void> {
  const record = await replaced(scene)
  const { instanceId } = await expectOneReplacement(scene, ID, wanted)
  expect(bought(scene, ID)).toBe(1)
  expect(record).toMatchObject({ decision: 'done', reason: 'replaced', target: instanceId, instance_id: ID })
  await until(() => scene.told('drain', ID).some(({ step, decision }) => step === 'drained' && decision === 'done'))
  expect(placesOf(scene, ID)).toEqual([])
  expect(scene.records('replace', ID).filter(({ reason }) => reason === 'surplus')).toEqual([])
  expect(scene.stage.deletedEarly).toEqual([])
}

describe('the service is killed', () => {
  test.each([
    ['its answer never comes', 'stall-after'],
    ['the connection is reset instead of an answer', 'reset-after']
  ] as const)(
    'after a purchase was accepted, when %s: exactly one replacement in the end',
    async (_, kind) => {
      scene.sandbox.faults.add({ service: 'ecs', operation: 'RunInstances', kind, count: 1 })
      await startProcess()
      sendNotice(scene, ID)
      await until(() => bought(scene, ID) === 1)
      await kill()
      expect(scene.told('replace', ID).map(({ reason }) => reason)).not.toContain('bought')
      scene.sandbox.faults.clear()
      await startProcess()
      await expectReplacedOnce()
    },
    60_000
  )

  test('with a logstore that has taken no record at all: exactly one replacement, with the weights of new entries', async () => {
    writeConfig({ 'actions.drain.grace': '15s' })
    scene.sandbox.faults.add({ service: 'ecs', operation: 'RunInstances', kind: 'stall-after', count: 1 })
    scene.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'empty' })
    await startProcess()
    sendNotice(scene, ID)
    await until(() => bought(scene, ID) === 1)
    await kill()
    expect(scene.records('replace')).toEqual([])
    scene.sandbox.faults.clear()
    await startProcess()
    // Nothing tells what the weights were before they became 0.
    await expectReplacedOnce(places.map((place) => place.replace(/ \d+$/, ' 100')))
  }, 90_000)

  test('again and again on the way: one replacement in the end', async () => {
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
      await startProcess()
      await until(moment, 60_000)
      await kill()
    }
    await startProcess()
    await expectReplacedOnce()
  }, 150_000)
})
