import type { Instance } from '../../cloud/compute.ts'
import type { ActionsConfig } from '../../config/actions-schema.ts'
import type { AuditEvent } from '../../events/audit-event.ts'
import type { JournalAnswer } from '../journal.ts'
import { eventRefusal } from './event-refusal.ts'
import { withinHours } from './hours.ts'
import { type Stops, startsWithinHour, stormRefusal, stormUnknown } from './restart-budget.ts'
import type { Episode } from './restart-intents.ts'
import { type RestartPosition, type RestartProgress, restartPosition } from './restart-position.ts'
import type { RestartReason, RestartWait } from './restart-reasons.ts'
import { instanceRefusal, type RestartRefusal } from './restart-refusal.ts'
import type { InstanceTroubles } from './seen-events.ts'

/** Who stopped the instance, by ActionTrail; `nobody` also stands for not asked. */
export type Stopper =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'person'; readonly name: string }

/** Everything that a decision about a restart depends on. */
export interface RestartInput {
  readonly config: ActionsConfig
  readonly nowMs: number
  /** `event_key` of the stop. */
  readonly causedBy: string
  /** The stop; undefined for a follow-up, whose event has been judged before. */
  readonly event: Pick<AuditEvent, 'test' | 'instanceId' | 'timeMs'> | undefined
  readonly progress: RestartProgress
  /** As ECS describes it now; undefined: it does not exist (any more). */
  readonly instance: Instance | undefined
  readonly troubles: InstanceTroubles
  /** Records of restarts of this instance, at least of the last hour. */
  readonly journal: JournalAnswer
  readonly stops: Stops
  readonly stopper: Stopper
}

/**
 * What to do about a stopped instance.
 * - `start`: start it
 * - `wait`: look again later; nothing is used up
 * - `refuse`: leave it alone; `gaveUp` when it stays down after tries, or somebody must act
 * - `recovered`: it runs again after a try
 * - `settled`: this stop was dealt with before
 * - `superseded`: a newer event or step deals with it
 */
export type RestartPlan =
  | { readonly kind: 'start'; readonly attempt: number; readonly claims: number; readonly episode: Episode }
  | { readonly kind: 'wait'; readonly reason: RestartWait }
  | ({ readonly kind: 'refuse'; readonly gaveUp: boolean } & RestartRefusal)
  | { readonly kind: 'recovered'; readonly attempt: number; readonly episode: Episode }
  | { readonly kind: 'settled' | 'superseded' }

type OpenPosition = Extract<RestartPosition, { kind: 'open' }>

/** Stock comes back slowly: time between two tries, ms. */
export const NO_STOCK_MS = 3 * 60_000

/** Refusals that leave an instance down which ought to run, whatever was tried before. */
const SOMEBODY_MUST_ACT: ReadonlySet<RestartReason> = new Set(['attempts-used-up', 'restart-loop', 'deadline'])

/**
 * Decides about a stopped instance. Total and pure. Truth goes before rules, and rules before budgets: what it says first is
 * what a person would want to know first. Everything that speaks against a start stops it, whatever else holds.
 */
export function decideRestart(input: RestartInput): RestartPlan {
  const { config, event, journal, nowMs, causedBy, instance } = input
  const reason =
    event && eventRefusal(event, { nowMs, maxAgeMs: config.maxAge, paused: config.paused && config.restart.enabled })
  if (reason !== undefined) return { kind: 'refuse', gaveUp: false, reason }
  const position = restartPosition(input.progress, journal.entries, { causedBy, nowMs })
  if (position.kind === 'contested') return { kind: 'wait', reason: 'other-replica' }
  if (position.kind !== 'open') return position
  const { attempt, claims, firstStop, firstStopMs, deadlineMs } = position
  const episode = { firstStop, firstStopMs, deadlineMs }
  /** A start was called, or may have been, on behalf of this run. */
  const tried = input.progress.made > 0 || position.repeated
  if (tried && instance?.status === 'Running')
    return { kind: 'recovered', attempt: madeAttempt(position, input), episode }
  const refusal = instance === undefined ? { reason: 'released' as const } : refusalOf(input, instance, position)
  if (refusal !== undefined) {
    const gaveUp = tried || attempt > 1 || SOMEBODY_MUST_ACT.has(refusal.reason)
    return { kind: 'refuse', gaveUp, ...refusal }
  }
  const wait = waitReason(input, instance, position)
  return wait === undefined ? { kind: 'start', attempt, claims, episode } : { kind: 'wait', reason: wait }
}

/** The attempt that brought it back: the last one made, or the one that was cut off and is taken up again. */
function madeAttempt({ attempt, repeated }: OpenPosition, { progress }: RestartInput): number {
  return repeated ? attempt : progress.made
}

function refusalOf(input: RestartInput, instance: Instance, position: OpenPosition): RestartRefusal | undefined {
  const { config, nowMs, troubles, progress } = input
  const tried = progress.made > 0 || position.repeated
  const itself = instanceRefusal({ config, instance, interrupted: troubles.interrupted, nowMs })
  if (itself !== undefined) return itself
  if (!tried && /^(Running|Starting)$/.test(instance.status)) return { reason: 'already-running' }
  if (nowMs > position.deadlineMs) return { reason: 'deadline', detail: `Its status is ${instance.status}.` }
  if (instance.status !== 'Stopped') return undefined
  if (withinHours(config.maintenance, nowMs)) return { reason: 'maintenance-hours' }
  return stormRefusal(config.restart.storm, input.stops) ?? budgetRefusal(input, position) ?? personRefusal(input)
}

function budgetRefusal(input: RestartInput, position: OpenPosition): RestartRefusal | undefined {
  const { maxAttempts, maxPerHour } = input.config.restart
  if (position.attempt > maxAttempts) return { reason: 'attempts-used-up' }
  const starts = startsOf(input, position)
  if (starts < maxPerHour) return undefined
  return { reason: 'restart-loop', detail: `${starts} starts within the last hour.` }
}

function personRefusal({ config, stopper }: RestartInput): RestartRefusal | undefined {
  if (!config.restart.respectPeople || stopper.kind !== 'person') return undefined
  return { reason: 'stopped-by-person', detail: `Stopped by ${stopper.name}.` }
}

function startsOf({ journal, nowMs, causedBy }: RestartInput, { attempt, repeated }: OpenPosition): number {
  const except = repeated ? { causedBy, attempt } : undefined
  return startsWithinHour(journal, { nowMs, except })
}

function waitReason(
  input: RestartInput,
  instance: Instance | undefined,
  position: OpenPosition
): RestartWait | undefined {
  const { config, troubles, stops, stopper, journal, progress, nowMs } = input
  const status = statusWait(instance?.status ?? '')
  if (status !== undefined) return status
  if (troubles.maintenanceInFlight) return 'maintenance-in-flight'
  if (position.noStockMs !== undefined && nowMs - position.noStockMs < NO_STOCK_MS) return 'no-stock'
  // The state of a follow-up knows of a start that an unreachable journal does not.
  const knownStarts = Math.max(startsOf(input, position), !position.repeated && progress.made > 0 ? 1 : 0)
  if (!journal.complete && knownStarts > 0) return 'journal-incomplete'
  if (stormUnknown(stops)) return 'fleet-unknown'
  return config.restart.respectPeople && stopper.kind === 'unknown' ? 'stopper-unknown' : undefined
}

function statusWait(status: string): RestartWait | undefined {
  switch (status) {
    case 'Stopped':
      return undefined
    case 'Starting':
      return 'starting'
    case 'Stopping':
      return 'stopping'
    case 'Pending':
      return 'pending'
    default:
      return 'status-unknown'
  }
}
