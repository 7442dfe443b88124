import { decode } from '../../src/events/decode.ts'
import { auditRecord, eventRecord, undecodableRecord } from '../../src/logstore/record.ts'
import type { LogRecord } from '../../src/logstore/sink.ts'
import type { FleetMessage } from '../../src/sandbox/fleet/courier.ts'
import { createFleet, type Fleet } from '../../src/sandbox/fleet/fleet.ts'
import { snapshotRecord } from '../../src/snapshots/snapshot-record.ts'
import { actionLog } from '../../test/audit/support/action-log.ts'
import { logOf, type StoredRecord } from '../../test/audit/support/log-variants.ts'
import { instanceOf } from './instance-of.ts'

/** What the log of a bench is made of; the same options give the same log. */
export interface AuditLogOptions {
  readonly seed: number
  /** Records of events; those of other kinds come along. */
  readonly events: number
  /** The first moment, epoch ms. */
  readonly startMs: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Days of the log: long enough for what looks back a month. */
export const LOG_MS = 45 * DAY
/** What a fleet's instance sends a day, at the habits below: what the fleet's size follows from. */
const EVENTS_PER_INSTANCE_DAY = 3.29
/** Histories of actions one behind the other, of eight days each. */
const ACTION_LOGS = 5
const ACTION_LOG_MS = 8 * DAY
/** Events that call for actions in one such history at scale 1. */
const EVENTS_PER_ACTION_LOG = 770
/** This share of the events calls for actions. */
const ACTION_SHARE = 0.02
const SNAPSHOT_AFTER_MS = 15_000
const OUTAGE = { afterMs: 10 * DAY, forMs: 5 * HOUR }

/**
 * A log as the service leaves it behind: a fleet's events with duplicates, reordering, late arrival, strangers and an outage;
 * snapshots of its instances; actions of every kind; how the service is, every ten minutes. In the order of storing.
 */
export function* auditLog({ seed, events, startMs }: AuditLogOptions): Generator<StoredRecord, void, undefined> {
  const fleet = createFleet({
    size: Math.max(1, Math.round((events * (1 - ACTION_SHARE)) / EVENTS_PER_INSTANCE_DAY / (LOG_MS / DAY))),
    ...{ seed, startMs, refillMs: 20 * MINUTE, recoverAfterMs: 8 * HOUR, keepHistory: false },
    habits: { runningMs: 20 * HOUR, stoppedMs: 4 * HOUR },
    noise: { duplicateRate: 0.05, reorderRate: 0.05, lateRate: 0.01, lateMs: 2 * DAY, garbageRate: 0.002 }
  })
  const scale = Math.max(1, Math.round((events * ACTION_SHARE) / ACTION_LOGS / EVENTS_PER_ACTION_LOG))
  const actions = actionRecords(seed, scale, startMs).values()
  const listener = new Listener(fleet, startMs)
  let action = actions.next()
  for (let [hourMs, made] = [startMs + HOUR, 0]; made < events; hourMs += HOUR) {
    const records = [...listener.hear(hourMs), ...healthRecords(hourMs)]
    for (; action.done !== true && action.value.storedMs < hourMs; action = actions.next()) records.push(action.value)
    records.sort((a, b) => a.storedMs - b.storedMs)
    made += records.filter(({ record }) => record.topic === 'event').length
    yield* records
  }
}

/** Writes down what a fleet sends, and what a look at an instance tells once it runs. */
class Listener {
  readonly #fleet: Fleet
  readonly #startMs: number
  /** When each instance that was looked at had begun to run. */
  readonly #started = new Map<string, number>()

  constructor(fleet: Fleet, startMs: number) {
    this.#fleet = fleet
    this.#startMs = startMs
  }

  /** Everything up to a moment; nothing of what comes during the outage. */
  *hear(untilMs: number): Generator<StoredRecord, void, undefined> {
    for (const message of this.#fleet.advance(untilMs)) {
      const afterMs = message.sendAtMs - this.#startMs - OUTAGE.afterMs
      if (afterMs >= 0 && afterMs < OUTAGE.forMs) continue
      yield { record: messageRecord(message), storedMs: message.sendAtMs }
      yield* this.#look(message)
    }
  }

  *#look({ instanceId, kind, sendAtMs }: FleetMessage): Generator<StoredRecord, void, undefined> {
    const described = kind === 'state' ? this.#fleet.describe(instanceId) : undefined
    const { state, startedMs } = described ?? {}
    if (described === undefined || state !== 'Running' || startedMs === undefined) return
    if (this.#started.get(instanceId) === startedMs) return
    this.#started.set(instanceId, startedMs)
    const storedMs = sendAtMs + SNAPSHOT_AFTER_MS
    yield { record: snapshotRecord(instanceOf(described), described.accountId, storedMs), storedMs }
  }
}

/** What comes again is by turns another message, the same one delivered again, or stored again. */
function messageRecord({ number, body, sendAtMs, duplicateOf, envelope }: FleetMessage): LogRecord {
  const way = duplicateOf === undefined ? 0 : number % 3
  const messageId = `message-${duplicateOf === undefined || (way === 0 && envelope !== '') ? number : duplicateOf}`
  const decoded = decode(body, { messageId })
  const delivery = { queue: 'ecs-cms-event', messageId, dequeueCount: way === 1 ? 2 : 1, receivedMs: sendAtMs }
  return decoded.kind === 'event'
    ? eventRecord(decoded.event, delivery, sendAtMs)
    : undecodableRecord(decoded, delivery, sendAtMs)
}

function actionRecords(seed: number, scale: number, startMs: number): StoredRecord[] {
  return Array.from({ length: ACTION_LOGS }, (_, index) => {
    const { arrivals } = actionLog(seed * ACTION_LOGS + index, scale, startMs + (index + 1) * ACTION_LOG_MS)
    return logOf(arrivals, 'everything', seed)
  })
    .flat()
    .sort((a, b) => a.storedMs - b.storedMs)
}

/** Six an hour; now and then something is wrong. */
function healthRecords(hourMs: number): StoredRecord[] {
  return Array.from({ length: 6 }, (_, index) => {
    const atMs = hourMs - HOUR + index * 10 * MINUTE
    const told = (atMs / HOUR) % 37 === 0 ? { status: 'degraded', reason: 'logstore' } : { status: 'ok' }
    const values = { event_key: `health/${atMs}`, event_ms: atMs, ...told }
    return { record: auditRecord('health', atMs, atMs, values), storedMs: atMs }
  })
}
