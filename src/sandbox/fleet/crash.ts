import type { Life } from './life.ts'
import { openOperation, operationEvent } from './operation-events.ts'
import type { World } from './world.ts'

const FAILURES = ['SystemFailure.Reboot', 'InstanceFailure.Reboot'] as const
const MINUTE = 60_000

/** What makes an instance go down: a shutdown inside the guest, or an operation by this event type. */
export type CrashCause = 'guest' | (typeof FAILURES)[number]

/** What is decided about a crash; the rest is drawn. */
export interface Crash {
  readonly cause?: CrashCause
  /** Of the operation that announces it. */
  readonly eventId?: string
}

/**
 * A running instance goes down although nobody asked: Stopped without Stopping, in the middle of a SystemFailure.Reboot
 * or an InstanceFailure.Reboot, or, for a shutdown inside the guest, without any other event.
 */
export function crash(world: World, life: Life, given: Crash = {}): void {
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
  const cause = given.cause ?? (chance.happens(0.6) ? chance.pick(FAILURES) : 'guest')
  if (cause !== 'guest') announceFailure(world, life, cause, given.eventId)
  world.play(life, [down])
}

function announceFailure(world: World, life: Life, eventType: string, eventId: string | undefined): void {
  const { chance } = world
  let startMs = 0
  let operation = openOperation(eventType, world.nowMs, chance)
  if (eventId !== undefined) operation = { ...operation, eventId }
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
