import { decode } from '../../../src/events/decode.ts'
import { auditRecord, eventRecord, undecodableRecord } from '../../../src/logstore/record.ts'
import type { FleetMessage } from '../../../src/sandbox/fleet/courier.ts'
import type { EcsEvent } from '../../../src/sandbox/fleet/ecs-event.ts'
import { createFleet } from '../../../src/sandbox/fleet/fleet.ts'
import type { EventTruth } from '../../../src/sandbox/fleet/truth.ts'
import type { Arrival } from './log-variants.ts'

/** One status of a maintenance or failure event. */
export interface OperationStatusTold {
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
  readonly eventId: string
  /** `SystemMaintenance.Reboot` */
  readonly eventType: string
  readonly status: string
  /** As its message tells it, epoch ms. */
  readonly toldMs: number
  readonly plannedMs?: number
}

/** A few instances to which much happens, on a queue on which there is much else. */
export interface RestlessLog {
  readonly seed: number
  readonly fromMs: number
  readonly untilMs: number
  readonly arrivals: readonly Arrival[]
  /** Everything that was announced. */
  readonly events: readonly EventTruth[]
  readonly operations: readonly OperationStatusTold[]
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Instances of a fleet: few for every run; `npm run test:audit` asks for 2,000. */
const SIZE = Number(process.env['ECS_AUDIT_TEST_INSTANCES'] ?? 16)

/** One fleet for every run; three large ones where those are asked for. */
export const RESTLESS_SEEDS = SIZE >= 1_000 ? [1, 2, 3] : [1]

/** Nothing that happens then is ever announced. */
const OUTAGE = { afterMs: 3 * DAY, forMs: 5 * HOUR }

/** Eight days of a fleet, all but a few hours. */
export function restlessLog(seed: number): RestlessLog {
  const untilMs = Date.UTC(2026, 9, 20, 7)
  const fromMs = untilMs - 8 * DAY
  const rates = {
    debugRate: 0.03,
    metricAlertRate: 0.03,
    legacyAlarmRate: 0.01,
    otherProductRate: 0.02,
    garbageRate: 0.04
  }
  const fleet = createFleet({
    ...{ seed, size: SIZE, startMs: fromMs, refillMs: 6 * HOUR },
    habits: {
      ...{ runningMs: 14 * HOUR, stoppedMs: 3 * HOUR },
      whileRunning: { incident: 70, stop: 8, crash: 4, interruption: 6, release: 6 }
    },
    noise: { duplicateRate: 0, reorderRate: 0, lateRate: 0, ...rates }
  })
  const happened: EcsEvent[] = []
  fleet.watch({ event: (event) => happened.push(event) })
  const messages = [...fleet.advance(untilMs), ...fleet.flush()]
  const { events: all } = fleet.truth()
  const times = new Map(all.map(({ key, toldMs }) => [key, toldMs]))
  const isHeard = (ms: number): boolean => ms < fromMs + OUTAGE.afterMs || ms >= fromMs + OUTAGE.afterMs + OUTAGE.forMs
  const heard = messages.filter(({ key, sendAtMs }) => isHeard(times.get(key) ?? sendAtMs))
  const events = all.filter(({ toldMs = 0 }) => isHeard(toldMs))
  return {
    ...{ seed, fromMs, untilMs, events, operations: operationsOf(happened, events) },
    arrivals: [...heard.map(arrivalOf), ...healthArrivals(fromMs), strangersLog(fromMs + DAY)]
  }
}

function operationsOf(happened: readonly EcsEvent[], told: readonly EventTruth[]): OperationStatusTold[] {
  const times = new Map(told.map((event) => [momentOf(event), event.toldMs]))
  return happened.flatMap(({ instance, draft, atMs }) => {
    const { instanceId, regionId, accountId } = instance
    const { eventId, notBefore } = draft.content
    const toldMs = times.get(momentOf({ instanceId, name: draft.name, detail: draft.detail, atMs }))
    if (typeof eventId !== 'string' || toldMs === undefined) return []
    const [, eventType = ''] = draft.name.split(':')
    const planned = typeof notBefore === 'string' ? { plannedMs: Date.parse(notBefore) } : {}
    return { instanceId, regionId, accountId, eventId, eventType, status: draft.detail, toldMs, ...planned }
  })
}

function momentOf({
  instanceId,
  name,
  detail,
  atMs
}: Pick<EventTruth, 'instanceId' | 'name' | 'detail' | 'atMs'>): string {
  return `${instanceId} ${name} ${detail} ${atMs}`
}

/** What comes again of a message is sent again, delivered again, or stored again, by turns. */
function arrivalOf({ number, body, sendAtMs, envelope }: FleetMessage): Arrival {
  const first = `message-${number}`
  const readings = new Map<string, ReturnType<typeof decode>>()
  return {
    atMs: sendAtMs,
    record: (storedMs, copy) => {
      // An event that has no id of its own would be another one in another message.
      const way = copy === 1 ? 'first' : (WAYS[(number + copy) % WAYS.length] ?? 'first')
      const isSentAgain = way === 'sent-again' && envelope !== ''
      const messageId = isSentAgain ? `${first}-${copy}` : first
      const dequeueCount = way === 'delivered-again' ? copy : 1
      const delivery = { queue: 'ecs-cms-event', messageId, dequeueCount, receivedMs: storedMs }
      const decoded = readings.get(messageId) ?? decode(body, { messageId })
      readings.set(messageId, decoded)
      return decoded.kind === 'event'
        ? eventRecord(decoded.event, delivery, storedMs)
        : undecodableRecord(decoded, delivery, storedMs)
    }
  }
}

const WAYS = ['sent-again', 'delivered-again', 'stored-again'] as const

/** The service tells twice a day how it is. */
function healthArrivals(fromMs: number): Arrival[] {
  return Array.from({ length: 16 }, (_, index) => {
    const atMs = fromMs + index * 12 * HOUR
    const told = index % 5 === 3 ? { status: 'degraded', reason: 'logstore' } : { status: 'ok' }
    const values = { event_key: `health/${atMs}`, event_ms: atMs, ...told }
    return { atMs, record: (storedMs) => auditRecord('health', atMs, storedMs, values) }
  })
}

/** A log that somebody else writes into the logstore. */
function strangersLog(atMs: number): Arrival {
  const fields = ['message', 'hello']
  return { atMs, record: (storedMs) => ({ topic: '', timeS: Math.floor(storedMs / 1_000), fields, bytes: 64 }) }
}
