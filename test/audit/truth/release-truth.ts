import type { ExpectedRow } from '../support/compare.ts'
import type { SnapshotField } from '../support/snapshots.ts'
import {
  type Case,
  factsOf,
  grouped,
  HOUR,
  interruptedAmong,
  lastTold,
  MINUTE,
  type Released,
  releasedOf,
  sorted,
  type World
} from './facts.ts'

/** The questions on releases, with their true answers. */
export function releaseCases(world: World): Case[] {
  const one = releasedOf(world)[0]?.who.instance_id ?? ''
  return [
    { question: 'released', rows: (told) => released(told, '') },
    { question: 'released', parameters: { instance: one }, rows: (told) => released(told, one) },
    { question: 'released-details', rows: details },
    { question: 'released-by-state', rows: byState },
    ...['+00:00', '+08:00', '-03:30'].flatMap((zone): Case[] => [
      { question: 'releases-per-hour', parameters: { zone }, rows: (told) => perHour(told, zone) },
      { question: 'releases-per-day', parameters: { zone }, rows: (told) => perDay(told, zone) },
      { question: 'churn-per-day', parameters: { zone }, rows: (told) => churn(told, zone) },
      {
        question: 'releases-off-hours',
        parameters: { zone },
        rows: (told) => offHours(told, { zone, from: 9, to: 18 })
      }
    ]),
    {
      ...{ question: 'releases-off-hours', parameters: { from_hour: '7', to_hour: '20' } },
      rows: (told) => offHours(told, { zone: '+00:00', from: 7, to: 20 })
    },
    { question: 'releases-by-region', rows: (told) => by(told, { region_id: ({ who }) => who.region_id }) },
    { question: 'releases-by-account', rows: (told) => by(told, { account_id: ({ who }) => who.account_id }) },
    { question: 'releases-by-zone', rows: (told) => by(told, { zone_id: snapshot(told, 'zone_id') }) },
    { question: 'releases-by-type', rows: (told) => by(told, { instance_type: snapshot(told, 'instance_type') }) },
    {
      question: 'releases-by-charge',
      rows: (told) =>
        by(told, { charge_type: snapshot(told, 'charge_type'), spot_strategy: snapshot(told, 'spot_strategy') })
    },
    { question: 'releases-by-tag', rows: (told) => by(told, { tag_value: tag(told, 'env') }) },
    {
      question: 'releases-by-tag',
      parameters: { tag: 'role' },
      rows: (told) => by(told, { tag_value: tag(told, 'role') })
    },
    { question: 'release-storms', parameters: { more: '3' }, rows: (told) => storms(told, 3, 5 * MINUTE) },
    {
      ...{ question: 'release-storms', parameters: { more: '1', minutes: '30' } },
      rows: (told) => storms(told, 1, 30 * MINUTE)
    }
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
  return sorted(rows, '-released_ms', 'instance_id')
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
  return sorted(rows, '-released_ms', 'instance_id')
}

function byState(world: World): ExpectedRow[] {
  return by(world, { last_state: ({ stateBefore }) => stateBefore })
}

/** Releases by what is known of the instances; the most first. */
function by(world: World, fields: Readonly<Record<string, (facts: Released) => string | undefined>>): ExpectedRow[] {
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
  return sorted(rows, '-releases', ...Object.keys(fields))
}

function snapshot(world: World, field: SnapshotField): (facts: Released) => string | undefined {
  return ({ who }) => lastTold(world, who.instance_id, field)
}

function tag(world: World, key: string): (facts: Released) => string | undefined {
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
  return sorted(rows, column)
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
  return sorted(rows, 'day_ms')
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
  return sorted(rows, '-released_ms', 'instance_id')
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
  return sorted(rows, '-started_ms').slice(0, 1_000)
}
