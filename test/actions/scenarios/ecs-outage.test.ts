import { afterEach, describe, expect, test } from 'vitest'
import type { FaultRule } from '../../../src/sandbox/faults.ts'
import { until } from '../../pipeline/stage.ts'
import { stateChanges } from '../../support/events.ts'
import { sendEvents } from '../../support/harness.ts'
import { HurryClock } from '../../support/hurry-clock.ts'
import { keptLog } from './kept-log.ts'
import { Scene } from './scene.ts'

const EVENTS = 2_000
const CRASHES = 10
const PACE = 10
const RESTART = {
  'actions.restart.enabled': true,
  'actions.restart.settle': '1s',
  'actions.restart.checkAfter': '10s',
  'actions.restart.storm.percent': 100
}
const TROUBLES: Readonly<Record<string, Partial<FaultRule> & Pick<FaultRule, 'kind'>>> = {
  'answers 503': { kind: 'error', code: 'ServiceUnavailable' },
  'resets connections': { kind: 'reset-before' },
  'never answers': { kind: 'stall-before' }
}

let scene: Scene

afterEach(() => scene.close())

/** A fleet on a clock ten times as fast as the machine's, so that time limits of ten seconds are one. */
async function openScene(): Promise<string[]> {
  scene = await Scene.open({ clock: new HurryClock(PACE) })
  const ids = Array.from({ length: CRASHES }, (_, index) => `i-bp1outage${index}`)
  await Promise.all(ids.map((id) => scene.running(id, { tags: { 'ecs-audit': 'restart' } })))
  return ids
}

describe('ECS', () => {
  test.each(Object.entries(TROUBLES))(
    'that %s: every event is stored meanwhile, and the restarts come when it is back',
    async (_, fault) => {
      const ids = await openScene()
      const clear = scene.sandbox.faults.add({ service: 'ecs', ...fault })
      scene.start(RESTART)
      for (const id of ids) scene.sandbox.fleet.crash(id, { cause: 'guest' })
      sendEvents(scene.sandbox, stateChanges(EVENTS))
      await until(() => scene.eventsStored === EVENTS + scene.sandbox.fleet.truth().events.length)
      await until(() => decided('api-unavailable', 'api-unknown').size === CRASHES)
      expect(ids.map((id) => scene.starts(id))).toEqual(ids.map(() => 0))

      clear()
      // A breaker rests by the machine's clock.
      await until(() => decided('recovered').size === CRASHES, 60_000)
      expect(ids.map((id) => scene.starts(id))).toEqual(ids.map(() => 1))
      expect(scene.stage.deletedEarly).toEqual([])
    }
  )

  test.each(['DescribeInstances', 'StartInstance'])(
    'whose %s fails past the deadline: given up, and recorded',
    async (operation) => {
      const [id = ''] = await openScene()
      const { log, lines } = keptLog()
      scene.sandbox.faults.add({ service: 'ecs', operation, kind: 'error', code: 'ServiceUnavailable' })
      scene.start({ ...RESTART, 'actions.restart.deadline': '1m' }, { log })
      scene.sandbox.fleet.crash(id, { cause: 'guest' })
      const told = await scene.recorded('restart', { instance_id: id, decision: 'gave_up' })
      expect(told['reason']).toBe('deadline')
      await scene.stage.drained()
      expect(scene.starts(id)).toBe(0)
      expect(lines.filter(({ decision }) => decision === 'gave_up')).toHaveLength(1)
    }
  )
})

/** The instances of which something was decided for one of these reasons. */
function decided(...reasons: string[]): Set<string | undefined> {
  const found = scene.records('restart').filter(({ reason = '' }) => reasons.includes(reason))
  return new Set(found.map(({ instance_id: id }) => id))
}
