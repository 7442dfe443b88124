import { describe, expect, it } from 'vitest'
import { createFleet } from '../../../src/sandbox/fleet/fleet.ts'
import { NO_NOISE } from '../../../src/sandbox/fleet/options.ts'
import { readMessage } from './read-message.ts'

const START = Date.UTC(2026, 0, 5)
const MINUTE = 60_000

/** A fleet that does nothing of its own accord, with one instance that is Running. */
function oneRunning(spotStrategy: 'NoSpot' | 'SpotAsPriceGo' = 'NoSpot') {
  const never = Number.POSITIVE_INFINITY
  const fleet = createFleet({
    seed: 5,
    startMs: START,
    size: 0,
    noise: NO_NOISE,
    habits: { runningMs: never, stoppedMs: never }
  })
  const { instanceId } = fleet.create({ instanceName: 'web-1', regionId: 'cn-beijing', spotStrategy })
  fleet.advance(START + 5 * MINUTE)
  expect(fleet.describe(instanceId)?.state).toBe('Running')
  /** The states and notices told in the next so many minutes. */
  const hear = (minutes: number) =>
    fleet
      .advance(fleet.nowMs + minutes * MINUTE)
      .map(({ body }) => readMessage(body))
      .map(({ detail }) => detail)
  return { fleet, instanceId, hear }
}

describe('a fleet on command', () => {
  it('describes what was asked for', () => {
    const { fleet, instanceId } = oneRunning()
    expect(fleet.describe(instanceId)).toMatchObject({
      instanceId: expect.stringMatching(/^i-2ze[0-9a-z]{17}$/),
      instanceName: 'web-1',
      regionId: 'cn-beijing',
      zoneId: expect.stringMatching(/^cn-beijing-[a-z]$/),
      createdMs: START,
      recycling: false
    })
    expect(fleet.list()).toEqual([fleet.describe(instanceId)])
  })

  it('stops and starts', () => {
    const { fleet, instanceId, hear } = oneRunning()
    expect(fleet.stop(instanceId, 'StopCharging')).toBe('accepted')
    expect(fleet.describe(instanceId)?.state).toBe('Stopping')
    expect(fleet.start(instanceId)).toBe('incorrect-status')
    expect(hear(5)).toEqual(['Stopping', 'Stopped'])
    expect(fleet.describe(instanceId)).toMatchObject({ state: 'Stopped', stoppedMode: 'StopCharging' })
    expect(fleet.start(instanceId)).toBe('accepted')
    expect(hear(5)).toEqual(['Starting', 'Running'])
    expect(fleet.describe(instanceId)).toMatchObject({ state: 'Running', stoppedMode: 'Not-applicable' })
  })

  it('restarts', () => {
    const { fleet, instanceId, hear } = oneRunning()
    expect(fleet.restart(instanceId)).toBe('accepted')
    expect(hear(5).filter((state) => state !== 'Stopped')).toEqual(['Stopping', 'Starting', 'Running'])
    expect(fleet.truth().instances[0]).toMatchObject({ restarts: 1, unexpectedStops: 0 })
  })

  it('crashes without Stopping, and is started again', () => {
    const { fleet, instanceId, hear } = oneRunning()
    expect(fleet.crash(instanceId)).toBe('accepted')
    const heard = hear(5)
    expect(heard).toContain('Stopped')
    expect(heard).not.toContain('Stopping')
    expect(fleet.truth().instances[0]).toMatchObject({ unexpectedStops: 1, stoppedUnexpectedly: true })
    expect(fleet.start(instanceId)).toBe('accepted')
    expect(hear(5)).toEqual(['Starting', 'Running'])
    expect(fleet.truth().instances[0]?.stoppedUnexpectedly).toBe(false)
  })

  it('releases a running and a stopped instance; then it is gone', () => {
    const running = oneRunning()
    expect(running.fleet.release(running.instanceId)).toBe('accepted')
    expect(running.hear(1)).toEqual(['Deleted'])
    expect(running.fleet.describe(running.instanceId)).toBeUndefined()
    expect(running.fleet.start(running.instanceId)).toBe('missing')
    expect(running.fleet.truth().instances[0]?.releasedBy).toBe('while-running')
    const stopped = oneRunning()
    stopped.fleet.stop(stopped.instanceId)
    stopped.hear(5)
    expect(stopped.fleet.release(stopped.instanceId)).toBe('accepted')
    expect(stopped.fleet.truth().instances[0]?.releasedBy).toBe('after-stop')
  })

  it('locks a preemptible instance after its notice, and takes it back even if its owner stops it', () => {
    const { fleet, instanceId, hear } = oneRunning('SpotAsPriceGo')
    expect(fleet.interrupt(instanceId)).toBe('accepted')
    expect(fleet.describe(instanceId)?.recycling).toBe(true)
    expect(fleet.interrupt(instanceId)).toBe('locked')
    expect(fleet.stop(instanceId)).toBe('accepted')
    expect(hear(4)).toEqual(['delete', 'Stopping', 'Stopped'])
    expect(fleet.start(instanceId)).toBe('locked')
    expect(hear(2)).toEqual(['Deleted'])
    expect(fleet.truth().instances[0]?.releasedBy).toBe('spot')
  })

  it('interrupts preemptible instances only', () => {
    const { fleet, instanceId } = oneRunning('NoSpot')
    expect(fleet.interrupt(instanceId)).toBe('incorrect-status')
    expect(fleet.interrupt('i-nobody')).toBe('missing')
  })

  it('lets starts and creations fail as often as it is told', () => {
    const { fleet, instanceId, hear } = oneRunning()
    fleet.stop(instanceId)
    hear(5)
    expect(fleet.change(instanceId, { failingStarts: 1 })).toBe('accepted')
    fleet.start(instanceId)
    expect(hear(5)).toEqual(['Starting', 'Stopped'])
    expect(fleet.describe(instanceId)?.stoppedMode).toBe('KeepCharging')
    fleet.start(instanceId)
    expect(hear(5)).toEqual(['Starting', 'Running'])
    fleet.failCreations(1)
    const lost = fleet.create()
    expect(hear(5).slice(1)).toEqual(['Executed', 'Deleted'])
    expect(fleet.describe(lost.instanceId)).toBeUndefined()
  })

  it('does not start what is locked', () => {
    const { fleet, instanceId, hear } = oneRunning()
    fleet.stop(instanceId)
    hear(5)
    fleet.change(instanceId, { locks: ['financial'] })
    expect(fleet.describe(instanceId)?.locks).toEqual(['financial'])
    expect(fleet.start(instanceId)).toBe('locked')
    fleet.change(instanceId, { locks: [] })
    expect(fleet.start(instanceId)).toBe('accepted')
    expect(fleet.change('i-nobody', { locks: [] })).toBe('missing')
  })

  it('crashes by the cause that it is told', () => {
    const guest = oneRunning()
    guest.fleet.crash(guest.instanceId, { cause: 'guest' })
    expect(guest.hear(5)).toEqual(['Stopped'])
    const host = oneRunning()
    host.fleet.crash(host.instanceId, { cause: 'SystemFailure.Reboot' })
    expect(host.hear(5)).toEqual(['Executing', 'Stopped', 'Executed'])
  })

  it('is as quick as it is told: boot time and deadline at any pace', () => {
    const { fleet, instanceId } = oneRunning('SpotAsPriceGo')
    fleet.setBootMs(90_000)
    fleet.stop(instanceId)
    fleet.advance(fleet.nowMs + 5 * MINUTE)
    fleet.start(instanceId)
    const startMs = fleet.nowMs
    fleet.advance(startMs + 89_000)
    expect(fleet.describe(instanceId)?.state).toBe('Starting')
    fleet.advance(startMs + 91_000)
    expect(fleet.describe(instanceId)).toMatchObject({ state: 'Running', startedMs: startMs + 90_000 })
    fleet.interrupt(instanceId, { inMs: 20_000 })
    const noticeMs = fleet.nowMs
    fleet.advance(noticeMs + MINUTE)
    expect(fleet.truth().instances[0]?.releasedMs).toBe(noticeMs + 20_000)
  })

  it('tells its watchers of events, of a release while the instance can be seen, and of commands', () => {
    const { fleet, instanceId } = oneRunning()
    const told: string[] = []
    const unwatch = fleet.watch({
      event: ({ draft }) => told.push(draft.detail),
      released: (instance) => told.push(`${fleet.describe(instance.instanceId)?.state}`),
      beforeCommand: () => told.push('before'),
      afterCommand: () => told.push('after')
    })
    fleet.release(instanceId)
    expect(told).toEqual(['before', 'Deleted', 'Deleted', 'after'])
    expect(fleet.describe(instanceId)).toBeUndefined()
    unwatch()
    fleet.create()
    expect(told).toHaveLength(4)
  })

  it('refuses an id that is taken', () => {
    const { fleet, instanceId } = oneRunning()
    expect(() => fleet.create({ instanceId })).toThrow(instanceId)
  })
})
