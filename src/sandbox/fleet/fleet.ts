import { seededRandom } from '../random.ts'
import { Chance } from './chance.ts'
import { type FleetCommands, fleetCommands } from './commands.ts'
import { Courier, type FleetMessage } from './courier.ts'
import { type DescribedInstance, describeLife } from './described-instance.ts'
import { Director } from './director.ts'
import type { EcsEvent } from './ecs-event.ts'
import type { InstanceProfile } from './instance-profile.ts'
import { type FleetOptions, resolveFleetOptions } from './options.ts'
import { type FleetTruth, TruthBook } from './truth.ts'

/** Told of what a fleet does; called in the middle of it, so it must not command. */
export interface FleetWatcher {
  /** Something happened to an instance, before its message is sent. */
  event?(event: EcsEvent): void
  /** An instance is Deleted; it can be described for the last time. */
  released?(instance: InstanceProfile): void
  /** A command is about to be carried out: time may be brought up to date. */
  beforeCommand?(): void
  /** A command was carried out: something new may be due. */
  afterCommand?(): void
}

/** A simulated fleet of ECS instances that announces what happens to it. Not tied to any clock. */
export interface Fleet extends FleetCommands {
  /** Virtual time, epoch ms. */
  readonly nowMs: number
  /** When something happens or a message is to be sent next, epoch ms; Infinity when nothing is planned. */
  readonly nextMs: number
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
  /** Tells a watcher of everything from now on, until the returned function is called. */
  watch(watcher: FleetWatcher): () => void
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
  const watchers = new Set<FleetWatcher>()
  const { world } = new Director(settings, new Chance(seededRandom(settings.seed)), {
    event: (event) => {
      book.posted(courier.post(event))
      for (const watcher of watchers) watcher.event?.(event)
    },
    released: (life) => {
      book.released(life)
      for (const watcher of watchers) watcher.released?.(life.profile)
    }
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
    get nextMs() {
      return Math.min(world.nextMs, courier.nextMs)
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
    watch: (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    ...watched(fleetCommands(world, settings), watchers)
  }
}

/** The same commands, with the watchers told before and after each. */
function watched(commands: FleetCommands, watchers: ReadonlySet<FleetWatcher>): FleetCommands {
  const told = <Given extends unknown[], Result>(command: (...given: Given) => Result) => {
    return (...given: Given): Result => {
      for (const watcher of watchers) watcher.beforeCommand?.()
      try {
        return command(...given)
      } finally {
        for (const watcher of watchers) watcher.afterCommand?.()
      }
    }
  }
  return {
    create: told(commands.create),
    start: told(commands.start),
    stop: told(commands.stop),
    restart: told(commands.restart),
    release: told(commands.release),
    crash: told(commands.crash),
    interrupt: told(commands.interrupt),
    change: told(commands.change),
    announce: told(commands.announce),
    setBootMs: commands.setBootMs,
    failCreations: commands.failCreations
  }
}
