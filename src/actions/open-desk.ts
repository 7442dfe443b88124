import { setMaxListeners } from 'node:events'
import type { CloudLoader } from '../cloud/cloud-loader.ts'
import type { RegionalCloud } from '../cloud/regional-cloud.ts'
import type { Config } from '../config/schema.ts'
import type { AuditEvent } from '../events/audit-event.ts'
import type { Clock } from '../lib/clock.ts'
import type { SlsReader } from '../logstore/sls-reader.ts'
import type { Log } from '../telemetry/log.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { Action } from './action.ts'
import type { ActionParts } from './action-parts.ts'
import type { ActionDesk } from './desk.ts'
import { Executor } from './executor.ts'
import { LazyAction } from './lazy-action.ts'
import { LocalJournal } from './local-journal.ts'
import { LogstoreJournal } from './logstore-journal.ts'
import type { ActionPlugin } from './plugin/action-plugin.ts'
import { type PluginActionOptions, pluginAction } from './plugin/plugin-action.ts'
import { eventRefusal } from './policy/event-refusal.ts'
import { EVENT_REASONS } from './policy/reasons.ts'
import { PROFILES } from './profiles.ts'
import type { StopTrail } from './restart/restart-parts.ts'

export interface DeskOptions {
  readonly config: Config
  readonly plugins: readonly ActionPlugin[]
  readonly cloud: CloudLoader
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

/** The actions that the configuration switches on, ready to be asked. */
export interface OpenDesk {
  readonly desk: ActionDesk
  /** Loads what the actions run with, and the map of server groups: the first notice must not wait for it. */
  load(): Promise<void>
  /** Ends their questions: after the desk's `stop`. */
  close(): void
}

/** @throws AuditError `config` for an endpoint or a region that an action can't call */
export function openDesk(options: DeskOptions): OpenDesk {
  const { config, plugins, cloud, onEvent, onRun, clock, log, totals } = options
  const local = new LocalJournal()
  const closed = new AbortController()
  // One for each question under way or waiting: bounded, but more than the ten that Node.js takes for a leak.
  setMaxListeners(0, closed.signal)
  const journal = new LogstoreJournal({ local, reader: options.reader, clock, signal: closed.signal })
  const { actions: rules } = config
  const builtIn = builtInActions(rules, cloud, { config: rules, journal, clock, log })
  if (builtIn.length > 0) cloud.check()
  const refuse = refusalBy(rules, clock)
  const actions = [...builtIn, ...plugins.map((plugin) => pluginAction({ plugin, clock, log, refuse }))]
  const maxJobs = Math.ceil(config.limits.maxMessages / 2)
  const { dryRun } = rules
  const desk = new Executor({ actions, journal: local, clock, log, totals, dryRun, maxJobs, onEvent, onRun })
  return {
    desk,
    load: async () => {
      if (builtIn.length === 0) return
      await Promise.all(builtIn.map((action) => action.load()))
      const opened = await cloud.open()
      if (closed.signal.aborted) return
      if (rules.drain.enabled || rules.replace.enabled) opened.keepWarm()
      else opened.compute(config.region)
    },
    close: () => closed.abort()
  }
}

function builtInActions(
  rules: Config['actions'],
  cloud: CloudLoader,
  shared: { config: Config['actions']; journal: LogstoreJournal; clock: Clock; log: Log }
): LazyAction[] {
  const { drain, replace, restart } = PROFILES
  const openDrain = async (): Promise<Action> => {
    const [{ createDrain }, opened] = await Promise.all([import('./drain/drain.ts'), cloud.open()])
    return createDrain({ ...shared, ...regionsOf(opened) })
  }
  const openReplace = async (): Promise<Action> => {
    const [{ createReplace }, opened] = await Promise.all([import('./replace/replace.ts'), cloud.open()])
    return createReplace({ ...shared, ...regionsOf(opened) })
  }
  const openRestart = async (): Promise<Action> => {
    const [{ createRestart }, opened] = await Promise.all([import('./restart/restart.ts'), cloud.open()])
    return createRestart({ ...shared, ...regionsOf(opened), trail: trailOf(opened) })
  }
  return [
    ...(rules.drain.enabled ? [new LazyAction(drain, openDrain)] : []),
    ...(rules.replace.enabled ? [new LazyAction(replace, openReplace)] : []),
    ...(rules.restart.enabled ? [new LazyAction(restart, openRestart)] : [])
  ]
}

function regionsOf(cloud: RegionalCloud): Pick<ActionParts, 'compute' | 'balancing'> {
  return { compute: (regionId) => cloud.compute(regionId), balancing: (regionId) => cloud.balancing(regionId) }
}

function trailOf(cloud: RegionalCloud): StopTrail {
  return {
    stoppedBy: ({ instanceId, regionId, sinceMs }, limits) =>
      // A trail answers for its own region only, which stands for a region that cannot be one.
      cloud.trail(regionId).stoppedBy({ instanceId, regionId: cloud.regionOf(regionId), sinceMs }, limits)
  }
}

/** The rules for all actions, as they hold for the user's own. A retry may come a day after its event: only a pause forbids it. */
function refusalBy({ maxAge: maxAgeMs, paused }: Config['actions'], clock: Clock): PluginActionOptions['refuse'] {
  return (event, attempt) => {
    const pause = paused ? 'paused' : undefined
    const reason = attempt === 1 ? eventRefusal(event, { nowMs: clock.now(), maxAgeMs, paused }) : pause
    return reason && { reason, detail: EVENT_REASONS[reason] }
  }
}
