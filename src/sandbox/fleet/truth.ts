import type { FleetMessage, MessageKind, Posted } from './courier.ts'
import type { EventKind } from './ecs-event.ts'
import type { EnvelopeKind } from './envelopes.ts'
import type { InstanceProfile } from './instance-profile.ts'
import type { InstanceState } from './instance-state.ts'
import type { Life, ReleaseCause } from './life.ts'

/** What really happened to one instance. */
export interface InstanceTruth extends InstanceProfile {
  readonly createdMs: number
  readonly state: InstanceState
  /** Every state with the moment it began, oldest first. */
  readonly states: ReadonlyArray<{ readonly state: InstanceState; readonly atMs: number }>
  readonly restarts: number
  readonly unexpectedStops: number
  /** Down since a stop that nobody asked for. */
  readonly stoppedUnexpectedly: boolean
  /** When the interruption notice was given, epoch ms. */
  readonly interruptionMs: number | undefined
  readonly alive: boolean
  readonly releasedMs: number | undefined
  readonly releasedBy: ReleaseCause | undefined
}

/** What really was announced, and how often its message was handed out. */
export interface EventTruth {
  /** Equal to `FleetMessage.key`. */
  readonly key: string
  /** The event's id as its message spells it. */
  readonly id: string
  readonly kind: EventKind
  readonly name: string
  /** State, eventStatus or action; '' where the name says it all. */
  readonly detail: string
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
  readonly atMs: number
  /** The time as the message tells it, epoch ms; some envelopes tell whole seconds. */
  readonly toldMs: number | undefined
  readonly envelope: EnvelopeKind
  /** Messages handed out so far: 0 while the first is under way. */
  readonly sent: number
}

/** Messages handed out so far. */
export interface FleetCounts {
  readonly messages: number
  /** Repetitions among them. */
  readonly duplicates: number
  /** Distinct messages: without repetitions. */
  readonly distinct: number
  /** Distinct messages by kind. */
  readonly byKind: Readonly<Partial<Record<MessageKind, number>>>
}

/** Everything that a test may hold against a logstore. */
export interface FleetTruth {
  /** In the order of creation. */
  readonly instances: readonly InstanceTruth[]
  /** In the order in which they happened. */
  readonly events: readonly EventTruth[]
  readonly counts: FleetCounts
}

/** Keeps the books: what happened, and what was told of it. */
export class TruthBook {
  readonly #keepHistory: boolean
  readonly #released: Life[] = []
  readonly #events = new Map<string, { readonly posted: Posted; sent: number }>()
  readonly #byKind: Partial<Record<MessageKind, number>> = {}
  #messages = 0
  #duplicates = 0

  constructor(keepHistory: boolean) {
    this.#keepHistory = keepHistory
  }

  posted(posted: Posted): void {
    if (this.#keepHistory) this.#events.set(posted.key, { posted, sent: 0 })
  }

  released(life: Life): void {
    if (this.#keepHistory) this.#released.push(life)
  }

  sent(message: FleetMessage): void {
    this.#messages += 1
    const entry = this.#events.get(message.key)
    if (entry !== undefined) entry.sent += 1
    if (message.duplicateOf !== undefined) this.#duplicates += 1
    else this.#byKind[message.kind] = (this.#byKind[message.kind] ?? 0) + 1
  }

  read(alive: Iterable<Life>): FleetTruth {
    return {
      instances: [...this.#released, ...alive].map(instanceTruth).sort((a, b) => a.createdMs - b.createdMs),
      events: Array.from(this.#events.values(), eventTruth).sort((a, b) => a.atMs - b.atMs),
      counts: {
        messages: this.#messages,
        duplicates: this.#duplicates,
        distinct: this.#messages - this.#duplicates,
        byKind: { ...this.#byKind }
      }
    }
  }
}

function instanceTruth(life: Life): InstanceTruth {
  const alive = life.state !== 'Deleted'
  return {
    ...life.profile,
    createdMs: life.states[0]?.atMs ?? 0,
    state: life.state,
    states: [...life.states],
    restarts: life.restarts,
    unexpectedStops: life.unexpectedStops,
    stoppedUnexpectedly: life.stoppedUnexpectedly,
    interruptionMs: life.noticeMs,
    alive,
    releasedMs: alive ? undefined : life.states.at(-1)?.atMs,
    releasedBy: life.releasedBy
  }
}

function eventTruth({ posted, sent }: { posted: Posted; sent: number }): EventTruth {
  const { key, id, event, envelope, toldMs } = posted
  const { instanceId, regionId, accountId } = event.instance
  const { kind, name, detail } = event.draft
  return { key, id, kind, name, detail, instanceId, regionId, accountId, atMs: event.atMs, toldMs, envelope, sent }
}
