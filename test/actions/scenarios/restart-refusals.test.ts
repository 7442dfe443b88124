import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FleetCommands } from '../../../src/sandbox/fleet/commands.ts'
import type { InstanceProfile } from '../../../src/sandbox/fleet/instance-profile.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { until } from '../../pipeline/stage.ts'
import { stateChange } from '../../support/events.ts'
import { sendEvents } from '../../support/harness.ts'
import { Scene } from './scene.ts'

const OPTED_IN = { 'ecs-audit': 'restart' }
const MINUTE = 60_000
const SPOT = { spotStrategy: 'SpotAsPriceGo' } as const
/** A notice, Stopping and Stopped, and then the release. */
const RECLAIM = { inMs: 2_500, stopsBefore: true }

interface Row {
  /** What stops the instance, after what makes it one that must not be started. */
  readonly stop: (id: string, sandbox: Sandbox) => unknown
  readonly reason: string
  readonly given?: Partial<InstanceProfile>
}

/** Stopped, and not to be started: who or what stopped it, and the reason that is recorded. */
const ROWS: Readonly<Record<string, Row>> = {
  'an operator, in economical mode': {
    stop: (id, { fleet }) => fleet.stop(id, 'StopCharging'),
    reason: 'stop-charging'
  },
  'overdue payment': {
    stop: (id, { ecs, fleet }) => [ecs.setLock(id, 'financial'), fleet.stop(id)],
    reason: 'lock-financial'
  },
  'a security lock': {
    stop: (id, { ecs, fleet }) => [ecs.setLock(id, 'security'), fleet.stop(id)],
    reason: 'lock-security'
  },
  'overdue payment for its dedicated host': {
    stop: (id, { ecs, fleet }) => [ecs.setLock(id, 'dedicatedhostfinancial'), fleet.stop(id)],
    reason: 'lock-dedicated-host-financial'
  },
  'a refund': {
    stop: (id, { ecs, fleet }) => [ecs.setLock(id, 'refunded'), fleet.stop(id)],
    reason: 'lock-refunded'
  },
  'the system, which takes it back': {
    given: SPOT,
    stop: (id, { fleet }) => fleet.interrupt(id, RECLAIM),
    reason: 'lock-recycling'
  },
  'the system, which takes it back and keeps it stopped': {
    given: { ...SPOT, spotInterruptionBehavior: 'Stop' },
    stop: (id, { fleet }) => fleet.interrupt(id, { inMs: 0, stopsBefore: false }),
    reason: 'stop-charging'
  },
  'a crash while it is on hold': {
    given: { tags: { ...OPTED_IN, 'ecs-audit:hold': 'off' } },
    stop: crash,
    reason: 'hold-off'
  },
  'a crash while it is on hold until tomorrow': {
    given: { tags: { ...OPTED_IN, 'ecs-audit:hold': new Date(Date.now() + 86_400_000).toISOString() } },
    stop: crash,
    reason: 'hold-until'
  },
  'a crash, and nobody opted in': { given: { tags: {} }, stop: crash, reason: 'no-match' },
  'a crash, and Auto Scaling owns it': {
    given: { tags: { ...OPTED_IN, 'acs:autoscaling:scalingGroupId': 'asg-bp1' } },
    stop: crash,
    reason: 'owned-by-auto-scaling'
  },
  'a crash, and a cluster owns it': {
    given: { tags: { ...OPTED_IN, 'ack.aliyun.com': 'c1' } },
    stop: crash,
    reason: 'owned-by-kubernetes'
  },
  'the end of its subscription': {
    given: { chargeType: 'PrePaid' },
    stop: (id, { ecs, fleet }) => [ecs.setExpiry(id, Date.now() - MINUTE), fleet.stop(id)],
    reason: 'expired'
  },
  'a crash shortly before its release': {
    stop: (id, { ecs, fleet }) => [ecs.setAutoRelease(id, Date.now() + 10 * MINUTE), fleet.crash(id)],
    reason: 'releases-soon'
  }
}

function crash(id: string, { fleet }: { fleet: FleetCommands }): void {
  fleet.crash(id, { cause: 'guest' })
}

let scene: Scene

beforeAll(async () => {
  // Between the reclaim's stop and the release there must be time for a look.
  scene = await Scene.open({ pace: 40 })
  // All these instances are one fleet, and most of it stops.
  scene.start({ 'actions.restart.enabled': true, 'actions.restart.storm.percent': 100 })
})

afterAll(() => scene.close())

describe.concurrent('an instance stopped by', () => {
  test.each(Object.entries(ROWS).map(([who, row], index) => ({ who, index, ...row })))(
    '$who is left alone: $reason',
    async ({ stop, reason, given, index }) => {
      const id = await scene.running(`i-bp1row${index}`, { tags: OPTED_IN, ...given })
      stop(id, scene.sandbox)
      const told = await scene.recorded('restart', { instance_id: id })
      expect(told).toMatchObject({ decision: 'skipped', reason })
      expect(scene.starts(id)).toBe(0)
    }
  )

  test('its release, which follows at once, is left alone: released', async () => {
    const id = await scene.running('i-bp1released', { tags: OPTED_IN })
    scene.sandbox.fleet.stop(id)
    await until(() => scene.stateOf(id) === 'Stopped')
    scene.sandbox.fleet.release(id)
    expect(await scene.recorded('restart', { instance_id: id })).toMatchObject({ reason: 'released' })
  })
})

describe.concurrent('a stop that is told', () => {
  test.each([
    ['by the debug button', 'i-bp1debug', 'test-event', 0],
    ['20 minutes late', 'i-bp1old', 'event-too-old', -20 * MINUTE],
    ['20 minutes early', 'i-bp1future', 'event-from-future', 20 * MINUTE]
  ] as const)('%s calls for nothing', async (_, instanceId, reason, aheadMs) => {
    const id = await scene.running(instanceId, { tags: OPTED_IN })
    const timeMs = Date.now() + aheadMs
    const body = stateChange(Math.abs(aheadMs + 1), { instanceId: id, state: 'Stopped', timeMs })
    sendEvents(scene.sandbox, [reason === 'test-event' ? body.replace('1100220033004400', '<uid>UID') : body])
    const told = await scene.recorded('restart', { instance_id: id })
    expect(told).toMatchObject({ decision: 'skipped', reason })
  })
})

test('nothing was started', async () => {
  await scene.stage.drained()
  expect(scene.calls('ecs', 'StartInstance')).toBe(0)
  expect(scene.told('restart').every(({ decision }) => decision === 'skipped')).toBe(true)
})
