import { setMaxListeners } from 'node:events'
import type { RegionalCloud } from '../cloud/regional-cloud.ts'
import type { Config } from '../config/schema.ts'
import type { AuditEvent } from '../events/audit-event.ts'
import type { Clock } from '../lib/clock.ts'
import type { SlsReader } from '../logstore/sls-reader.ts'
import type { Log } from '../telemetry/log.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { Action } from './action.ts'
import type { ActionDesk } from './desk.ts'
import { createDrain } from './drain/drain.ts'
import { Executor } from './executor.ts'
import { LocalJournal } from './local-journal.ts'
import { LogstoreJournal } from './logstore-journal.ts'
import type { ActionPlugin } from './plugin/action-plugin.ts'
import { pluginAction } from './plugin/plugin-action.ts'
import { eventRefusal } from './policy/event-refusal.ts'
import { EVENT_REASONS } from './policy/reasons.ts'
import { createReplace } from './replace/replace.ts'
import { createRestart } from './restart/restart.ts'
import type { StopTrail } from './restart/stop-trail.ts'

export interface DeskOptions {
  readonly config: Config
  readonly plugins: readonly ActionPlugin[]
  readonly cloud: RegionalCloud
  /** Told of every event. */
  readonly onEvent: (event: AuditEvent) => void
  /** Told when an action begins to work on an event. */
  readonly onRun: (action: string, event: AuditEvent) => void
  /** For what was decided before. */
  readonly reader: SlsReader
  readonly clock: Clock
  readonly log: Log
  readonly totals: Totals
}

/** The actions that the configuration switches on, ready to be asked. `close` ends their questions: after the desk's `stop`. */
export function openDesk(options: DeskOptions): { readonly desk: ActionDesk; readonly close: () => void } {
  const { config, plugins, cloud, onEvent, onRun, clock, log, totals } = options
  const local = new LocalJournal()
  const closed = new AbortController()
  // One for each question under way or waiting: bounded, but more than the ten that Node.js takes for a leak.
  setMaxListeners(0, closed.signal)
  const journal = new LogstoreJournal({ local, reader: options.reader, clock, signal: closed.signal })
  const { region, actions: rules } = config
  const actions = [
    ...builtIn(rules, cloud, { config: rules, journal, clock, log }),
    ...plugins.map((plugin) => pluginAction({ plugin, clock, log, refuse: refusalBy(rules, clock) }))
  ]
  // The SDK is loaded now: the first notice must not wait for it.
  if (rules.restart.enabled) cloud.compute(region)
  if (rules.drain.enabled || rules.replace.enabled) cloud.keepWarm()
  const maxJobs = Math.ceil(config.limits.maxMessages / 2)
  const { dryRun } = rules
  const desk = new Executor({ actions, journal: local, clock, log, totals, dryRun, maxJobs, onEvent, onRun })
  return { desk, close: () => closed.abort() }
}

/** Whether anything at all is done about events. */
export function actionsEnabled({ actions }: Config, plugins: readonly ActionPlugin[]): boolean {
  return actions.restart.enabled || actions.drain.enabled || actions.replace.enabled || plugins.length > 0
}

function builtIn(
  rules: Config['actions'],
  cloud: RegionalCloud,
  shared: { config: Config['actions']; journal: LogstoreJournal; clock: Clock; log: Log }
): Action[] {
  const compute = (regionId: string) => cloud.compute(regionId)
  const parts = { ...shared, compute, balancing: (regionId: string) => cloud.balancing(regionId) }
  const actions: Action[] = []
  if (rules.drain.enabled) actions.push(createDrain(parts))
  if (rules.replace.enabled) actions.push(createReplace(parts))
  const trail: StopTrail = {
    stoppedBy: ({ instanceId, regionId, sinceMs }, limits) =>
      // A trail answers for its own region only, which stands for a region that cannot be one.
      cloud.trail(regionId).stoppedBy({ instanceId, regionId: cloud.regionOf(regionId), sinceMs }, limits)
  }
  if (rules.restart.enabled) actions.push(createRestart({ ...shared, compute, trail }))
  return actions
}

/** The rules for all actions, as they hold for the user's own. */
function refusalBy(
  { maxAge: maxAgeMs, paused }: Config['actions'],
  clock: Clock
): (event: AuditEvent) => { reason: string; detail: string } | undefined {
  return (event) => {
    const reason = eventRefusal(event, { nowMs: clock.now(), maxAgeMs, paused })
    return reason && { reason, detail: EVENT_REASONS[reason] }
  }
}
