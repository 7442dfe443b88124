import type { ApiFailure, CallLimits } from '../../cloud/api-outcome.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Job } from '../action.ts'
import { decideRestart, type RestartInput, type RestartPlan, type Stopper } from '../policy/decide-restart.ts'
import { STORM_SHARE_FROM, type Stops } from '../policy/restart-budget.ts'
import type { RestartProgress } from '../policy/restart-position.ts'
import { SEEN_EVENTS_MS, troublesOf } from '../policy/seen-events.ts'
import { earlierRestarts } from './earlier-restarts.ts'
import type { RestartContext } from './restart-parts.ts'

/** A reading call with its retries takes no longer, ms: the message is held meanwhile. */
const READ_LIMIT_MS = 10_000
/** Clocks differ: a stop may be in the trail a little before the event's time, ms. */
const TRAIL_SLACK_MS = 5 * 60_000

/** ECS could not be asked about the instance. */
export interface Blind {
  readonly kind: 'blind'
  readonly failure: ApiFailure
}

/** Looks at the instance, and as far as that leaves it open at the journal, the fleet and the trail; then decides. */
export async function survey(
  context: RestartContext,
  job: Job,
  progress: RestartProgress
): Promise<RestartPlan | Blind> {
  const { config, clock } = context
  const looked = await context.compute(job.regionId).describe(job.instanceId, limits(clock, job))
  if (looked.kind !== 'done' && looked.kind !== 'already') return { kind: 'blind', failure: looked }
  const truth: RestartInput = {
    config,
    nowMs: clock.now(),
    causedBy: job.causedBy,
    event: job.trigger.kind === 'event' ? job.trigger.event : undefined,
    progress,
    instance: looked.kind === 'done' ? looked.value : undefined,
    ...UNTROUBLED
  }
  // Most stops are none of ours, which the instance alone tells. A follow-up must know the steps before it in any case.
  const first = decideRestart(truth)
  if (first.kind !== 'start' && job.trigger.kind === 'event') return first
  const stops = await countStops(context, job)
  // In a storm the logstore is not asked about every single stop: other actions wait for its answers too.
  const braked = decideRestart({ ...truth, stops })
  if (braked.kind === 'refuse' && job.trigger.kind === 'event') return braked
  const known = { ...truth, stops, ...(await askAround(context, job)), nowMs: clock.now() }
  const plan = decideRestart(known)
  if (plan.kind !== 'start' || !config.restart.respectPeople) return plan
  const stopper = await askTrail(context, job, plan.episode.firstStopMs)
  return decideRestart({ ...known, stopper, nowMs: clock.now() })
}

const UNTROUBLED = {
  troubles: { interrupted: false, maintenanceInFlight: false },
  journal: { entries: [], complete: true },
  stops: { count: 0, inRegion: 0, fleetSize: undefined },
  stopper: { kind: 'nobody' }
} as const satisfies Partial<RestartInput>

async function askAround(context: RestartContext, job: Job): Promise<Pick<RestartInput, 'journal' | 'troubles'>> {
  const { instanceId } = job
  const nowMs = context.clock.now()
  const [journal, events] = await Promise.all([
    earlierRestarts(context, job),
    context.journal.instanceEvents({ instanceId, sinceMs: nowMs - SEEN_EVENTS_MS })
  ])
  return { journal, troubles: troublesOf(events, nowMs) }
}

async function countStops({ config, clock, compute, journal }: RestartContext, job: Job): Promise<Stops> {
  const { storm } = config.restart
  const { byRegion } = await journal.stoppedInstances(clock.now() - storm.window)
  const count = [...byRegion.values()].reduce((sum, stops) => sum + stops, 0)
  const inRegion = byRegion.get(job.regionId) ?? 0
  if (inRegion < STORM_SHARE_FROM || count > storm.stops) return { count, inRegion, fleetSize: undefined }
  const size = await compute(job.regionId).count(limits(clock, job))
  return { count, inRegion, fleetSize: size.kind === 'done' ? size.value : undefined }
}

async function askTrail({ trail, clock }: RestartContext, job: Job, firstStopMs: number): Promise<Stopper> {
  if (trail === undefined) return { kind: 'unknown' }
  const { instanceId, regionId } = job
  const sinceMs = firstStopMs - TRAIL_SLACK_MS
  const answer = await trail.stoppedBy({ instanceId, regionId, sinceMs }, limits(clock, job))
  if (answer.kind !== 'done') return { kind: 'unknown' }
  return answer.value === undefined ? { kind: 'nobody' } : { kind: 'person', name: answer.value }
}

function limits(clock: Clock, job: Job): CallLimits {
  return { deadlineMs: clock.elapsed() + READ_LIMIT_MS, signal: job.signal }
}
