import type { Instance } from '../../cloud/compute.ts'
import type { ActionsConfig } from '../../config/actions-schema.ts'
import { enabledActions } from '../../config/enabled-actions.ts'
import type { AuditEvent } from '../../events/audit-event.ts'
import type { Clock } from '../../lib/clock.ts'
import { silentLog } from '../../telemetry/log.ts'
import type { Action, ActionEntry, Job } from '../action.ts'
import { createDrain } from '../drain/drain.ts'
import type { EventReason } from '../policy/reasons.ts'
import { createReplace } from '../replace/replace.ts'
import { createRestart } from '../restart/restart.ts'
import { assumedCloud, hopedFor } from './assumed-cloud.ts'

/** What one action would do about an event. */
export interface Explanation {
  readonly action: string
  /** True when nothing is known of the instance but what the event tells: the rest is assumed to allow the action. */
  readonly assumed: boolean
  readonly entries: readonly ActionEntry[]
}

export interface ExplainOptions {
  readonly config: ActionsConfig
  /** What is known of instances; the others are assumed to be as the rules want them. */
  readonly instances: ReadonlyMap<string, Instance>
}

/**
 * What the actions that are switched on would do about an event that came in at its own time: the actions themselves run
 * in a dry run, against a cloud on paper.
 */
export async function explainEvent(event: AuditEvent, options: ExplainOptions): Promise<Explanation[]> {
  const { config, instances } = options
  const known = instances.has(event.instanceId)
  const explanations: Explanation[] = []
  for (const name of enabledActions(config)) {
    const { match } = config[name]
    const hoped = hopedFor(event.instanceId, event.regionId, match)
    const cloud = assumedCloud((instanceId) => instances.get(instanceId) ?? { ...hoped, instanceId })
    const clock = paperClock(event.timeMs ?? Date.now())
    const parts = { config, clock, log: silentLog, journal: cloud.journal }
    const regional = { ...parts, compute: () => cloud.compute, balancing: () => cloud.balancing }
    const action = { drain: createDrain, replace: createReplace, restart: createRestart }[name](regional)
    if (!action.concerns(event)) continue
    explanations.push({ action: name, assumed: !known, entries: await entriesOf(action, event, clock) })
  }
  return explanations
}

async function entriesOf(action: Action, event: AuditEvent, clock: Clock): Promise<ActionEntry[]> {
  if (event.test) {
    const reason: EventReason = 'test-event'
    return [{ step: 'refused', decision: 'skipped', reason }]
  }
  const entries: ActionEntry[] = []
  const { eventKey: causedBy, instanceId, regionId } = event
  const job: Job = {
    trigger: { kind: 'event', event },
    causedBy,
    instanceId,
    regionId,
    receivedMs: clock.now(),
    dryRun: true,
    signal: new AbortController().signal,
    record: async (entry) => {
      entries.push(entry)
      return true
    },
    followUp: async () => true
  }
  await action.run(job)
  return entries
}

/** A clock on which every wait is over at once. */
function paperClock(startMs: number): Clock {
  let elapsedMs = 0
  return {
    now: () => startMs + elapsedMs,
    elapsed: () => elapsedMs,
    random: () => 0.5,
    sleep: async (ms) => {
      elapsedMs += ms
    },
    after: (ms, callback) => {
      const timer = setImmediate(() => {
        elapsedMs += ms
        callback()
      })
      return () => clearImmediate(timer)
    }
  }
}
