import { create, restart, start, stop } from './acts.ts'
import type { Chance } from './chance.ts'
import { type Crash, crash } from './crash.ts'
import { type Interruption, interrupt, release, releaseAt } from './departure.ts'
import { type DescribedInstance, describeLife } from './described-instance.ts'
import type { EventDraft } from './ecs-event.ts'
import type { InstanceProfile, ProfileSource } from './instance-profile.ts'
import type { InstanceState } from './instance-state.ts'
import type { Circumstances, Life, StoppedMode } from './life.ts'
import type { World } from './world.ts'

/**
 * What came of a command.
 * - `missing`: no such instance, or it is released
 * - `incorrect-status`: the instance's state does not allow it, or, for an interruption, it is not preemptible
 * - `locked`: about to be taken back by the system, or, for a start, locked for another reason
 */
export type CommandOutcome = 'accepted' | 'missing' | 'incorrect-status' | 'locked'

/** Makes an event when it happens. @param atMs epoch ms */
export type AnnouncementDraft = (instance: InstanceProfile, atMs: number, chance: Chance) => EventDraft

/** What may be asked of a fleet, at any time. */
export interface FleetCommands {
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
  crash(instanceId: string, how?: Crash): CommandOutcome
  /** Gives a Running preemptible instance its notice and locks it; the system takes it back some five minutes later. */
  interrupt(instanceId: string, how?: Interruption): CommandOutcome
  /** Changes what may change about an instance in any state. */
  change(instanceId: string, circumstances: Partial<Circumstances>): CommandOutcome
  /** Announces an event about an instance, which changes nothing, now or at a moment of virtual time, epoch ms. */
  announce(instanceId: string, draft: AnnouncementDraft, atMs?: number): CommandOutcome
  /** Sets the time from Starting to Running, virtual ms at any pace; undefined: drawn for each start. */
  setBootMs(ms: number | undefined): void
  /** Lets the next so many creations fail: the instance is deleted before it was Running. */
  failCreations(times: number): void
}

/** The commands over a world. @param source what is not given for a new instance is drawn from it */
export function fleetCommands(world: World, source: ProfileSource): FleetCommands {
  const command = (instanceId: string, rule: Rule, act: (life: Life) => void): CommandOutcome => {
    const life = world.lives.get(instanceId)
    if (life === undefined) return 'missing'
    if (rule.from?.includes(life.state) === false) return 'incorrect-status'
    if (rule.lockedBy?.(life) === true) return 'locked'
    act(life)
    return 'accepted'
  }
  const recycling = (life: Life): boolean => life.recycling
  return {
    create: (given = {}) => {
      if (given.instanceId !== undefined && world.lives.has(given.instanceId)) {
        throw new RangeError(`Cannot create ${given.instanceId}: an instance of this id is alive`)
      }
      return describeLife(create(world, source, given))
    },
    start: (id) => command(id, { from: ['Stopped'], lockedBy: startLock }, (life) => start(world, life)),
    stop: (id, mode = 'KeepCharging') => command(id, RUNNING, (life) => stop(world, life, mode)),
    restart: (id) => command(id, { ...RUNNING, lockedBy: recycling }, (life) => restart(world, life)),
    release: (id) =>
      command(id, { from: ['Running', 'Stopped'] }, (life) =>
        release(world, life, life.state === 'Stopped' ? 'after-stop' : 'while-running')
      ),
    crash: (id, how) => command(id, RUNNING, (life) => crash(world, life, how)),
    interrupt: (id, how) => {
      if (world.lives.get(id)?.profile.spotStrategy === 'NoSpot') return 'incorrect-status'
      return command(id, { ...RUNNING, lockedBy: recycling }, (life) => interrupt(world, life, how))
    },
    change: (id, circumstances) =>
      command(id, {}, (life) => {
        Object.assign(life, circumstances)
        if (circumstances.autoReleaseMs !== undefined) releaseAt(world, life, circumstances.autoReleaseMs)
      }),
    announce: (id, draft, atMs = world.nowMs) =>
      command(id, {}, (life) => {
        const tell = (): void => world.announce(life, (toldMs) => draft(life.profile, toldMs, world.chance))
        if (atMs <= world.nowMs) tell()
        else world.at(atMs, () => life.state !== 'Deleted' && tell())
      }),
    setBootMs: (ms) => {
      world.bootMs = ms
    },
    failCreations: (times) => {
      world.failingCreations = times
    }
  }
}

interface Rule {
  /** States that allow it. Default: all. */
  readonly from?: readonly InstanceState[]
  readonly lockedBy?: (life: Life) => boolean
}

const RUNNING = { from: ['Running'] as const }

/** ECS refuses to start an instance that is locked, whatever the reason. */
function startLock({ recycling, locks }: Life): boolean {
  return recycling || locks.length > 0
}
