import { release } from './departure.ts'
import type { IncidentStep } from './incident.ts'
import { drawIncident } from './incidents.ts'
import { drawProfile, type InstanceProfile, type ProfileSource } from './instance-profile.ts'
import { type Life, openLife, type StoppedMode } from './life.ts'
import { openOperation, operationEvent } from './operation-events.ts'
import { arrival, stopped } from './steps.ts'
import type { Step, World } from './world.ts'

/** Creates an instance: Pending or Created, Starting, Running; rarely the creation fails and it is deleted. */
export function create(world: World, source: ProfileSource, given: Partial<InstanceProfile> = {}): Life {
  const { chance } = world
  const life = openLife(drawProfile(chance, source, given))
  world.enter(life, chance.pick(['Pending', 'Created']))
  const unlucky = chance.happens(world.mishaps.creationRate)
  if (unlucky || world.failingCreations > 0) {
    world.failingCreations = Math.max(0, world.failingCreations - 1)
    world.play(life, failedCreation(world, life))
  } else {
    const afterMs = world.bootMs === undefined ? chance.between(1_500, 4_000) : 0
    world.play(life, [{ afterMs, act: () => start(world, life) }])
  }
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

/** Lets one of the many other things happen to a running instance; some of them go on for days. */
export function befall(world: World, life: Life): void {
  const { chance, nowMs, pace } = world
  follow(world, life, drawIncident(chance)({ instance: life.profile, chance, nowMs, pace }))
}

function follow(world: World, life: Life, [step, ...rest]: readonly IncidentStep[]): void {
  if (step === undefined) return
  const happen = () => {
    world.announce(life, step.draft)
    if (step.reboots === true && life.state === 'Running' && !life.recycling) restart(world, life)
    follow(world, life, rest)
  }
  if (step.afterMs === 0) happen()
  else world.whileAlive(life, step.afterMs, happen)
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
