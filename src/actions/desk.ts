import type { AuditEvent } from '../events/audit-event.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { JobEnd } from './action.ts'
import type { FollowUp } from './follow-up.ts'

/** A message as the actions see it: an event, or one of their own timers. */
export type DeskMessage = {
  readonly queue: string
  readonly messageId: string
  readonly dequeueCount: number
  /** Epoch ms. */
  readonly receivedMs: number
} & (
  | { readonly kind: 'event'; readonly event: AuditEvent }
  | { readonly kind: 'follow-up'; readonly followUp: FollowUp }
)

/** What an action may write for the message that it works on. */
export interface Outlet {
  /** Ships a record; the message is acknowledged only after it is stored. Resolves with whether it was. */
  record(record: LogRecord): Promise<boolean>
  /** Puts a message on the queue that this one came from, to be received `delayMs` from now. False: it could not be sent. */
  send(body: string, delayMs: number): Promise<boolean>
}

/** Where messages become actions. */
export interface ActionDesk {
  /** Counts every event; starts what it calls for. Undefined: nothing. Never throws or rejects. */
  take(message: DeskMessage, outlet: Outlet): Promise<JobEnd> | undefined
  /** Jobs under way or waiting. */
  readonly size: number
  /** Resolves when no job is under way or waiting. */
  idle(): Promise<void>
  /** Ends every job at its next safe point. Resolves when they have ended. Idempotent. */
  stop(): Promise<void>
}
