import type { CommandOutcome } from '../../fleet/commands.ts'
import type { Interruption } from '../../fleet/departure.ts'
import type { LockReason } from '../../fleet/life.ts'
import type { EcsWorld } from './ecs-world.ts'
import type { StockOf } from './stock.ts'
import type { VSwitch } from './v-switches.ts'

/**
 * What a test or a demo decides about ECS, beside what the fleet itself can be told. Those that name an instance answer
 * `missing` when there is none.
 */
export interface EcsControl {
  /** Locks an instance, or takes the lock off. `Recycling` comes and goes with the interruption. */
  setLock(instanceId: string, reason: LockReason, on?: boolean): CommandOutcome
  /** Replaces all tags, the vendor's own among them: `acs:autoscaling:scalingGroupId` makes it owned by Auto Scaling. */
  setTags(instanceId: string, tags: Readonly<Record<string, string>>): CommandOutcome
  setDeletionProtection(instanceId: string, on: boolean): CommandOutcome
  /** End of a subscription, epoch ms: a start after that is refused. */
  setExpiry(instanceId: string, atMs: number | undefined): CommandOutcome
  /** The instance is released then, epoch ms. */
  setAutoRelease(instanceId: string, atMs: number | undefined): CommandOutcome
  /** From Starting to Running, ms; undefined: drawn for each start. Creations wait as little as can be before that. */
  setBootMs(ms: number | undefined): void
  /** The next so many starts fail: refused with `code`, or, without one, the instance ends up Stopped again. */
  failStarts(instanceId: string, times: number, code?: string): CommandOutcome
  /** After each of its next so many starts the instance goes down again, so many ms after it came up. */
  crashAfterStart(instanceId: string, crashes: { readonly times: number; readonly afterMs: number }): CommandOutcome
  /** The next so many instances are deleted before they were Running: SystemFailure.Delete, as for late lack of stock. */
  failCreations(times: number): void
  /** Gives an instance its notice; `inMs` says when it is taken back. */
  interrupt(instanceId: string, how?: Interruption): CommandOutcome
  /** What is left of something: 0 makes RunInstances and starts from economical mode fail with OperationDenied.NoStock. */
  setStock(of: StockOf, left: number): void
  /** The market's price of a preemptible instance for an hour. Default 0.05. */
  setSpotPrice(price: number): void
  /** Adds or replaces a subnet. From the start there is `vsw-<zone>` in every zone. */
  addVSwitch(vSwitch: VSwitch): void
  /** Makes a launch template of RunInstances parameters (`Tag.1.Key`, ...) in all regions, or a new default version of it. */
  addLaunchTemplate(id: string, data: Readonly<Record<string, string>>): void
  /** Whether the caller may describe instances. If not, DescribeInstances finds none, as it does for RAM users. */
  setMayDescribe(allowed: boolean): void
  /** Allows an action so many calls in each minute; further ones get Throttling.User. Undefined: no limit. */
  limit(action: string, callsPerMinute: number | undefined): void
}

/** The handle of a world. */
export function ecsControl(world: EcsWorld, limit: EcsControl['limit']): EcsControl {
  const { fleet, templates } = world
  return {
    setLock: (id, reason, on = true) => {
      const others = fleet.describe(id)?.locks ?? []
      const locks = others.flatMap((lock) => (lock === 'Recycling' || lock === reason ? [] : [lock]))
      return fleet.change(id, { locks: on ? [...locks, reason] : locks })
    },
    setTags: (id, tags) => fleet.change(id, { tags }),
    setDeletionProtection: (id, deletionProtection) => fleet.change(id, { deletionProtection }),
    setExpiry: (id, expiresMs) => fleet.change(id, { expiresMs }),
    setAutoRelease: (id, autoReleaseMs) => fleet.change(id, { autoReleaseMs }),
    setBootMs: (ms) => fleet.setBootMs(ms),
    failStarts: (id, times, code) => {
      if (code === undefined) return fleet.change(id, { failingStarts: times })
      if (fleet.describe(id) === undefined) return 'missing'
      world.startRefusals.set(id, { code, times })
      return 'accepted'
    },
    crashAfterStart: (id, crashes) => fleet.change(id, { crashes }),
    failCreations: (times) => fleet.failCreations(times),
    interrupt: (id, how) => fleet.interrupt(id, how),
    setStock: (of, left) => world.stock.set(of, left),
    setSpotPrice: (price) => {
      world.spotPrice = price
    },
    addVSwitch: (vSwitch) => world.vSwitches.add(vSwitch),
    addLaunchTemplate: (id, data) => {
      const entries = new Map(Object.entries(data))
      if (templates.list('').some((known) => known.id === id)) templates.addVersion(id, entries, true)
      else templates.create({ id, name: id, regionId: '', data: entries })
    },
    setMayDescribe: (allowed) => {
      world.mayDescribe = allowed
    },
    limit
  }
}
