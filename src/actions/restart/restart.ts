import { randomBytes } from 'node:crypto'
import type { AuditEvent } from '../../events/audit-event.ts'
import type { Action, ActionEntry, Job, JobEnd } from '../action.ts'
import type { FollowUp } from '../follow-up.ts'
import { eventRefusal } from '../policy/event-refusal.ts'
import { matches } from '../policy/match.ts'
import { STEPS } from '../policy/restart-intents.ts'
import type { RestartReason } from '../policy/restart-reasons.ts'
import { PROFILES } from '../profiles.ts'
import { advance, recoveredEntry } from './advance.ts'
import { OpenEpisodes } from './open-episodes.ts'
import { progressOf } from './progress-state.ts'
import type { RestartContext, RestartParts } from './restart-parts.ts'
import { StormAlarm } from './storm-alarm.ts'

/**
 * Restarts instances that stopped unexpectedly. A Stopped event begins it, or joins what an earlier stop began; a follow-up
 * looks whether the instance runs and goes on from there; a Running event tells the recovery early. A Starting event tells
 * nothing that is worth a look: Running or Stopped comes after it, and the follow-up in any case.
 *
 * In a dry run everything is decided by reading, and `would_do` recorded in place of intent and start. It leaves no
 * follow-ups: what can't be decided now is recorded and not looked at again.
 */
export function createRestart(parts: RestartParts): Action {
  const { config, clock, log } = parts
  const storms = new StormAlarm({ clock, log, windowMs: config.restart.storm.window })
  const replica = randomBytes(6).toString('hex')
  const context: RestartContext = { ...parts, storms, episodes: new OpenEpisodes(), replica }
  return {
    ...PROFILES.restart,
    concerns: (event) =>
      config.restart.enabled &&
      (PROFILES.restart.concerns(event) ||
        (event.state === 'Running' && context.episodes.of(event.instanceId) !== undefined)),
    refuses: (event) => (event.state === 'Running' ? undefined : refusedEntry(stopRefusal(context, event))),
    run: (job) => {
      const { trigger } = job
      if (trigger.kind === 'follow-up') return resume(context, job, trigger.followUp)
      return trigger.event.state === 'Running'
        ? Promise.resolve(recognize(context, job, trigger.event))
        : begin(context, job, trigger.event)
    }
  }
}

/** A stop: refused at once by what the event tells, else looked at after it had time to settle. */
async function begin(context: RestartContext, job: Job, event: AuditEvent): Promise<JobEnd> {
  const { config, clock } = context
  const refusal = refusedEntry(stopRefusal(context, event))
  if (refusal !== undefined) {
    void job.record(refusal)
    return 'settled'
  }
  try {
    await clock.sleep(config.restart.settle, job.signal)
  } catch {
    return 'again'
  }
  const stopMs = event.timeMs ?? job.receivedMs
  const deadlineMs = stopMs + config.restart.deadline
  const episode = { firstStop: job.causedBy, firstStopMs: stopMs, deadlineMs }
  return advance(context, job, { stopMs, ...episode, made: 0, startedMs: 0, looks: 0 })
}

function refusedEntry(reason: RestartReason | undefined): ActionEntry | undefined {
  return reason && { step: STEPS.refused, decision: 'skipped', reason }
}

function stopRefusal({ config, clock }: RestartContext, event: AuditEvent): RestartReason | undefined {
  const { maxAge: maxAgeMs, paused } = config
  const refusal = eventRefusal(event, { nowMs: clock.now(), maxAgeMs, paused })
  if (refusal !== undefined) return refusal
  const { instanceId, regionId } = event
  return matches(config.restart.match, { instanceId, regionId }) === 'no' ? 'no-match' : undefined
}

/** A Running event: the recovery, when this process started the instance; else none of our business. */
function recognize({ episodes, clock }: RestartContext, job: Job, event: AuditEvent): JobEnd {
  const episode = episodes.of(job.instanceId)
  const runningMs = event.timeMs ?? clock.now()
  // One from before the stop was late, or came twice.
  if (episode === undefined || event.test || runningMs <= episode.stopMs) return 'settled'
  episodes.close(job.instanceId)
  void job.record(recoveredEntry(episode, runningMs))
  return 'settled'
}

async function resume(context: RestartContext, job: Job, followUp: FollowUp): Promise<JobEnd> {
  const progress = progressOf(followUp.state)
  if (progress !== undefined) return advance(context, job, progress)
  void job.record({ step: `follow-up-${followUp.sentMs}`, decision: 'gave_up', reason: 'bad-follow-up' })
  return 'settled'
}
