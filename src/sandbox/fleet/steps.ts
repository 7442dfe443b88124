import { crash } from './crash.ts'
import type { Life, StoppedMode } from './life.ts'
import type { Step, World } from './world.ts'

/** The end of a start: Running, or now and then Stopped again. */
export function arrival(world: World, life: Life): Step {
  const { chance } = world
  return {
    afterMs: world.bootMs === undefined ? chance.between(8_000, 40_000) : world.unpaced(world.bootMs),
    act: () => {
      const unlucky = chance.happens(world.mishaps.startRate)
      if (unlucky || life.failingStarts > 0) failStart(world, life)
      else comeUp(world, life)
    }
  }
}

/** The end of a stop. @param then what else has come true by it */
export function stopped(world: World, life: Life, mode: StoppedMode, then?: () => void): Step {
  return {
    afterMs: world.chance.between(5_000, 30_000),
    act: () => {
      world.enter(life, 'Stopped')
      life.stoppedMode = mode
      then?.()
    }
  }
}

function failStart(world: World, life: Life): void {
  life.failingStarts = Math.max(0, life.failingStarts - 1)
  if (life.stoppedMode === 'Not-applicable') life.stoppedMode = 'KeepCharging'
  world.enter(life, 'Stopped')
}

function comeUp(world: World, life: Life): void {
  world.enter(life, 'Running')
  life.startedMs = life.lastEventMs
  life.stoppedMode = 'Not-applicable'
  life.stoppedUnexpectedly = false
  crashLater(world, life)
}

/** Lets the instance crash again, as often as was decided for it. */
function crashLater(world: World, life: Life): void {
  const { times, afterMs } = life.crashes
  if (times <= 0) return
  life.crashes = { times: times - 1, afterMs }
  const { startedMs } = life
  world.whileAlive(life, world.unpaced(afterMs), () => {
    if (life.state === 'Running' && life.startedMs === startedMs) crash(world, life, { cause: 'guest' })
  })
}
