import type { ExpectedRow } from '../support/compare.ts'
import { type Case, DAY, type Facts, factsOf, HOUR, lastTold, MINUTE, releasedOf, sorted, type World } from './facts.ts'

/** The most rows that an answer has. */
const LIMIT = 10_000

/** The questions on lives, with their true answers. */
export function lifeCases(world: World): Case[] {
  const some = someInstances(world)
  const asOf = String(world.untilMs / 1_000)
  const earlier = String((world.untilMs - 3 * DAY) / 1_000)
  return [
    { question: 'instance-life', rows: (told) => lives(told, '').slice(0, LIMIT) },
    ...some.map((instance) => ({
      ...{ question: 'instance-life', parameters: { instance } },
      rows: (told: World) => lives(told, instance)
    })),
    { question: 'instance-states', rows: (told) => states(told, '').slice(0, LIMIT) },
    ...some.map((instance) => ({
      ...{ question: 'instance-states', parameters: { instance } },
      rows: (told: World) => states(told, instance)
    })),
    ...some.map((instance) => ({
      ...{ question: 'instance-events', parameters: { instance } },
      rows: (told: World) => events(told, instance)
    })),
    { question: 'short-lived', rows: (told) => shorterThan(told, 10 * MINUTE) },
    { question: 'short-lived', parameters: { minutes: '600' }, rows: (told) => shorterThan(told, 600 * MINUTE) },
    { question: 'long-lived', parameters: { days: '3' }, rows: (told) => longerThan(told, 3 * DAY) },
    { question: 'lifetimes', rows: lifetimes },
    { question: 'released-uncreated', rows: uncreated },
    { question: 'gone-quiet', parameters: { days: '2', as_of: asOf }, rows: (told) => quiet(told, 2, told.untilMs) },
    {
      ...{ question: 'gone-quiet', parameters: { days: '1', as_of: earlier } },
      rows: (told) => quiet(told, 1, told.untilMs - 3 * DAY)
    },
    { question: 'alive-long', parameters: { days: '5', as_of: asOf }, rows: (told) => alive(told, 5, told.untilMs) },
    {
      ...{ question: 'alive-long', parameters: { days: '0', as_of: earlier } },
      rows: (told) => alive(told, 0, told.untilMs - 3 * DAY).slice(0, LIMIT)
    },
    ...addressesOf(world).map((address) => ({
      ...{ question: 'by-address', parameters: { address } },
      rows: (told: World) => holders(told, address)
    }))
  ]
}

/** The busiest instance, one with a notice, one that is alive, one that was older than the log. */
function someInstances({ lives: told }: World): string[] {
  const busiest = told.reduce((most, life) => (life.events.length > most.events.length ? life : most))
  const interrupted = told.find(({ noticesMs, states: own }) => noticesMs.length > 0 && own.length > 4)
  const alone = told.find(({ truth, states: own }) => truth.alive && own.length > 3)
  const old = told.find(({ states: own }) => own[0]?.state === 'Deleted')
  return [busiest, interrupted, alone, old].flatMap((life) => life?.truth.instanceId ?? [])
}

function lives(world: World, instance: string): ExpectedRow[] {
  const facts = new Map(factsOf(world).map((each) => [each.who.instance_id, each]))
  const rows = world.lives.flatMap((life): ExpectedRow[] => {
    const known = facts.get(life.truth.instanceId)
    if (known === undefined || (instance !== '' && known.who.instance_id !== instance)) return []
    return [
      {
        ...known.who,
        ...span(known),
        ...{ last_state: known.lastState, notice_ms: known.noticeMs },
        starts: life.states.filter(({ state }) => state === 'Running').length,
        stops: life.states.filter(({ state }) => state === 'Stopped').length,
        ...{ first_seen_ms: known.firstSeenMs, last_seen_ms: known.lastSeenMs, events: life.events.length }
      }
    ]
  })
  return sorted(rows, '-last_seen_ms', 'instance_id')
}

function span({ createdMs, releasedMs, lifetimeMs }: Facts): ExpectedRow {
  return { created_ms: createdMs, released_ms: releasedMs, lifetime_ms: lifetimeMs }
}

function states({ lives: told }: World, instance: string): ExpectedRow[] {
  const rows = told.flatMap(({ truth: { instanceId }, states: own }) =>
    own.map(({ state, atMs }, at) => {
      const untilMs = own[at + 1]?.atMs
      const durationMs = untilMs === undefined ? undefined : untilMs - atMs
      return { instance_id: instanceId, state, since_ms: atMs, until_ms: untilMs, duration_ms: durationMs }
    })
  )
  const asked = rows.filter(({ instance_id }) => instance === '' || instance_id === instance)
  return sorted(asked, 'instance_id', 'since_ms')
}

function events({ records }: World, instance: string): ExpectedRow[] {
  const own = records.map(fieldsOf).filter((fields) => fields['instance_id'] === instance && fields['test'] !== 'true')
  const rows = own.map(({ event_ms, ...fields }): ExpectedRow => ({ ...fields, at_ms: Number(event_ms) }))
  return sorted(rows, 'at_ms', 'event_key')
}

function fieldsOf({ fields }: { readonly fields: readonly string[] }): Record<string, string> {
  const pairs = fields.flatMap((text, at) => (at % 2 === 0 ? [[text, fields[at + 1] ?? '']] : []))
  return Object.fromEntries(pairs) as Record<string, string>
}

function shorterThan(world: World, mostMs: number): ExpectedRow[] {
  const short = releasedOf(world).filter(({ lifetimeMs }) => lifetimeMs !== undefined && lifetimeMs < mostMs)
  return sorted(short.map(lived), 'lifetime_ms', 'instance_id')
}

function longerThan(world: World, leastMs: number): ExpectedRow[] {
  const long = releasedOf(world).filter(({ lifetimeMs }) => lifetimeMs !== undefined && lifetimeMs > leastMs)
  return sorted(long.map(lived), '-lifetime_ms', 'instance_id')
}

function lived(facts: Facts): ExpectedRow {
  return { ...facts.who, ...span(facts), last_state: facts.stateBefore }
}

function lifetimes(world: World): ExpectedRow[] {
  const bounds = [0, 10 * MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY, undefined]
  const known = releasedOf(world).flatMap(({ lifetimeMs }) => lifetimeMs ?? [])
  return bounds.slice(0, -1).flatMap((fromMs = 0, at) => {
    const toMs = bounds[at + 1]
    const releases = known.filter((ms) => ms >= fromMs && ms < (toMs ?? Number.POSITIVE_INFINITY)).length
    return releases === 0 ? [] : [{ from_ms: fromMs, to_ms: toMs, releases }]
  })
}

function uncreated(world: World): ExpectedRow[] {
  const rows = releasedOf(world)
    .filter(({ createdMs }) => createdMs === undefined)
    .map(({ who, firstSeenMs, releasedMs, stateBefore }) => {
      return { ...who, first_seen_ms: firstSeenMs, released_ms: releasedMs, last_state: stateBefore }
    })
  return sorted(rows, '-released_ms', 'instance_id')
}

function quiet(world: World, days: number, asOfMs: number): ExpectedRow[] {
  const rows = factsOf(world, asOfMs)
    .filter(({ createdMs, releasedMs }) => createdMs !== undefined && releasedMs === undefined)
    .filter(({ lastSeenMs }) => asOfMs - lastSeenMs >= days * DAY)
    .map(({ who, createdMs, lastSeenMs, lastState }) => {
      const silentMs = asOfMs - lastSeenMs
      return { ...who, created_ms: createdMs, last_seen_ms: lastSeenMs, silent_ms: silentMs, last_state: lastState }
    })
  return sorted(rows, 'last_seen_ms', 'instance_id')
}

function alive(world: World, days: number, asOfMs: number): ExpectedRow[] {
  const rows = factsOf(world, asOfMs)
    .filter(({ releasedMs }) => releasedMs === undefined)
    .map(({ who, createdMs, firstSeenMs, lastSeenMs, lastState }) => ({
      ...{ ...who, created_ms: createdMs, first_seen_ms: firstSeenMs, last_seen_ms: lastSeenMs },
      ...{ age_ms: asOfMs - (createdMs ?? firstSeenMs), last_state: lastState }
    }))
    .filter(({ age_ms }) => age_ms >= days * DAY)
  return sorted(rows, '-age_ms', 'instance_id')
}

/** A private one, a public one, and one that nobody had. */
function addressesOf({ snapshots }: World): string[] {
  const values = [...snapshots.values()].flat().map((snapshot) => snapshot.values)
  const known = [
    ...(values[3]?.private_ip?.split(',') ?? []),
    values.find(({ public_ip }) => public_ip !== undefined)?.public_ip
  ]
  return known.flatMap((address) => address ?? [])
}

function holders(world: World, address: string): ExpectedRow[] {
  const facts = new Map(factsOf(world).map((each) => [each.who.instance_id, each]))
  const rows = [...world.snapshots].flatMap(([instanceId, taken]): ExpectedRow[] => {
    const holding = taken.filter(({ values }) =>
      [values.private_ip, values.public_ip].join(',').split(',').includes(address)
    )
    const [first, last, known] = [holding[0], holding.at(-1), facts.get(instanceId)]
    if (first === undefined || last === undefined || known === undefined) return []
    return [
      {
        ...known.who,
        instance_name: lastTold(world, instanceId, 'instance_name'),
        instance_type: lastTold(world, instanceId, 'instance_type'),
        ...{ address_from_ms: first.atMs, address_to_ms: last.atMs },
        created_ms: known.createdMs ?? first.createdMs,
        released_ms: known.releasedMs
      }
    ]
  })
  return sorted(rows, '-address_from_ms', 'instance_id')
}
