import { createHash } from 'node:crypto'
import { type Chance, weightedChoice } from './chance.ts'
import type { EcsEvent, EventKind } from './ecs-event.ts'
import { type EnvelopeKind, seal } from './envelopes.ts'
import type { FleetSettings, Noise } from './options.ts'
import { type StrangerKind, strangerBody } from './strangers.ts'
import { Timeline } from './timeline.ts'

/** What a message is about: an event of the fleet, or something else that is on the queue. */
export type MessageKind = EventKind | StrangerKind

/** One message as its producer sends it to the queue. */
export interface FleetMessage {
  /** From 1, in the order in which the simulation made them; not the order of sending. */
  readonly number: number
  /** Epoch ms; never before the event's own time. */
  readonly sendAtMs: number
  /** JSON text, not base64. */
  readonly body: string
  readonly kind: MessageKind
  /** '' for strangers. */
  readonly envelope: EnvelopeKind | ''
  /** The instance it is about; '' for strangers. */
  readonly instanceId: string
  /** Equal for the messages of one event, different for different events. */
  readonly key: string
  /** Number of the message that this one repeats, byte for byte. */
  readonly duplicateOf: number | undefined
}

/** Told of each event when its message is made, before any of them is sent. */
export interface Posted {
  readonly key: string
  /** The event's id as its message spells it. */
  readonly id: string
  readonly event: EcsEvent
  readonly envelope: EnvelopeKind
  /** The event's time as its message tells it, epoch ms. */
  readonly toldMs: number | undefined
}

type Parcel = Pick<FleetMessage, 'body' | 'kind' | 'envelope' | 'instanceId' | 'key'>

const DUPLICATE_WITHIN_MS = 30_000
const MAX_DUPLICATES = 3

/** The way from an event to the queue: chooses the envelope, delays, repeats, and mixes strangers in. */
export class Courier {
  readonly #outbox = new Timeline<FleetMessage>()
  readonly #transitMs: FleetSettings['transitMs']
  readonly #noise: Noise
  readonly #strangers: ReadonlyArray<readonly [StrangerKind, number]>
  readonly #envelope: (chance: Chance) => EnvelopeKind
  readonly #chance: Chance
  #made = 0

  constructor(
    { noise, envelopes, transitMs }: Pick<FleetSettings, 'noise' | 'envelopes' | 'transitMs'>,
    chance: Chance
  ) {
    this.#noise = noise
    this.#transitMs = transitMs
    this.#envelope = weightedChoice(envelopes)
    this.#chance = chance
    this.#strangers = [
      ['debug', noise.debugRate],
      ['metric-alert', noise.metricAlertRate],
      ['legacy-alarm', noise.legacyAlarmRate],
      ['other-product', noise.otherProductRate],
      ['garbage', noise.garbageRate]
    ]
  }

  /** When the next message is due, epoch ms; Infinity when none waits. */
  get nextMs(): number {
    return this.#outbox.nextMs
  }

  /** Takes the next message out. */
  take(): FleetMessage | undefined {
    return this.#outbox.pop()
  }

  /** Messages that wait to be sent. */
  get waiting(): number {
    return this.#outbox.size
  }

  /** Makes the message of an event, and whatever noise chance adds to it. */
  post(event: EcsEvent): Posted {
    const chance = this.#chance
    const { instance, draft, atMs } = event
    const envelope = this.#envelope(chance)
    const { body, id, toldMs } = seal(event, envelope, chance)
    const key = `${id}|${draft.name}|${draft.detail}|${toldMs ?? digest(body)}`
    this.#send(atMs, { body, kind: draft.kind, envelope, instanceId: instance.instanceId, key })
    for (const [kind, rate] of this.#strangers) {
      if (!chance.happens(rate)) continue
      const stranger = strangerBody(kind, instance, atMs, chance)
      this.#send(atMs, { body: stranger, kind, envelope: '', instanceId: '', key: digest(stranger) })
    }
    return { key, id, event, envelope, toldMs }
  }

  #send(atMs: number, parcel: Parcel): void {
    const chance = this.#chance
    const sendAtMs = atMs + this.#delay()
    const first = this.#put(sendAtMs, parcel, undefined)
    for (let copy = 0; copy < MAX_DUPLICATES && chance.happens(this.#noise.duplicateRate); copy += 1) {
      this.#put(sendAtMs + chance.between(0, DUPLICATE_WITHIN_MS), parcel, first)
    }
  }

  #put(sendAtMs: number, parcel: Parcel, duplicateOf: number | undefined): number {
    this.#made += 1
    const { body, kind, envelope, instanceId, key } = parcel
    this.#outbox.push(sendAtMs, { number: this.#made, sendAtMs, body, kind, envelope, instanceId, key, duplicateOf })
    return this.#made
  }

  /** Less than a second as a rule, so that the messages of one instance keep their order unless noise is asked for. */
  #delay(): number {
    const chance = this.#chance
    const { lateRate, lateMs, reorderRate, reorderMs } = this.#noise
    const usual = chance.between(...this.#transitMs)
    if (chance.happens(lateRate)) return usual + chance.between(Math.floor(lateMs / 6), lateMs)
    return chance.happens(reorderRate) ? usual + chance.between(0, reorderMs) : usual
  }
}

function digest(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32)
}
