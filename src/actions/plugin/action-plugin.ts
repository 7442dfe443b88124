import type { AuditEvent } from '../../events/audit-event.ts'
import type { Log } from '../../telemetry/log.ts'

/** What a plugin is told about one run. */
export interface PluginContext {
  readonly event: AuditEvent
  /** The same for every delivery, retry and replica: make what you call idempotent by it. */
  readonly idempotencyKey: string
  /** From 1; counts `execute` only. */
  readonly attempt: number
  /** Aborts when this process stops, or when the run's time is up. */
  readonly signal: AbortSignal
  readonly log: Log
}

/** What a plugin means to do. `plan` must be JSON when the action is to survive a retry; it is made anew then. */
export type PluginPlan<Plan> =
  | { readonly kind: 'act'; readonly plan: Plan; readonly target?: string; readonly detail?: string }
  | { readonly kind: 'skip'; readonly reason: string; readonly detail?: string }

/** What came of it. With `retryAfterMs` it is tried again, also by another process. */
export type PluginResult =
  | { readonly kind: 'done'; readonly reason?: string; readonly detail?: string; readonly target?: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly detail?: string; readonly retryAfterMs?: number }

/**
 * An action of your own. The service asks `match` for every event, then `plan` (which must not change anything: it also
 * runs in a dry run and in `explain`), writes down the intent, and calls `execute`. Every decision becomes a record in the
 * logstore; the event's message is deleted from the queue only when they are stored. A module in the configuration's
 * `actions.plugins` exports `createAction(options)`, which returns one of these.
 */
export interface ActionPlugin<Plan = unknown> {
  /** The record's `action`: 2 to 32 lower-case letters, digits and hyphens. */
  readonly name: string
  /** Whether the event concerns it. Cheap and pure. */
  match(event: AuditEvent): boolean
  plan(event: AuditEvent, context: PluginContext): Promise<PluginPlan<Plan>>
  execute(plan: Plan, context: PluginContext): Promise<PluginResult>
}
