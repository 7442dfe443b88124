import type { ActionEntry } from '../../../src/actions/action.ts'
import { type ActionSubject, actionRecord } from '../../../src/actions/action-record.ts'
import type { AuditEvent } from '../../../src/events/audit-event.ts'
import { eventRecord } from '../../../src/logstore/record.ts'
import type { Chance } from '../../../src/sandbox/fleet/chance.ts'
import type { Arrival } from './log-variants.ts'

/** An instance as records name it. */
export interface Subject {
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
}

/** One step of an action, as it was first told. */
export interface ToldStep {
  readonly key: string
  readonly subject: ActionSubject
  readonly entry: ActionEntry
  /** Epoch ms. */
  readonly atMs: number
}

/** One event of an instance. */
export interface ToldChange {
  readonly key: string
  readonly subject: Subject
  /** State, or '' for an interruption notice. */
  readonly state: string
  readonly atMs: number
}

const DAY = 24 * 3_600_000
/** How much later a redelivery tells a step again, ms. */
const AGAIN_MS = 7_000

/** Writes a history of events and actions down: as the records that arrive of it, and as what was told in it. */
export class ActionTeller {
  readonly arrivals: Arrival[] = []
  readonly steps: ToldStep[] = []
  readonly changes: ToldChange[] = []
  readonly #chance: Chance
  #messages = 0

  constructor(chance: Chance) {
    this.#chance = chance
  }

  subject(prefix: string): Subject {
    const regionId = this.#chance.pick(['cn-hangzhou', 'cn-beijing', 'us-east-1'])
    const accountId = this.#chance.pick(['1234567890123456', '6543210987654321'])
    return { instanceId: `i-${prefix}${this.#chance.text(12)}`, regionId, accountId }
  }

  /** An instance changes its state. @returns the event's key */
  state(subject: Subject, state: string, atMs: number): string {
    return this.#event(subject, { name: 'Instance:StateChange', state, interruption: '' }, atMs)
  }

  /** @returns the key of the interruption notice */
  notice(subject: Subject, atMs: number): string {
    const name = 'Instance:PreemptibleInstanceInterruption'
    return this.#event(subject, { name, state: '', interruption: 'delete' }, atMs)
  }

  /** A step of an action is told; what comes again of it is a redelivery's own telling, or the same record once more. */
  step(
    about: Subject & { readonly action: string; readonly causedBy: string },
    atMs: number,
    entry: ActionEntry
  ): void {
    const { causedBy = about.causedBy } = entry
    const subject = { ...about, causedBy }
    this.steps.push({ key: `${causedBy}/${about.action}/${entry.step}`, subject, entry, atMs })
    this.#messages += 1
    const messageId = `action-${this.#messages}`
    this.arrivals.push({
      atMs,
      record: (storedMs, copy) => {
        const isRetold = copy % 2 === 0
        const nowMs = isRetold ? atMs + AGAIN_MS * copy : atMs
        const delivery = { queue: 'ecs-cms-event', messageId, dequeueCount: isRetold ? copy : 1, receivedMs: nowMs }
        const told = isRetold ? { ...entry, detail: 'Told again.', deadlineMarginMs: -1 } : entry
        const message = { ...delivery, kind: 'event', event: eventOf(subject, atMs) } as const
        const record = actionRecord(subject, told, { message, nowMs })
        if (storedMs - nowMs <= 6 * DAY) return record
        // What the service would refuse for its age is stored under the time of its arrival.
        const { topic, fields, eventMs, bytes } = record
        return { topic, timeS: Math.floor(storedMs / 1_000), fields, eventMs, bytes }
      }
    })
  }

  #event(subject: Subject, change: Pick<AuditEvent, 'name' | 'state' | 'interruption'>, atMs: number): string {
    const eventKey = `cms-${this.#chance.text(32)}`
    const event = { ...eventOf(subject, atMs), ...change, eventKey }
    this.changes.push({ key: eventKey, subject, state: change.state, atMs })
    this.#messages += 1
    const messageId = `event-${this.#messages}`
    this.arrivals.push({
      atMs: atMs + 300,
      record: (receivedMs, copy) => {
        const delivery = { queue: 'ecs-cms-event', messageId, dequeueCount: copy, receivedMs }
        return eventRecord(event, delivery, receivedMs)
      }
    })
    return eventKey
  }
}

function eventOf({ instanceId, regionId, accountId }: Subject, timeMs: number): AuditEvent {
  return {
    ...{
      envelope: 'cloudmonitor',
      eventKey: '',
      eventId: '',
      name: '',
      product: 'ECS',
      level: 'INFO',
      status: 'Normal'
    },
    ...{ resourceArn: '', state: '', interruption: '', content: '{}', test: false },
    ...{ instanceId, regionId, accountId, timeMs }
  }
}
