import type { JournalEntry } from '../../../src/actions/journal.ts'
import type { RestartInput } from '../../../src/actions/policy/decide-restart.ts'
import { intentContent } from '../../../src/actions/policy/restart-intents.ts'
import type { Instance } from '../../../src/cloud/compute.ts'
import { type ActionsConfig, actionsSchema } from '../../../src/config/actions-schema.ts'

export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
/** 22 November 2026, 12:00 UTC. */
export const NOON = Date.UTC(2026, 10, 22, 12)
export const STOP = 'stop-1'
export const ID = 'i-bp1restart'

/** Everything switched on, so that only what a test is about can speak against a start. */
export function actionsConfig(given: Parameters<typeof actionsSchema.parse>[0] = {}): ActionsConfig {
  const { restart = {}, ...rest } = given as { restart?: object }
  return actionsSchema.parse({ dryRun: false, ...rest, restart: { enabled: true, ...restart } })
}

/** Stopped inside the guest, opted in by tag, pay as you go: to be restarted. */
export function stoppedInstance(given: Partial<Instance> = {}): Instance {
  return {
    instanceId: ID,
    name: 'web-1',
    regionId: 'cn-hangzhou',
    zoneId: 'cn-hangzhou-h',
    status: 'Stopped',
    stoppedMode: 'KeepCharging',
    locks: [],
    chargeType: 'PostPaid',
    spotStrategy: 'NoSpot',
    spotInterruptionBehavior: '',
    createdMs: NOON - 24 * HOUR,
    expiresMs: undefined,
    autoReleaseMs: undefined,
    tags: { 'ecs-audit': 'restart' },
    instanceType: 'ecs.g7.large',
    vpcId: 'vpc-1',
    vSwitchId: 'vsw-1',
    imageId: 'img-1',
    resourceGroupId: '',
    privateIps: ['192.0.2.10'],
    publicIps: [],
    networkInterfaceIds: ['eni-1'],
    ...given
  }
}

/** A stop ten seconds ago that nothing speaks against. */
export function restartInput(given: Partial<RestartInput> = {}): RestartInput {
  const stopMs = NOON - 10 * SECOND
  return {
    config: actionsConfig(),
    nowMs: NOON,
    causedBy: STOP,
    event: { test: false, instanceId: ID, timeMs: stopMs },
    progress: {
      stopMs,
      firstStop: STOP,
      firstStopMs: stopMs,
      deadlineMs: stopMs + 30 * MINUTE,
      made: 0,
      startedMs: 0,
      looks: 0
    },
    instance: stoppedInstance(),
    troubles: { interrupted: false, maintenanceInFlight: false },
    journal: { entries: [], complete: true },
    stops: { count: 1, inRegion: 1, fleetSize: undefined },
    stopper: { kind: 'nobody' },
    ...given
  }
}

/** A follow-up a minute after attempt `made`. */
export function checkInput(made: number, given: Partial<RestartInput> = {}): RestartInput {
  const stopMs = NOON - 2 * MINUTE
  return restartInput({
    event: undefined,
    progress: {
      stopMs,
      firstStop: STOP,
      firstStopMs: stopMs,
      deadlineMs: stopMs + 30 * MINUTE,
      made,
      startedMs: NOON - MINUTE,
      looks: 0
    },
    ...given
  })
}

export function entry(given: Partial<JournalEntry> & Pick<JournalEntry, 'step' | 'decision'>): JournalEntry {
  return {
    atMs: NOON - MINUTE,
    action: 'restart',
    reason: '',
    attempt: 1,
    instanceId: ID,
    causedBy: STOP,
    target: '',
    content: {},
    ...given
  }
}

/** The intent of an attempt, with the episode that it belongs to. */
export function intent(
  attempt: number,
  given: { agoMs?: number; causedBy?: string; firstStopMs?: number; deadlineMs?: number } = {}
): JournalEntry {
  const { agoMs = MINUTE, causedBy = STOP, firstStopMs = NOON - 2 * MINUTE } = given
  const { deadlineMs = firstStopMs + 30 * MINUTE } = given
  return entry({
    step: `intent-${attempt}`,
    decision: 'intent',
    reason: 'start',
    attempt,
    atMs: NOON - agoMs,
    causedBy,
    content: intentContent({ firstStop: STOP, firstStopMs, deadlineMs }, 'replica-1')
  })
}

/** Starts long over that each recovered, the first `agoMs` ago. */
export function startsBefore(count: number, agoMs = 50 * MINUTE): JournalEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const causedBy = `earlier-${index}`
    const firstStopMs = NOON - agoMs - SECOND
    return [
      intent(1, { agoMs, causedBy, firstStopMs }),
      entry({ step: 'recovered', decision: 'done', reason: 'recovered', causedBy, atMs: NOON - agoMs + SECOND })
    ]
  }).flat()
}
