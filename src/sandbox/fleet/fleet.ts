import { seededRandom } from '../random.ts'
import { crash, create, interrupt, release, restart, start, stop } from './acts.ts'
import { Chance } from './chance.ts'
import { Courier, type FleetMessage } from './courier.ts'
import { Director } from './director.ts'
import type { InstanceProfile, ProfileSource } from './instance-profile.ts'
import type { InstanceState } from './instance-state.ts'
import type { Life, StoppedMode } from './life.ts'
import { type FleetOptions, resolveFleetOptions } from './options.ts'
import { type FleetTruth, TruthBook } from './truth.ts'
import type { World } from './world.ts'

/** An instance as DescribeInstances would show it. */
export interface DescribedInstance extends InstanceProfile {
  readonly state: InstanceState
  readonly createdMs: number
  readonly stoppedMode: StoppedMode
  /** True from the interruption notice on: OperationLocks would say Recycling. */
  readonly recycling: boolean
}

/**
 * What came of a command.
 * - `missing`: no such instance, or it is released
 * - `incorrect-status`: the instance's state does not allow it, or, for an interruption, it is not preemptible
 * - `locked`: about to be taken back by the system
 */
export type CommandOutcome = 'accepted' | 'missing' | 'incorrect-status' | 'locked'

/** A simulated fleet of ECS instances that announces what happens to it. Not tied to any clock. */
export interface Fleet {
  /** Virtual time, epoch ms. */
  readonly nowMs: number
  /**
   * Lets virtual time go on and gives the messages due, in the order in which they are sent. With a limit it stops as
   * soon as that many have come together: call it again for the rest.
   *
   * @param untilMs epoch ms; a moment in the past changes nothing
   * @param limit most messages to give. Default: no limit
   */
  advance(untilMs: number, limit?: number): FleetMessage[]
  /** The messages still under way, at once, without letting time go on. */
  flush(): FleetMessage[]
  /** What really happened so far, to compare a logstore with. */
  truth(): FleetTruth
  /** An instance alive; a released one is gone, as in the service. */
  describe(instanceId: string): DescribedInstance | undefined
  /** Every instance alive, in the order of creation. */
  list(): DescribedInstance[]
  /**
   * Creates an instance; what is not given is drawn. The returned one is Pending or Created.
   *
   * @throws RangeError when the given id is taken, or the given region is unknown
   */
  create(given?: Partial<InstanceProfile>): DescribedInstance
  /** Starts an instance that is Stopped. */
  start(instanceId: string): CommandOutcome
  /** Stops an instance that is Running. */
  stop(instanceId: string, mode?: StoppedMode): CommandOutcome
  /** Restarts an instance that is Running. */
  restart(instanceId: string): CommandOutcome
  /** Releases an instance that is Running or Stopped. */
  release(instanceId: string): CommandOutcome
  /** Makes a Running instance go down although nobody asked. */
  crash(instanceId: string): CommandOutcome
  /** Gives a Running preemptible instance its notice; the system takes it back some five minutes later. */
  interrupt(instanceId: string): CommandOutcome
}

/** The courier's own stream of chance: noise on the way to the queue does not change what happens to the fleet. */
const COURIER_STREAM = 0x5f3759df
const NEVER = Number.POSITIVE_INFINITY

/**
 * A new fleet at `startMs`, before anything has happened.
 *
 * @throws RangeError for options that make no fleet
 */
export function createFleet(options: FleetOptions): Fleet {
  const settings = resolveFleetOptions(options)
  const courier = new Courier(settings, new Chance(seededRandom(settings.seed ^ COURIER_STREAM)))
  const book = new TruthBook(settings.keepHistory)
  const { world } = new Director(settings, new Chance(seededRandom(settings.seed)), {
    event: (event) => book.posted(courier.post(event)),
    released: (life) => book.released(life)
  })

  const take = (untilMs: number): FleetMessage | undefined => {
    const message = courier.nextMs <= untilMs ? courier.take() : undefined
    if (message !== undefined) book.sent(message)
    return message
  }

  return {
    get nowMs() {
      return world.nowMs
    },
    advance: (untilMs, limit = NEVER) => {
      const messages: FleetMessage[] = []
      while (messages.length < limit) {
        const message = take(Math.min(untilMs, world.nextMs - 1))
        if (message !== undefined) messages.push(message)
        else if (world.nextMs <= untilMs && world.nextMs < NEVER) world.step()
        else {
          world.moveTo(untilMs)
          break
        }
      }
      return messages
    },
    flush: () => {
      const messages: FleetMessage[] = []
      for (let message = take(NEVER); message !== undefined; message = take(NEVER)) messages.push(message)
      return messages
    },
    truth: () => book.read(world.lives.values()),
    describe: (instanceId) => {
      const life = world.lives.get(instanceId)
      return life === undefined ? undefined : describeLife(life)
    },
    list: () => Array.from(world.lives.values(), describeLife),
    ...commands(world, settings)
  }
}

function commands(
  world: World,
  source: ProfileSource
): Pick<Fleet, 'create' | 'start' | 'stop' | 'restart' | 'release' | 'crash' | 'interrupt'> {
  const command = (
    instanceId: string,
    rule: { from: readonly InstanceState[]; unlocked?: boolean },
    act: (life: Life) => void
  ): CommandOutcome => {
    const life = world.lives.get(instanceId)
    if (life === undefined) return 'missing'
    if (!rule.from.includes(life.state)) return 'incorrect-status'
    if (rule.unlocked === true && life.noticeMs !== undefined) return 'locked'
    act(life)
    return 'accepted'
  }
  const running = { from: ['Running'] as const }
  return {
    create: (given = {}) => {
      if (given.instanceId !== undefined && world.lives.has(given.instanceId)) {
        throw new RangeError(`Cannot create ${given.instanceId}: an instance of this id is alive`)
      }
      return describeLife(create(world, source, given))
    },
    start: (id) => command(id, { from: ['Stopped'], unlocked: true }, (life) => start(world, life)),
    stop: (id, mode = 'KeepCharging') => command(id, running, (life) => stop(world, life, mode)),
    restart: (id) => command(id, { ...running, unlocked: true }, (life) => restart(world, life)),
    release: (id) =>
      command(id, { from: ['Running', 'Stopped'] }, (life) =>
        release(world, life, life.state === 'Stopped' ? 'after-stop' : 'while-running')
      ),
    crash: (id) => command(id, running, (life) => crash(world, life)),
    interrupt: (id) => {
      if (world.lives.get(id)?.profile.spotStrategy === 'NoSpot') return 'incorrect-status'
      return command(id, { ...running, unlocked: true }, (life) => interrupt(world, life))
    }
  }
}

function describeLife(life: Life): DescribedInstance {
  return {
    ...life.profile,
    state: life.state,
    createdMs: life.states[0]?.atMs ?? 0,
    stoppedMode: life.stoppedMode,
    recycling: life.noticeMs !== undefined
  }
}
