import type { Life, ReleaseCause } from './life.ts'
import { interruptionNotice } from './state-events.ts'
import { stopped } from './steps.ts'
import type { Step, World } from './world.ts'

const MINUTE = 60_000

/** Releases an instance that is Running or Stopped. */
export function release(world: World, life: Life, cause: ReleaseCause): void {
  life.releasedBy = cause
  world.enter(life, 'Deleted')
}

/** Releases an instance at a moment of virtual time, epoch ms, unless its owner changes that moment meanwhile. */
export function releaseAt(world: World, life: Life, atMs: number): void {
  const due = (): void => {
    if (life.autoReleaseMs !== atMs || life.state === 'Deleted') return
    if (life.state === 'Running' || life.state === 'Stopped') release(world, life, 'auto-release')
    else world.at(world.nowMs + world.gapMs, due)
  }
  life.autoReleaseMs = atMs
  world.at(atMs, due)
}

/** How an interruption goes on. */
export interface Interruption {
  /** From the notice until the instance is taken back, virtual ms at any pace. Default: some five minutes at the pace. */
  readonly inMs?: number
  /** Whether it is stopped a minute before. Default: drawn, and no where `inMs` is given. */
  readonly stopsBefore?: boolean
}

/** Gives a preemptible instance its notice and locks it; takes it back later, often by way of Stopped. */
export function interrupt(world: World, life: Life, { inMs, stopsBefore }: Interruption = {}): void {
  const { chance } = world
  world.announce(life, interruptionNotice(life.profile, chance))
  life.noticeMs = life.lastEventMs
  life.recycling = true
  // From the time that the notice tells, which may be a moment after now.
  const lateMs = world.unpaced(life.noticeMs - world.nowMs)
  const graceMs = lateMs + (inMs === undefined ? chance.between(5 * MINUTE, 5.5 * MINUTE) : world.unpaced(inMs))
  const drawn = chance.happens(0.5) && inMs === undefined
  const halt: Step[] = [
    { afterMs: Math.max(0, graceMs - MINUTE), act: () => world.enter(life, 'Stopping') },
    stopped(world, life, 'KeepCharging')
  ]
  world.play(life, (stopsBefore ?? drawn) ? halt : [])
  reclaim(world, life, graceMs)
}

/** A deadline that no decision of the owner puts off; an instance between two states is taken when it has arrived. */
function reclaim(world: World, life: Life, afterMs: number): void {
  world.whileAlive(life, afterMs, () => {
    if (life.state !== 'Running' && life.state !== 'Stopped') reclaim(world, life, 0)
    else if (life.profile.spotInterruptionBehavior === 'Terminate') release(world, life, 'spot')
    else park(world, life)
  })
}

/** Stops an instance that is taken back without being released; its owner may start it again when there is stock. */
function park(world: World, life: Life): void {
  const parked = (): void => {
    life.stoppedMode = 'StopCharging'
    life.recycling = false
  }
  if (life.state === 'Stopped') parked()
  else {
    world.enter(life, 'Stopping')
    world.play(life, [stopped(world, life, 'StopCharging', parked)])
  }
}
