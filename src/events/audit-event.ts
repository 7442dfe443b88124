/** Which of the known shapes a message came in: one for each way that an event can take into the queue. */
export type Envelope =
  | 'cloudmonitor' // flat system event of CloudMonitor
  | 'cloudmonitor-enriched' // the same with eventType, ruleName, curLevel, ... from an event subscription
  | 'cloudmonitor-debug' // the same from the console's debug button or a dry run: no id, eventTime, userId, ver
  | 'subscription' // event-subscription envelope: alert.meta.sysEventMeta, as objects or as JSON texts
  | 'metric-alert' // alert rule on a metric
  | 'legacy-alarm' // {message, type} of the older alarm subscription
  | 'cloudevents' // EventBridge rule with Body=ORIGINAL
  | 'bare-data' // EventBridge rule with Body=$.data

/** One event, whatever envelope it came in. Absent text fields are ''; texts but `content` hold at most 1,024 characters. */
export interface AuditEvent {
  readonly envelope: Envelope
  /** Stable over redeliveries and over encodings of the same event: see `eventKey`. */
  readonly eventKey: string
  readonly eventId: string
  /**
   * The name as it was sent, with no blanks around its colons: `<type>:<event>[:<status>]` from CloudMonitor
   * (`Instance:SystemMaintenance.Reboot:Scheduled`). EventBridge sends no status suffix; its `ecs:` prefix is left out
   * here. Alarms have no name of their own: `MetricAlert:<metric>` and `LegacyAlarm:<metric>`. The suffix may be out of
   * date: trust `status`.
   */
  readonly name: string
  /** Epoch ms; undefined when the message tells no time, or nonsense. */
  readonly timeMs: number | undefined
  /** `ECS`, or another product's name as it was sent. */
  readonly product: string
  /** INFO, WARN, CRITICAL (upper case), or ''. An alarm's level may be OK too. */
  readonly level: string
  /** The status that holds: the content's own before the name's suffix before the envelope's (see `effectiveStatus`). */
  readonly status: string
  readonly regionId: string
  readonly accountId: string
  readonly resourceArn: string
  /** As it was sent, so it may be masked when `test` is set. Otherwise `i-...`, but for alarms, which know older forms. */
  readonly instanceId: string
  /** State of an instance's StateChange as it was sent (Pending and Created both mean creation: see `isCreation`). '' for every other event. */
  readonly state: string
  /** `action` of a preemptible instance's interruption notice, `unknown` when the notice names none. '' for every other event. */
  readonly interruption: string
  /** The event's own content, JSON text; the whole message where the shape has no content of its own. */
  readonly content: string
  /** A debug event: masked or placeholder values, or a shape that only debug events have. Recorded, never acted upon. */
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
  | 'internal' // a bug in the decoder: the message is kept all the same

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
