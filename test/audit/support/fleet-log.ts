import { decode } from '../../../src/events/decode.ts'
import { eventRecord, undecodableRecord } from '../../../src/logstore/record.ts'
import type { FleetMessage, MessageKind } from '../../../src/sandbox/fleet/courier.ts'
import { createFleet, type Fleet } from '../../../src/sandbox/fleet/fleet.ts'
import type { InstanceState } from '../../../src/sandbox/fleet/instance-state.ts'
import type { EventTruth, InstanceTruth } from '../../../src/sandbox/fleet/truth.ts'
import type { Arrival } from './log-variants.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The fleet lives so long; its audit begins a day later, so that some instances are older than the log. */
const LIFE_MS = 15 * DAY
const UNSEEN_MS = DAY

/** One instance, as far as its events since the beginning of the audit tell. */
export interface ToldLife {
  /** What is really so; its moments may differ from those told by less than a second. */
  readonly truth: InstanceTruth
  /** State changes with the time that their events tell, epoch ms; oldest first. */
  readonly states: ReadonlyArray<{ readonly state: InstanceState; readonly atMs: number }>
  /** Interruption notices, epoch ms as told; oldest first. */
  readonly noticesMs: readonly number[]
  /** Everything that names the instance, test events left out; oldest first. */
  readonly events: readonly ToldEvent[]
}

/** One event that names its instance. */
export interface ToldEvent {
  readonly instanceId: string
  readonly kind: MessageKind
  /** '' for what is not an event of the fleet. */
  readonly name: string
  /** State, eventStatus or action; '' where the name says it all. */
  readonly detail: string
  /** Epoch ms as told. */
  readonly atMs: number
}

/** The history of a fleet, and what arrives of it. */
export interface FleetLog {
  readonly seed: number
  readonly arrivals: readonly Arrival[]
  /** Distinct events announced since the audit began, whether their messages name an instance or not. */
  readonly events: readonly EventTruth[]
  /** Instances that at least one of the log's events names. */
  readonly lives: ReadonlyMap<string, ToldLife>
  /** Beginning of the audit, epoch ms. */
  readonly fromMs: number
  /** The last moment of the fleet's life, epoch ms. */
  readonly untilMs: number
}

/** A fleet of so many instances that ended before `endMs`, with all that was ever announced since its audit began. */
export function fleetLog({ seed, size, endMs }: { seed: number; size: number; endMs: number }): FleetLog {
  const startMs = endMs - LIFE_MS
  const fromMs = startMs + UNSEEN_MS
  const fleet = createFleet({
    ...{ seed, size, startMs, refillMs: 20 * MINUTE, recoverAfterMs: 8 * HOUR },
    habits: { runningMs: 60 * HOUR, stoppedMs: 8 * HOUR },
    mishaps: { creationRate: 0.03, startRate: 0.03 },
    noise: { duplicateRate: 0, reorderRate: 0, lateRate: 0, garbageRate: 0.002 }
  })
  const messages = [...liveThrough(fleet, startMs, size), ...fleet.flush()]
  const truth = fleet.truth()
  const announced = new Map(truth.events.map((event) => [event.key, event]))
  const told = messages
    .map((message) => ({
      message,
      event: announced.get(message.key),
      atMs: toldMs(message, announced.get(message.key))
    }))
    .filter(({ message, atMs = message.sendAtMs }) => atMs >= fromMs)
  return {
    ...{ seed, fromMs, untilMs: endMs },
    arrivals: told.map(({ message }) => arrivalOf(message, seed)),
    events: told.flatMap(({ event }) => event ?? []).sort((a, b) => a.atMs - b.atMs),
    lives: livesOf(truth.instances, told.flatMap(toldEvent))
  }
}

/** Beside what the fleet does of itself: short lives, a storm of releases, notices that stop instead of releasing. */
function liveThrough(fleet: Fleet, startMs: number, size: number): FleetMessage[] {
  const messages: FleetMessage[] = []
  const few = Math.ceil(size / 100)
  const acts: ReadonlyArray<readonly [atMs: number, act: () => void]> = [
    [2 * DAY, () => shortLives(fleet, few)],
    [5 * DAY + 3 * HOUR, () => storm(fleet, 5 * few)],
    [8 * DAY, () => shortLives(fleet, few)],
    [9 * DAY, () => createEconomical(fleet, few)],
    [9 * DAY + 2 * HOUR, () => eachEconomical(fleet, (id) => fleet.interrupt(id))],
    [10 * DAY, () => eachEconomical(fleet, (id) => fleet.start(id))],
    [10 * DAY + HOUR, () => eachEconomical(fleet, (id) => fleet.interrupt(id))],
    [11 * DAY, () => eachEconomical(fleet, (id) => fleet.release(id))],
    [13 * DAY, () => createEconomical(fleet, few)],
    [13 * DAY + 2 * HOUR, () => eachEconomical(fleet, (id) => fleet.interrupt(id))],
    [LIFE_MS - HOUR, () => noticesAtTheEnd(fleet, few)],
    [LIFE_MS, () => undefined]
  ]
  for (const [afterMs, act] of acts) {
    messages.push(...fleet.advance(startMs + afterMs))
    act()
  }
  return messages
}

function shortLives(fleet: Fleet, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const { instanceId } = fleet.create()
    fleet.change(instanceId, { autoReleaseMs: fleet.nowMs + (2 + (index % 12)) * MINUTE })
  }
}

function storm(fleet: Fleet, count: number): void {
  const running = fleet.list().filter(({ state }) => state === 'Running')
  running.slice(0, count).forEach(({ instanceId }, index) => {
    fleet.change(instanceId, { autoReleaseMs: fleet.nowMs + MINUTE + index * 1_500 })
  })
}

/** Preemptible instances whose owner chose that an interruption stops them. */
function createEconomical(fleet: Fleet, count: number): void {
  for (let index = 0; index < count; index += 1) {
    fleet.create({ spotStrategy: 'SpotAsPriceGo', chargeType: 'PostPaid', spotInterruptionBehavior: 'Stop' })
  }
}

function eachEconomical(fleet: Fleet, act: (instanceId: string) => void): void {
  for (const { instanceId, spotInterruptionBehavior } of fleet.list()) {
    if (spotInterruptionBehavior === 'Stop') act(instanceId)
  }
}

/** Half of them still wait for their end when the history does. */
function noticesAtTheEnd(fleet: Fleet, count: number): void {
  const spot = fleet.list().filter(({ state, spotStrategy }) => state === 'Running' && spotStrategy !== 'NoSpot')
  spot.slice(0, 2 * count).forEach(({ instanceId }, index) => {
    fleet.interrupt(instanceId, { inMs: index % 2 === 0 ? 5 * MINUTE : 2 * HOUR })
  })
}

function arrivalOf(message: FleetMessage, seed: number): Arrival {
  const messageId = `${seed}-${message.number}`
  const decoded = decode(message.body, { messageId })
  return {
    atMs: message.sendAtMs,
    record: (receivedMs, copy) => {
      // An event may be announced twice; what has no id of its own comes again as the same message only.
      const again = message.envelope === '' ? messageId : `${messageId}-${copy}`
      const delivery = { queue: 'ecs-cms-event', messageId: again, dequeueCount: copy, receivedMs }
      return decoded.kind === 'event'
        ? eventRecord(decoded.event, delivery, receivedMs)
        : undecodableRecord(decoded, delivery, receivedMs)
    }
  }
}

interface Told {
  readonly message: FleetMessage
  /** Undefined for what is not an event of the fleet. */
  readonly event: EventTruth | undefined
  /** Epoch ms; undefined where the message tells no time. */
  readonly atMs: number | undefined
}

function toldMs({ body, kind }: FleetMessage, event: EventTruth | undefined): number | undefined {
  if (event !== undefined) return event.toldMs
  if (kind !== 'metric-alert' && kind !== 'legacy-alarm') return undefined
  const { time, message } = JSON.parse(body) as { time?: number; message?: { time: number } }
  return time ?? message?.time
}

/** What a message says of an instance: nothing where it names none. What tells no time has the form of a test event. */
function toldEvent({ message: { body, kind }, event, atMs }: Told): ToldEvent[] {
  if (atMs === undefined) return []
  const instanceId = event?.instanceId ?? /\bi-[a-z0-9]{20}/.exec(body)?.[0] ?? ''
  if (instanceId === '' || !body.includes(instanceId)) return []
  return [{ instanceId, kind, name: event?.name ?? '', detail: event?.detail ?? '', atMs }]
}

function livesOf(instances: readonly InstanceTruth[], told: readonly ToldEvent[]): Map<string, ToldLife> {
  const truths = new Map(instances.map((instance) => [instance.instanceId, instance]))
  const byInstance = new Map<string, ToldEvent[]>()
  for (const event of told) byInstance.set(event.instanceId, [...(byInstance.get(event.instanceId) ?? []), event])
  const lives = new Map<string, ToldLife>()
  for (const [instanceId, unsorted] of byInstance) {
    const truth = truths.get(instanceId)
    if (truth === undefined) throw new Error(`An event names ${instanceId}, which never was`)
    const events = unsorted.sort((a, b) => a.atMs - b.atMs)
    const states = events.filter(({ kind }) => kind === 'state')
    lives.set(instanceId, {
      ...{ truth, events },
      states: states.map(({ detail, atMs }) => ({ state: detail as InstanceState, atMs })),
      noticesMs: events.filter(({ kind }) => kind === 'interruption').map(({ atMs }) => atMs)
    })
  }
  return lives
}
