/** What an action needs to go on later: JSON, without secrets, at most a few KB. */
export type FollowUpState = Readonly<Record<string, unknown>>

/** A durable timer: it travels as a delayed message on the queue and survives every process. */
export interface FollowUp {
  /** The action that goes on: its name. */
  readonly action: string
  /** `event_key` of the event that called for it. */
  readonly causedBy: string
  readonly instanceId: string
  readonly regionId: string
  /** When it was sent, epoch ms. */
  readonly sentMs: number
  readonly state: FollowUpState
}
