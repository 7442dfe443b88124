import type { InstanceProfile } from './instance-profile.ts'

/** What an event is about; the words by which counts are kept. */
export type EventKind =
  | 'state' // Instance:StateChange
  | 'interruption' // Instance:PreemptibleInstanceInterruption
  | 'maintenance' // planned operations on an instance, with a status that advances
  | 'failure' // unplanned ones: SystemFailure.*, InstanceFailure.*
  | 'instance' // everything else named Instance:
  | 'disk'
  | 'snapshot'
  | 'network'
  | 'assistant' // CloudAssistant:

/** How grave an event is, as flat messages spell it. */
export type EventLevel = 'INFO' | 'WARN' | 'CRITICAL'

/** Where an O&M or failure event stands. The first three are transitory, the others final. */
export type OperationStatus = 'Inquiring' | 'Scheduled' | 'Executing' | 'Executed' | 'Avoided' | 'Canceled' | 'Failed'

/** An event as far as its kind decides it: everything but who, when, and the envelope. */
export interface EventDraft {
  readonly kind: EventKind
  /** `<type>:<event>`, with `:<status>` for O&M, failure and disk events. */
  readonly name: string
  readonly level: EventLevel
  readonly type: 'StatusNotification' | 'Exception' | 'Maintenance'
  readonly status: 'Normal' | OperationStatus
  /** The part of the ARN that follows the account: `instance/i-...`, `disk/d-...`. */
  readonly resource: string
  readonly content: Readonly<Record<string, unknown>>
  /** What tells apart the events of one name: state, eventStatus, action; '' where the name says it all. */
  readonly detail: string
  /** The content as the newer envelopes carry it, where they carry more. */
  readonly fullContent?: Readonly<Record<string, unknown>>
  /** Top-level keys that this event carries even in the classic envelope. */
  readonly extras?: Readonly<Record<string, string>>
  /** False for events whose vendor samples lack the `ver` key. Default true. */
  readonly versioned?: boolean
  /** An id shared with the event's other status changes, as in the vendor's samples, for the envelopes that may repeat one. */
  readonly sharedId?: string
}

/** Something that happened to an instance and was announced. */
export interface EcsEvent {
  /** An upper-case UUID of its own. */
  readonly id: string
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly instance: InstanceProfile
  readonly draft: EventDraft
}

/** The ARN by which CloudMonitor names what an event is about. */
export function arnOf({ instance, draft }: EcsEvent): string {
  return `acs:ecs:${instance.regionId}:${instance.accountId}:${draft.resource}`
}

/** The names that the console shows, where a vendor page gives one; the English name otherwise. */
export function chineseName(name: string): string {
  if (name === 'Instance:StateChange') return '实例状态改变通知'
  if (name === 'Instance:PreemptibleInstanceInterruption') return '抢占式实例中断通知'
  return name
}
