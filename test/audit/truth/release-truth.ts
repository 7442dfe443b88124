import type { ExpectedRow } from '../support/compare.ts'
import type { TrueAnswer } from '../support/proof.ts'
import { ordered } from '../support/rows.ts'
import type { SnapshotField } from '../support/snapshots.ts'
import {
  answer,
  factsOf,
  grouped,
  HOUR,
  interruptedAmong,
  lastTold,
  MINUTE,
  type Released,
  releasedOf,
  type World
} from './facts.ts'

/** The questions on releases, with their true answers. */
export function releaseAnswers(world: World): TrueAnswer[] {
  const one = releasedOf(world)[0]?.who.instance_id ?? ''
  return [
    answer('released', {}, released(world, '')),
    answer('released', { instance: one }, released(world, one)),
    answer('released-details', {}, details(world)),
    answer('released-by-state', {}, byState(world)),
    ...['+00:00', '+08:00', '-03:30'].flatMap((zone) => [
      answer('releases-per-hour', { zone }, perHour(world, zone)),
      answer('releases-per-day', { zone }, perDay(world, zone)),
      answer('churn-per-day', { zone }, churn(world, zone)),
      answer('releases-off-hours', { zone }, offHours(world, { zone, from: 9, to: 18 }))
    ]),
    answer(
      'releases-off-hours',
      { from_hour: '7', to_hour: '20' },
      offHours(world, { zone: '+00:00', from: 7, to: 20 })
    ),
    answer('releases-by-region', {}, by(world, { region_id: ({ who }) => who.region_id })),
    answer('releases-by-account', {}, by(world, { account_id: ({ who }) => who.account_id })),
    answer('releases-by-zone', {}, by(world, snapshots(world, 'zone_id'))),
    answer('releases-by-type', {}, by(world, snapshots(world, 'instance_type'))),
    answer('releases-by-charge', {}, by(world, snapshots(world, 'charge_type', 'spot_strategy'))),
    answer('releases-by-tag', {}, by(world, { tag_value: tag(world, 'env') })),
    answer('releases-by-tag', { tag: 'role' }, by(world, { tag_value: tag(world, 'role') })),
    answer('release-storms', { more: '3' }, storms(world, 3, 5 * MINUTE)),
    answer('release-storms', { more: '1', minutes: '30' }, storms(world, 1, 30 * MINUTE))
  ]
}

function released(world: World, instance: string): ExpectedRow[] {
  const eventsOf = new Map(world.lives.map((life) => [life.truth.instanceId, life.events.length]))
  const rows = releasedOf(world)
    .filter(({ who }) => instance === '' || who.instance_id === instance)
    .map((facts) => ({
      ...{ ...facts.who, created_ms: facts.createdMs, released_ms: facts.releasedMs, lifetime_ms: facts.lifetimeMs },
      ...{ notice_ms: facts.noticeMs, last_state: facts.stateBefore, events: eventsOf.get(facts.who.instance_id) }
    }))
  return ordered(rows, '-released_ms', 'instance_id')
}

const DETAILS = [
  ...(['instance_name', 'instance_type', 'zone_id', 'private_ip', 'public_ip', 'vpc_id', 'charge_type'] as const),
  ...(['spot_strategy', 'image_id', 'resource_group_id', 'tags'] as const)
]

function details(world: World): ExpectedRow[] {
  const rows = releasedOf(world).map(({ who, createdMs, releasedMs }): ExpectedRow => {
    const told = DETAILS.map((field) => [field, lastTold(world, who.instance_id, field)])
    const [snapshotted] = world.snapshots.get(who.instance_id) ?? []
    return {
      ...{ ...who, ...Object.fromEntries(told), released_ms: releasedMs },
      created_ms: createdMs ?? snapshotted?.createdMs
    }
  })
  return ordered(rows, '-released_ms', 'instance_id')
}

function byState(world: World): ExpectedRow[] {
  return by(world, { last_state: ({ stateBefore }) => stateBefore })
}

/** What is known of an instance. */
type Reading = (facts: Released) => string | undefined

/** Releases by what is known of the instances; the most first. */
function by(world: World, fields: Readonly<Record<string, Reading>>): ExpectedRow[] {
  const keyed = releasedOf(world).map((facts) => ({
    facts,
    key: Object.fromEntries(Object.entries(fields).map(([name, read]) => [name, read(facts) ?? 'unknown']))
  }))
  const rows = [...grouped(keyed, ({ key }) => JSON.stringify(key)).values()].map((group): ExpectedRow => {
    const members = group.map(({ facts }) => facts)
    return {
      ...{ ...group[0]?.key, releases: members.length, interrupted: interruptedAmong(members) },
      last_released_ms: Math.max(...members.map(({ releasedMs }) => releasedMs))
    }
  })
  return ordered(rows, '-releases', ...Object.keys(fields))
}

/** What snapshots told, by field. */
function snapshots(world: World, ...fields: readonly SnapshotField[]): Record<string, Reading> {
  return Object.fromEntries(
    fields.map((field) => [field, ({ who }: Released) => lastTold(world, who.instance_id, field)])
  )
}

function tag(world: World, key: string): Reading {
  return ({ who }) => {
    const told = lastTold(world, who.instance_id, 'tags')
    return told === undefined ? undefined : (JSON.parse(told) as Record<string, string>)[key]
  }
}

/** What a clock on the wall shows, as a date whose UTC parts are the local ones. */
function wallClock(ms: number, zone: string): Date {
  return new Date(ms + offsetMs(zone))
}

function offsetMs(zone: string): number {
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number)
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE)
}

function hourOf(ms: number, zone: string): number {
  const wall = wallClock(ms, zone)
  return wall.setUTCMinutes(0, 0, 0) - offsetMs(zone)
}

function dayOf(ms: number, zone: string): number {
  const wall = wallClock(ms, zone)
  return wall.setUTCHours(0, 0, 0, 0) - offsetMs(zone)
}

function perHour(world: World, zone: string): ExpectedRow[] {
  return perSpan(world, 'hour_ms', (ms) => hourOf(ms, zone))
}

function perDay(world: World, zone: string): ExpectedRow[] {
  return perSpan(world, 'day_ms', (ms) => dayOf(ms, zone))
}

function perSpan(world: World, column: string, beginOf: (ms: number) => number): ExpectedRow[] {
  const rows = [...grouped(releasedOf(world), ({ releasedMs }) => beginOf(releasedMs))].map(([begin, members]) => {
    return { [column]: Number(begin), releases: members.length, interrupted: interruptedAmong(members) }
  })
  return ordered(rows, column)
}

function churn(world: World, zone: string): ExpectedRow[] {
  const days = new Map<number, { created: number; released: number }>()
  const dayAt = (ms: number) => {
    const day = days.get(dayOf(ms, zone)) ?? { created: 0, released: 0 }
    days.set(dayOf(ms, zone), day)
    return day
  }
  for (const { createdMs, releasedMs } of factsOf(world)) {
    if (createdMs !== undefined) dayAt(createdMs).created += 1
    if (releasedMs !== undefined) dayAt(releasedMs).released += 1
  }
  const rows = [...days].map(([day, { created, released: gone }]) => {
    return { day_ms: day, created, released: gone, more: created - gone }
  })
  return ordered(rows, 'day_ms')
}

function offHours(world: World, { zone, from, to }: { zone: string; from: number; to: number }): ExpectedRow[] {
  const rows = releasedOf(world).flatMap((facts) => {
    const wall = wallClock(facts.releasedMs, zone)
    const [weekday, hour] = [wall.getUTCDay() || 7, wall.getUTCHours()]
    if (weekday < 6 && hour >= from && hour < to) return []
    return [
      {
        ...{ ...facts.who, released_ms: facts.releasedMs, weekday, local_hour: hour },
        ...{ notice_ms: facts.noticeMs, last_state: facts.stateBefore }
      }
    ]
  })
  return ordered(rows, '-released_ms', 'instance_id')
}

function storms(world: World, more: number, withinMs: number): ExpectedRow[] {
  const all = releasedOf(world).sort(
    (a, b) => a.releasedMs - b.releasedMs || (a.who.instance_id < b.who.instance_id ? -1 : 1)
  )
  const crowded = new Set<number>()
  for (let first = 0; first + more < all.length; first += 1) {
    const [begin, end] = [all[first], all[first + more]]
    if (begin === undefined || end === undefined || end.releasedMs - begin.releasedMs > withinMs) continue
    for (let at = first; at <= first + more; at += 1) crowded.add(at)
  }
  const runs: Released[][] = []
  for (const [at, facts] of all.entries()) {
    if (!crowded.has(at)) continue
    if (crowded.has(at - 1)) runs.at(-1)?.push(facts)
    else runs.push([facts])
  }
  const rows = runs.map((run): ExpectedRow => {
    const times = run.map(({ releasedMs }) => releasedMs)
    const [started, ended] = [Math.min(...times), Math.max(...times)]
    return {
      ...{ started_ms: started, ended_ms: ended, duration_ms: ended - started, releases: run.length },
      regions: new Set(run.map(({ who }) => who.region_id)).size,
      accounts: new Set(run.map(({ who }) => who.account_id)).size
    }
  })
  return ordered(rows, '-started_ms').slice(0, 1_000)
}
