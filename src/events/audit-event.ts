/** Which of the known shapes a message came in (the producers' forms of facts on CloudMonitor, EventBridge and MNS topics). */
export type Envelope =
  | 'cloudmonitor' // classic flat system event
  | 'cloudmonitor-enriched' // the same with eventType, status, ruleName, ...
  | 'subscription' // event-subscription envelope: alert.meta.sysEventMeta
  | 'metric-alert' // metric alert rule
  | 'legacy-alarm' // {message, type}
  | 'cloudevents' // EventBridge
  | 'bare-data' // EventBridge rule with Body=$.data

/** One event, whatever envelope it came in. Absent text fields are ''. */
export interface AuditEvent {
  readonly envelope: Envelope
  /** Stable over redeliveries and over encodings of the same event. */
  readonly eventKey: string
  readonly eventId: string
  /** `<type>:<event>[:<status>]` with no blanks around the colons: `Instance:StateChange`. */
  readonly name: string
  /** Epoch ms; undefined when the message tells no time. */
  readonly timeMs: number | undefined
  readonly product: string
  /** INFO, WARN, CRITICAL (upper case), or ''. */
  readonly level: string
  readonly status: string
  readonly regionId: string
  readonly accountId: string
  readonly resourceArn: string
  readonly instanceId: string
  /** State of an instance's StateChange as it was sent (Pending and Created both mean creation: see `isCreation`). '' for every other event. */
  readonly state: string
  /** `action` of a preemptible instance's interruption notice. */
  readonly interruption: string
  /** The event's own content, JSON text. */
  readonly content: string
  /** Masked or placeholder values: a debug event. Recorded, never acted upon. */
  readonly test: boolean
}

/** Why a message could not be understood. */
export type UndecodableReason =
  | 'empty'
  | 'not-text'
  | 'not-json'
  | 'not-an-object'
  | 'unknown-shape'
  | 'too-deep'
  | 'bad-wrapper'
  | 'refused-by-logstore'

export type Decoded =
  | { readonly kind: 'event'; readonly event: AuditEvent }
  | {
      readonly kind: 'undecodable'
      readonly eventKey: string
      readonly reason: UndecodableReason
      /** One sentence for a person; holds nothing of the body. */
      readonly detail: string
      /** The body as it was received. */
      readonly raw: string
    }
