import type { LogRecord } from '../../../src/logstore/sink.ts'
import type { ExpectedRow } from '../support/compare.ts'
import type { ToldLife } from '../support/fleet-log.ts'
import type { TrueAnswer } from '../support/proof.ts'
import type { Snapshot, SnapshotField } from '../support/snapshots.ts'

/** All that is true of the logs that are asked. */
export interface World {
  readonly lives: readonly ToldLife[]
  /** By instance, oldest first. */
  readonly snapshots: ReadonlyMap<string, readonly Snapshot[]>
  /** One record of each happening. */
  readonly records: readonly LogRecord[]
  /** The last moment of the history, epoch ms; a whole second. */
  readonly untilMs: number
}

/** A question with its parameters, and the rows that are its true answer. */
export function answer(
  question: string,
  parameters: Readonly<Record<string, string>>,
  rows: readonly ExpectedRow[]
): TrueAnswer {
  return { question, parameters, rows }
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** What is to be known of an instance from its events. */
export interface Facts {
  readonly who: { readonly instance_id: string; readonly region_id: string | undefined; readonly account_id: string }
  readonly createdMs: number | undefined
  readonly releasedMs: number | undefined
  readonly lifetimeMs: number | undefined
  readonly lastState: string | undefined
  /** The newest state but Deleted. */
  readonly stateBefore: string | undefined
  /** Of the latest notice. */
  readonly noticeMs: number | undefined
  /** Taken back by the system: released soon after its latest notice. */
  readonly interrupted: boolean
  readonly firstSeenMs: number
  readonly lastSeenMs: number
}

/** @param untilMs what happened later is not known yet, epoch ms */
export function factsOf({ lives }: World, untilMs = Number.POSITIVE_INFINITY): Facts[] {
  return lives.flatMap((life) => {
    const events = life.events.filter(({ atMs }) => atMs <= untilMs)
    const states = life.states.filter(({ atMs }) => atMs <= untilMs)
    const [first, last] = [events[0], events.at(-1)]
    if (first === undefined || last === undefined) return []
    const { instanceId, regionId, accountId } = life.truth
    const createdMs = states.find(({ state }) => state === 'Pending' || state === 'Created')?.atMs
    const releasedMs = states.find(({ state }) => state === 'Deleted')?.atMs
    const noticeMs = life.noticesMs.filter((atMs) => atMs <= untilMs).at(-1)
    // Alarms on metrics do not tell the region.
    const placed = events.some(({ kind }) => kind !== 'metric-alert' && kind !== 'legacy-alarm')
    return {
      who: { instance_id: instanceId, region_id: placed ? regionId : undefined, account_id: accountId },
      ...{ createdMs, releasedMs, noticeMs },
      lifetimeMs: createdMs === undefined || releasedMs === undefined ? undefined : releasedMs - createdMs,
      lastState: states.at(-1)?.state,
      stateBefore: states.findLast(({ state }) => state !== 'Deleted')?.state,
      interrupted: noticeMs !== undefined && releasedMs !== undefined && releasedMs - noticeMs <= 15 * MINUTE,
      ...{ firstSeenMs: first.atMs, lastSeenMs: last.atMs }
    }
  })
}

export type Released = Facts & { readonly releasedMs: number }

/** The instances that were released. */
export function releasedOf(world: World): Released[] {
  return factsOf(world).filter((facts): facts is Released => facts.releasedMs !== undefined)
}

/** What the newest snapshot that told a field said of it. */
export function lastTold({ snapshots }: World, instanceId: string, field: SnapshotField): string | undefined {
  const taken = snapshots.get(instanceId) ?? []
  return taken.findLast(({ values }) => values[field] !== undefined)?.values[field]
}

/** Items by what they have in common, in the order of first appearance. */
export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string | number): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = String(keyOf(item))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/** How many of some releases the system made. */
export function interruptedAmong(released: readonly Released[]): number {
  return released.filter(({ interrupted }) => interrupted).length
}
