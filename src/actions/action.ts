import type { AuditEvent } from '../events/audit-event.ts'
import type { FollowUp, FollowUpState } from './follow-up.ts'

/**
 * What may be decided: a record that says anything else is not understood.
 * - `intent`: about to make a call that changes something; written down before it
 * - `done`: carried out, or found to be so already
 * - `skipped`: not carried out, for the reason given
 * - `would_do`: as `done`, but for the dry run
 * - `failed`: this step did not succeed; it may be tried again
 * - `gave_up`: it will not be tried again
 */
export const DECISIONS = ['intent', 'done', 'skipped', 'failed', 'gave_up', 'would_do'] as const

export type Decision = (typeof DECISIONS)[number]

/** One action record: a decision or a step of carrying it out. */
export interface ActionEntry {
  /**
   * Names the step within (event, action): stable over redeliveries, so that the same step told twice is one
   * (`intent-1`, `start-1`, `remove/rsp-1`).
   */
  readonly step: string
  /** `event_key` of the event that the step is about, where it is not the one that the job is for. */
  readonly causedBy?: string
  readonly decision: Decision
  /** A code out of the action's closed set: `locked`, `recovered`. */
  readonly reason: string
  /** One sentence more, for a person. */
  readonly detail?: string
  /** From 1. */
  readonly attempt?: number
  /** What was acted on: a server group, a new instance id. */
  readonly target?: string
  readonly durationMs?: number
  /** Time left to the deadline; negative when it came too late. */
  readonly deadlineMarginMs?: number
  /** Time without the capacity that was lost. */
  readonly lostMs?: number
  /** Facts worth keeping, as a JSON object: ports, weights, first stop. */
  readonly content?: Readonly<Record<string, unknown>>
}

/** What makes an action run. */
export type Trigger =
  | { readonly kind: 'event'; readonly event: AuditEvent }
  | { readonly kind: 'follow-up'; readonly followUp: FollowUp }

/**
 * - `settled`: everything is recorded, or handed to the logstore's batcher; a follow-up does the rest
 * - `again`: the message goes back to the queue: this process stops, or could not even leave a follow-up
 */
export type JobEnd = 'settled' | 'again'

/** One run of one action for one delivered message. */
export interface Job {
  readonly trigger: Trigger
  /** `event_key` of the event that called for the action, also over follow-ups. */
  readonly causedBy: string
  readonly instanceId: string
  readonly regionId: string
  /** When this process received the message, epoch ms. */
  readonly receivedMs: number
  /** Decide and record, change nothing. */
  readonly dryRun: boolean
  /** Aborts when this process stops: leave at the next safe point with `again`. */
  readonly signal: AbortSignal
  /**
   * Writes an action record. It is on its way at once; nobody needs to wait for it: the message is acknowledged only when
   * all its records are stored. Resolves with whether it was stored; may take as long as the logstore is down.
   */
  record(entry: ActionEntry): Promise<boolean>
  /** Leaves a durable timer: a delayed message on the queue that runs this action again. False: it could not be sent. */
  followUp(state: FollowUpState, delayMs: number): Promise<boolean>
}

/** Something done about events. The built-in actions and the user's own have this same form. */
export interface Action {
  /** The record's `action`: restart, drain, replace, or a user's own name. */
  readonly name: string
  /** Larger goes first. */
  readonly priority: number
  /** Actions with the same key and instance run one after the other. */
  readonly exclusive: string
  /** Whether an event may call for this action. Cheap and pure: it is asked for every event. */
  concerns(event: AuditEvent): boolean
  /** What is told in place of a run, where the event alone forbids one: too old, no match. Cheap and pure. */
  refuses?(event: AuditEvent): ActionEntry | undefined
  run(job: Job): Promise<JobEnd>
}
