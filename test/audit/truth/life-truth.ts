import type { ExpectedRow } from '../support/compare.ts'
import type { TrueAnswer } from '../support/proof.ts'
import { ordered } from '../support/rows.ts'
import { answer, DAY, type Facts, factsOf, HOUR, lastTold, MINUTE, releasedOf, type World } from './facts.ts'

/** The most rows that an answer has. */
const LIMIT = 10_000

/** The questions on lives, with their true answers. */
export function lifeAnswers(world: World): TrueAnswer[] {
  const some = someInstances(world)
  const asOf = String(world.untilMs / 1_000)
  const earlier = String((world.untilMs - 3 * DAY) / 1_000)
  return [
    answer('instance-life', {}, lives(world, '').slice(0, LIMIT)),
    answer('instance-states', {}, states(world, '').slice(0, LIMIT)),
    ...some.flatMap((instance) => [
      answer('instance-life', { instance }, lives(world, instance)),
      answer('instance-states', { instance }, states(world, instance)),
      answer('instance-events', { instance }, events(world, instance))
    ]),
    answer('short-lived', {}, shorterThan(world, 10 * MINUTE)),
    answer('short-lived', { minutes: '600' }, shorterThan(world, 600 * MINUTE)),
    answer('long-lived', { days: '3' }, longerThan(world, 3 * DAY)),
    answer('lifetimes', {}, lifetimes(world)),
    answer('released-uncreated', {}, uncreated(world)),
    answer('gone-quiet', { days: '2', as_of: asOf }, quiet(world, 2, world.untilMs)),
    answer('gone-quiet', { days: '1', as_of: earlier }, quiet(world, 1, world.untilMs - 3 * DAY)),
    answer('alive-long', { days: '5', as_of: asOf }, alive(world, 5, world.untilMs)),
    answer('alive-long', { days: '0', as_of: earlier }, alive(world, 0, world.untilMs - 3 * DAY).slice(0, LIMIT)),
    ...addressesOf(world).map((address) => answer('by-address', { address }, holders(world, address))),
    answer('filter-instances', {}, heardOf(world).slice(0, 8_000)),
    answer('filter-regions', {}, distinct(world, 'region_id')),
    answer('filter-accounts', {}, distinct(world, 'account_id'))
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
  return ordered(rows, '-last_seen_ms', 'instance_id')
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
  return ordered(asked, 'instance_id', 'since_ms')
}

function events({ records }: World, instance: string): ExpectedRow[] {
  const own = records.map(fieldsOf).filter((fields) => fields['instance_id'] === instance && fields['test'] !== 'true')
  const rows = own.map(({ event_ms, ...fields }): ExpectedRow => ({ ...fields, at_ms: Number(event_ms) }))
  return ordered(rows, 'at_ms', 'event_key')
}

function fieldsOf({ fields }: { readonly fields: readonly string[] }): Record<string, string> {
  const pairs = fields.flatMap((text, at) => (at % 2 === 0 ? [[text, fields[at + 1] ?? '']] : []))
  return Object.fromEntries(pairs) as Record<string, string>
}

function shorterThan(world: World, mostMs: number): ExpectedRow[] {
  const short = releasedOf(world).filter(({ lifetimeMs }) => lifetimeMs !== undefined && lifetimeMs < mostMs)
  return ordered(short.map(lived), 'lifetime_ms', 'instance_id')
}

function longerThan(world: World, leastMs: number): ExpectedRow[] {
  const long = releasedOf(world).filter(({ lifetimeMs }) => lifetimeMs !== undefined && lifetimeMs > leastMs)
  return ordered(long.map(lived), '-lifetime_ms', 'instance_id')
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
  return ordered(rows, '-released_ms', 'instance_id')
}

function quiet(world: World, days: number, asOfMs: number): ExpectedRow[] {
  const rows = factsOf(world, asOfMs)
    .filter(({ createdMs, releasedMs }) => createdMs !== undefined && releasedMs === undefined)
    .filter(({ lastSeenMs }) => asOfMs - lastSeenMs >= days * DAY)
    .map(({ who, createdMs, lastSeenMs, lastState }) => {
      const silentMs = asOfMs - lastSeenMs
      return { ...who, created_ms: createdMs, last_seen_ms: lastSeenMs, silent_ms: silentMs, last_state: lastState }
    })
  return ordered(rows, 'last_seen_ms', 'instance_id')
}

function alive(world: World, days: number, asOfMs: number): ExpectedRow[] {
  const rows = factsOf(world, asOfMs)
    .filter(({ releasedMs }) => releasedMs === undefined)
    .map(({ who, createdMs, firstSeenMs, lastSeenMs, lastState }) => ({
      ...{ ...who, created_ms: createdMs, first_seen_ms: firstSeenMs, last_seen_ms: lastSeenMs },
      ...{ age_ms: asOfMs - (createdMs ?? firstSeenMs), last_state: lastState }
    }))
    .filter(({ age_ms }) => age_ms >= days * DAY)
  return ordered(rows, '-age_ms', 'instance_id')
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
  return ordered(rows, '-address_from_ms', 'instance_id')
}

function heardOf(world: World): ExpectedRow[] {
  const rows = factsOf(world).map(({ who, lastSeenMs }) => ({ instance_id: who.instance_id, last_seen_ms: lastSeenMs }))
  return ordered(rows, '-last_seen_ms', 'instance_id')
}

/** The values of a field of events, those that name no instance among them. */
function distinct({ records }: World, field: string): ExpectedRow[] {
  const values = records.map(fieldsOf).filter(({ kind, test }) => kind === 'event' && test !== 'true')
  const known = new Set(values.flatMap((fields) => fields[field] ?? []))
  return ordered(
    [...known].map((value) => ({ [field]: value })),
    field
  )
}
