import type { IncidentStep } from './incident.ts'
import { drawIncident } from './incidents.ts'
import { drawProfile, type InstanceProfile, type ProfileSource } from './instance-profile.ts'
import { type Life, openLife, type ReleaseCause, type StoppedMode } from './life.ts'
import { openOperation, operationEvent } from './operation-events.ts'
import { interruptionNotice } from './state-events.ts'
import { EVENT_GAP_MS, type Step, type World } from './world.ts'

const FAILED_CREATION_RATE = 0.01
const FAILED_START_RATE = 0.02
const MINUTE = 60_000

/** Creates an instance: Pending or Created, Starting, Running; rarely the creation fails and it is deleted. */
export function create(world: World, source: ProfileSource, given: Partial<InstanceProfile> = {}): Life {
  const { chance } = world
  const life = openLife(drawProfile(chance, source, given))
  world.enter(life, chance.pick(['Pending', 'Created']))
  if (chance.happens(FAILED_CREATION_RATE)) world.play(life, failedCreation(world, life))
  else world.play(life, [{ afterMs: chance.between(1_500, 4_000), act: () => start(world, life) }])
  return life
}

/** Starts a stopped instance, or a new one; now and then it ends up Stopped again. */
export function start(world: World, life: Life): void {
  world.enter(life, 'Starting')
  world.play(life, [arrival(world, life)])
}

/** Stops a running instance on its owner's behalf. */
export function stop(world: World, life: Life, mode: StoppedMode): void {
  world.enter(life, 'Stopping')
  world.play(life, [stopped(world, life, mode)])
}

/** Restarts a running instance: Stopping, with or without Stopped, then Starting and Running. */
export function restart(world: World, life: Life): void {
  const { chance } = world
  life.restarts += 1
  world.enter(life, 'Stopping')
  const starting = { afterMs: chance.between(2_000, 8_000), act: () => world.enter(life, 'Starting') }
  const down = chance.happens(0.5) ? [stopped(world, life, 'KeepCharging')] : []
  world.play(life, [...down, starting, arrival(world, life)])
}

/**
 * A running instance goes down although nobody asked: Stopped without Stopping, in the middle of a SystemFailure.Reboot
 * or an InstanceFailure.Reboot, or, for a shutdown inside the guest, without any other event.
 */
export function crash(world: World, life: Life): void {
  const { chance } = world
  const down = {
    afterMs: chance.between(1_000, 5_000),
    act: () => {
      world.enter(life, 'Stopped')
      life.stoppedMode = 'KeepCharging'
      life.stoppedUnexpectedly = true
      life.unexpectedStops += 1
    }
  }
  if (chance.happens(0.6)) announceFailure(world, life)
  world.play(life, [down])
}

function announceFailure(world: World, life: Life): void {
  const { chance } = world
  const eventType = chance.pick(['SystemFailure.Reboot', 'InstanceFailure.Reboot'])
  let startMs = 0
  let operation = openOperation(eventType, world.nowMs, chance)
  world.announce(life, (atMs) => {
    startMs = atMs
    operation = { ...operation, publishMs: atMs }
    return operationEvent(life.profile, operation, { status: 'Executing', startMs, chance })
  })
  world.whileAlive(life, chance.between(30_000, 3 * MINUTE), () =>
    world.announce(life, (atMs) =>
      operationEvent(life.profile, operation, { status: 'Executed', startMs, finishMs: atMs, chance })
    )
  )
}

/** Gives a preemptible instance its notice, and takes it back some five minutes later, often by way of Stopped. */
export function interrupt(world: World, life: Life): void {
  const { chance } = world
  world.announce(life, interruptionNotice(life.profile, chance))
  life.noticeMs = life.lastEventMs
  const graceMs = chance.between(5 * MINUTE, 5.5 * MINUTE)
  const stopsBefore = chance.happens(0.5)
  const halt: Step[] = [
    { afterMs: graceMs - MINUTE, act: () => world.enter(life, 'Stopping') },
    stopped(world, life, 'KeepCharging')
  ]
  world.play(life, stopsBefore ? halt : [])
  reclaim(world, life, graceMs)
}

/** Releases an instance that is Running or Stopped. */
export function release(world: World, life: Life, cause: ReleaseCause): void {
  life.releasedBy = cause
  world.enter(life, 'Deleted')
}

/** Lets one of the many other things happen to a running instance; some of them go on for days. */
export function befall(world: World, life: Life): void {
  const { chance, nowMs, pace } = world
  follow(world, life, drawIncident(chance)({ instance: life.profile, chance, nowMs, pace }))
}

function follow(world: World, life: Life, [step, ...rest]: readonly IncidentStep[]): void {
  if (step === undefined) return
  const happen = () => {
    world.announce(life, step.draft)
    if (step.reboots === true && life.state === 'Running' && life.noticeMs === undefined) restart(world, life)
    follow(world, life, rest)
  }
  if (step.afterMs === 0) happen()
  else world.whileAlive(life, step.afterMs, happen)
}

/** A deadline that no decision of the owner puts off; an instance between two states is taken when it has arrived. */
function reclaim(world: World, life: Life, afterMs: number): void {
  world.whileAlive(life, afterMs, () => {
    if (life.state === 'Running' || life.state === 'Stopped') release(world, life, 'spot')
    else reclaim(world, life, EVENT_GAP_MS)
  })
}

function arrival(world: World, life: Life): Step {
  const { chance } = world
  return {
    afterMs: chance.between(8_000, 40_000),
    act: () => {
      if (chance.happens(FAILED_START_RATE)) return world.enter(life, 'Stopped')
      world.enter(life, 'Running')
      life.stoppedMode = 'Not-applicable'
      life.stoppedUnexpectedly = false
    }
  }
}

function stopped(world: World, life: Life, mode: StoppedMode): Step {
  return {
    afterMs: world.chance.between(5_000, 30_000),
    act: () => {
      world.enter(life, 'Stopped')
      life.stoppedMode = mode
    }
  }
}

function failedCreation(world: World, life: Life): Step[] {
  const { chance } = world
  const tell = () =>
    world.announce(life, (finishMs) => {
      const startMs = finishMs - 2_000
      const operation = openOperation('SystemFailure.Delete', startMs, chance)
      return operationEvent(life.profile, operation, { status: 'Executed', startMs, finishMs, chance })
    })
  return [
    { afterMs: 3_000, act: tell },
    { afterMs: 2_000, act: () => release(world, life, 'failed-creation') }
  ]
}
