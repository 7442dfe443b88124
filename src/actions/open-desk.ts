import type { CredentialSource } from '../cloud/credentials.ts'
import type { Config } from '../config/schema.ts'
import type { AuditEvent } from '../events/audit-event.ts'
import type { Clock } from '../lib/clock.ts'
import type { SlsReader } from '../logstore/sls-reader.ts'
import type { Log } from '../telemetry/log.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { Action } from './action.ts'
import type { ActionDesk } from './desk.ts'
import { Executor } from './executor.ts'
import { LocalJournal } from './local-journal.ts'
import type { ActionPlugin } from './plugin/action-plugin.ts'
import { pluginAction } from './plugin/plugin-action.ts'
import { eventRefusal } from './policy/event-refusal.ts'
import { EVENT_REASONS } from './policy/reasons.ts'

export interface DeskOptions {
  readonly config: Config
  readonly plugins: readonly ActionPlugin[]
  readonly credentials: CredentialSource
  /** For what was decided before. */
  readonly reader: SlsReader
  readonly clock: Clock
  readonly log: Log
  readonly totals: Totals
}

/** The actions that the configuration switches on, ready to be asked. `close` ends their connections: after the desk's `stop`. */
export function openDesk(options: DeskOptions): { readonly desk: ActionDesk; readonly close: () => Promise<void> } {
  const { config, plugins, clock, log, totals } = options
  const journal = new LocalJournal()
  const refuse = (event: AuditEvent): { reason: string; detail: string } | undefined => {
    const { maxAge: maxAgeMs, paused } = config.actions
    const reason = eventRefusal(event, { nowMs: clock.now(), maxAgeMs, paused })
    return reason && { reason, detail: EVENT_REASONS[reason] }
  }
  const actions: Action[] = plugins.map((plugin) => pluginAction({ plugin, clock, log, refuse }))
  const maxJobs = Math.ceil(config.limits.maxMessages / 2)
  const desk = new Executor({ actions, journal, clock, log, totals, dryRun: config.actions.dryRun, maxJobs })
  return { desk, close: () => Promise.resolve() }
}

/** Whether anything at all is done about events. */
export function actionsEnabled({ actions }: Config, plugins: readonly ActionPlugin[]): boolean {
  return actions.restart.enabled || actions.drain.enabled || actions.replace.enabled || plugins.length > 0
}
