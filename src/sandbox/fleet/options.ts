import type { Weights } from './chance.ts'
import type { EnvelopeKind } from './envelopes.ts'
import { type ProfileSource, REGIONS, regionOf } from './instance-profile.ts'

/** What may happen to a running instance of its own accord. */
export type RunningAct = 'incident' | 'stop' | 'restart' | 'crash' | 'interruption' | 'release'
/** What its owner may do with a stopped one. */
export type StoppedAct = 'start' | 'release'

/** How often things happen, in the real service's time. */
export interface Habits {
  /** Mean time between two happenings of a running instance, ms. Default 40 min. */
  readonly runningMs: number
  /** Mean time a stopped instance is left alone, ms. Default 20 min. */
  readonly stoppedMs: number
  /** `interruption` stands for an incident where the instance is not preemptible. */
  readonly whileRunning: Weights<RunningAct>
  readonly whileStopped: Weights<StoppedAct>
}

/** What goes wrong on the way to the queue, and what else is on it. Rates are chances per event, 0 to 1. */
export interface Noise {
  /** The same message again, up to 30 s later; again with the same chance, 3 times at most. */
  readonly duplicateRate: number
  /** Delayed by up to `reorderMs`, so that later ones overtake it. */
  readonly reorderRate: number
  /** Milliseconds. Default 20 s. */
  readonly reorderMs: number
  /** Delayed by up to `lateMs`. */
  readonly lateRate: number
  /** Milliseconds. Default 3 h. */
  readonly lateMs: number
  /** A debug event with masked values. */
  readonly debugRate: number
  /** An alert of a metric alert rule. */
  readonly metricAlertRate: number
  /** An alarm of a legacy alarm subscription. */
  readonly legacyAlarmRate: number
  /** An event of another product, without id and time. */
  readonly otherProductRate: number
  /** A message that nothing can be made of. */
  readonly garbageRate: number
}

/** A change of speed: history before it, a lively fleet after it. */
export interface Liveliness {
  /** Epoch ms. */
  readonly fromMs: number
  /** Pace from then on. */
  readonly pace: number
  /** A round of the most telling happenings starts this often, ms of virtual time; Infinity for none. */
  readonly storyEveryMs: number
}

/** The usual least time between two events of one instance, ms. */
export const EVENT_GAP_MS = 1_000

/** How often chance lets something fail that was asked for, 0 to 1. */
export interface Mishaps {
  /** A creation that ends in the instance's deletion. Default 0.01. */
  readonly creationRate: number
  /** A start that ends in Stopped again. Default 0.02. */
  readonly startRate: number
}

/** Everything a fleet is made of; the same options and seed give the same fleet, message for message. */
export interface FleetSettings extends ProfileSource {
  readonly seed: number
  /** Virtual time at the beginning, epoch ms. */
  readonly startMs: number
  /** Instances alive: what is released is replaced. 0: only what is created from outside. Default 20. */
  readonly size: number
  /** How many times faster than in the real service lives go by. Default 1. */
  readonly pace: number
  /**
   * Two events of one instance are at least this far apart, ms of virtual time at any pace. Default 1 s: some envelopes
   * tell the time in whole seconds, and with a second between them the told times still give the true order.
   */
  readonly gapMs: number
  /** How long a message is on its way to the queue when nothing delays it, ms: at least, at most. Default 50 to 900. */
  readonly transitMs: readonly [least: number, most: number]
  readonly mishaps: Mishaps
  readonly live: Liveliness
  readonly habits: Habits
  /** Mean time until a released instance is replaced, ms of the real service; Infinity: never. Default 1 min. */
  readonly refillMs: number
  /** An instance that stopped unexpectedly comes back by itself after this mean, ms of the real service. Default: never. */
  readonly recoverAfterMs: number
  /** Envelope by weight; those not named are not used. */
  readonly envelopes: Weights<EnvelopeKind>
  readonly noise: Noise
  /** False: truth keeps nothing about single events and released instances, for a fleet without end. Default true. */
  readonly keepHistory: boolean
}

/** `FleetSettings` with everything but the seed and the start left to the defaults; noise and habits in any part. */
export interface FleetOptions extends Partial<Omit<FleetSettings, 'habits' | 'noise' | 'live'>> {
  readonly seed: number
  readonly startMs: number
  readonly habits?: Partial<Habits>
  readonly noise?: Partial<Noise>
  readonly live?: Liveliness
}

/** Every message exactly once, in order, and nothing else on the queue. */
export const NO_NOISE: Noise = {
  duplicateRate: 0,
  reorderRate: 0,
  reorderMs: 20_000,
  lateRate: 0,
  lateMs: 3 * 3_600_000,
  debugRate: 0,
  metricAlertRate: 0,
  legacyAlarmRate: 0,
  otherProductRate: 0,
  garbageRate: 0
}

const USUAL_NOISE: Noise = {
  ...NO_NOISE,
  duplicateRate: 0.02,
  reorderRate: 0.05,
  lateRate: 0.002,
  debugRate: 0.004,
  metricAlertRate: 0.01,
  legacyAlarmRate: 0.002,
  otherProductRate: 0.002
}

const USUAL_HABITS: Habits = {
  runningMs: 40 * 60_000,
  stoppedMs: 20 * 60_000,
  whileRunning: { incident: 45, stop: 15, restart: 8, crash: 3, interruption: 12, release: 10 },
  whileStopped: { start: 70, release: 30 }
}

/** The usual mix on one queue. `bare-data` has neither id nor time, so it is only sent when asked for. */
const USUAL_ENVELOPES: Weights<EnvelopeKind> = {
  classic: 56,
  enriched: 14,
  subscription: 6,
  'subscription-form': 4,
  cloudevents: 14,
  topic: 6
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError for an unknown region, or a pace that is not above 0
 */
export function resolveFleetOptions(options: FleetOptions): FleetSettings {
  const never = { fromMs: Number.POSITIVE_INFINITY, pace: 1, storyEveryMs: Number.POSITIVE_INFINITY }
  const settings = {
    size: 20,
    pace: 1,
    gapMs: EVENT_GAP_MS,
    transitMs: [50, 900] as const,
    mishaps: { creationRate: 0.01, startRate: 0.02 },
    live: never,
    accounts: 2,
    regions: REGIONS.map(({ id }) => id),
    spotShare: 0.4,
    prepaidShare: 0.2,
    refillMs: 60_000,
    recoverAfterMs: Number.POSITIVE_INFINITY,
    envelopes: USUAL_ENVELOPES,
    keepHistory: true,
    ...options,
    habits: { ...USUAL_HABITS, ...options.habits },
    noise: { ...USUAL_NOISE, ...options.noise }
  }
  settings.regions.forEach(regionOf)
  if (!(settings.pace > 0)) {
    throw new RangeError(`Cannot simulate a fleet: pace must be above 0, found ${settings.pace}`)
  }
  return settings
}
