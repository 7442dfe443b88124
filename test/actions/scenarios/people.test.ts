import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SANDBOX_KEYS, SANDBOX_PEOPLE } from '../../../src/sandbox/address.ts'
import { rpcClient } from '../../sandbox/control/rpc-client.ts'
import { Scene } from './scene.ts'

const OPTED_IN = { tags: { 'ecs-audit': 'restart' } }
const RESTART = { 'actions.restart.enabled': true, 'actions.restart.respectPeople': true }
const ALICE = { accessKeyId: 'sandbox-person', accessKeySecret: SANDBOX_PEOPLE['sandbox-person'].secret }

let scene: Scene

beforeEach(async () => {
  scene = await Scene.open()
})

afterEach(() => scene.close())

/** Calls StopInstance over the socket, with somebody's key. */
async function stopAs(keys: { accessKeyId: string; accessKeySecret: string }, InstanceId: string): Promise<void> {
  await rpcClient({ url: scene.sandbox.address.ecs, version: '2014-05-26', ...keys }).done('StopInstance', {
    InstanceId
  })
}

describe('an instance that', () => {
  test('a person stopped is left alone, and the record names them', async () => {
    const id = await scene.running('i-bp1person', OPTED_IN)
    scene.start(RESTART)
    await stopAs(ALICE, id)
    const record = await scene.recorded('restart', { instance_id: id })
    expect(record).toMatchObject({ decision: 'skipped', reason: 'stopped-by-person' })
    expect(record['detail']).toContain('alice')
    await scene.stage.drained()
    expect(scene.told('restart', id)).toHaveLength(1)
    expect(scene.calls('ecs', 'StartInstance')).toBe(0)
    expect(scene.stateOf(id)).toBe('Stopped')
  })

  test('crashed is started, though a person stopped another one and was refused here', async () => {
    const id = await scene.running('i-bp1crash', OPTED_IN)
    const other = await scene.running('i-bp1other', OPTED_IN)
    scene.start(RESTART)
    scene.sandbox.ecs.setLock(id, 'financial')
    await expect(stopAs(ALICE, id)).rejects.toThrow('InstanceExpiredOrInArrears')
    scene.sandbox.ecs.setLock(id, 'financial', false)
    await stopAs(ALICE, other)
    scene.sandbox.fleet.crash(id, { cause: 'guest' })
    await scene.recorded('restart', { instance_id: id, reason: 'recovered' })
    await scene.recorded('restart', { instance_id: other, reason: 'stopped-by-person' })
    expect([scene.stateOf(id), scene.stateOf(other)]).toEqual(['Running', 'Stopped'])
    expect(scene.calls('actiontrail', 'LookupEvents')).toBeGreaterThanOrEqual(2)
  })

  test('was stopped with our own key was stopped by nobody', async () => {
    const id = await scene.running('i-bp1own', OPTED_IN)
    scene.start(RESTART)
    await stopAs(SANDBOX_KEYS, id)
    await scene.recorded('restart', { instance_id: id, reason: 'recovered' })
    expect(scene.starts(id)).toBe(1)
  })
})

test('while the trail is down nothing is started; when it is back, it is decided', async () => {
  const [crashed, stopped] = [await scene.running('i-bp1crash', OPTED_IN), await scene.running('i-bp1person', OPTED_IN)]
  const mend = scene.sandbox.faults.add({ service: 'actiontrail', kind: 'error', code: 'ServiceUnavailable' })
  scene.start(RESTART)
  scene.sandbox.fleet.crash(crashed, { cause: 'guest' })
  await stopAs(ALICE, stopped)
  for (const id of [crashed, stopped]) {
    await scene.recorded('restart', { instance_id: id, reason: 'stopper-unknown' })
  }
  expect(scene.calls('ecs', 'StartInstance')).toBe(0)
  mend()
  await scene.recorded('restart', { instance_id: crashed, reason: 'recovered' })
  await scene.recorded('restart', { instance_id: stopped, reason: 'stopped-by-person' })
  expect([scene.starts(crashed), scene.starts(stopped)]).toEqual([1, 0])
})
