import { onTestFinished } from 'vitest'
import { Executor } from '../../../src/actions/executor.ts'
import { decodeFollowUp } from '../../../src/actions/follow-up.ts'
import type { ActionJournal, JournalEntry } from '../../../src/actions/journal.ts'
import { LocalJournal } from '../../../src/actions/local-journal.ts'
import { createRestart } from '../../../src/actions/restart/restart.ts'
import { decode } from '../../../src/events/decode.ts'
import type { InstanceProfile } from '../../../src/sandbox/fleet/instance-profile.ts'
import { runFleet } from '../../../src/sandbox/fleet/run-fleet.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import { createTotals } from '../../../src/telemetry/totals.ts'
import { actionsConfig } from '../policy/restart-fixtures.ts'
import { openControlPlane } from '../support/control-plane-scene.ts'

/** How many times faster than the machine's the scene's clock goes. */
const PACE = 15
const PATIENCE_MS = 60_000
const REDELIVERY_MS = 5_000
const OPTED_IN = { 'ecs-audit': 'restart' }

export type RestartScene = Awaited<ReturnType<typeof openRestartScene>>

/** Restarts over sockets: the sandbox's ECS and fleet, the real client, and the executor; only the queue is short-circuited. */
export async function openRestartScene() {
  const plane = await openControlPlane({ pace: PACE })
  const { clock, fleet, compute } = plane
  plane.ecs.setBootMs(5_000)
  const config = actionsConfig({ restart: { settle: '2s', checkAfter: '20s' } })
  const records = new LocalJournal()
  const parts = { config, clock, log: silentLog, compute: () => compute, journal: journalOf(records) }
  const totals = createTotals()
  const actions = [createRestart(parts)]
  const executor = new Executor({
    actions,
    journal: records,
    clock,
    log: silentLog,
    totals,
    dryRun: false,
    maxJobs: 2_000
  })
  const timers = new Set<() => void>()
  const starts: string[] = []
  const later = (ms: number, act: () => void): void => {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel)
      act()
    })
    timers.add(cancel)
  }
  const outlet = {
    record: async () => true,
    send: async (body: string, delayMs: number) => {
      later(delayMs, () => deliver(body))
      return true
    }
  }
  let messages = 0
  const deliver = (body: string, messageId = `m-${messages++}`): void => {
    const followUp = decodeFollowUp(body)
    const decoded = decode(body, { messageId })
    const common = { queue: 'q', messageId, dequeueCount: 1, receivedMs: clock.now() }
    const message =
      followUp !== undefined
        ? ({ ...common, kind: 'follow-up', followUp } as const)
        : decoded.kind === 'event' && ({ ...common, kind: 'event', event: decoded.event } as const)
    if (message === false) return
    const end = executor.take(message, outlet)
    void end?.then((ended) => ended === 'again' && later(REDELIVERY_MS, () => deliver(body, messageId)))
  }
  const unwatch = fleet.watch({
    event: ({ instance, draft }) => {
      if (draft.detail === 'Starting') starts.push(instance.instanceId)
    }
  })
  const stop = new AbortController()
  const alive: { running: Promise<void> } = { running: Promise.resolve() }
  onTestFinished(async () => {
    stop.abort()
    for (const cancel of timers) cancel()
    await executor.stop()
    for (const cancel of timers) cancel()
    await alive.running
    unwatch()
  })

  return {
    ...plane,
    records,
    /** Starts that ECS carried out since `live`, by instance. */
    starts,
    /** From now on the fleet lives and what it announces is delivered. */
    live: () => {
      fleet.advance(clock.now())
      starts.length = 0
      const send = async (bodies: string[]): Promise<void> => {
        for (const body of bodies) deliver(body)
      }
      alive.running = runFleet(fleet, { send, clock, signal: stop.signal, speed: Number.POSITIVE_INFINITY })
    },
    /** An instance that opted in and runs when the fleet begins to live. */
    running: (instanceId: string, given: Partial<InstanceProfile> = {}) => {
      fleet.create({ instanceId, spotStrategy: 'NoSpot', ...given })
      plane.ecs.setTags(instanceId, OPTED_IN)
    },
    told: (instanceId: string) => toldOf(records, instanceId),
    /** Waits until a record of this instance says so. */
    until: async (instanceId: string, line: string): Promise<void> => {
      const endMs = performance.now() + PATIENCE_MS
      while (!toldOf(records, instanceId).includes(line)) {
        if (performance.now() > endMs)
          throw new Error(`not told: ${line}; but ${toldOf(records, instanceId).join(', ')}`)
        await clock.sleep(500)
      }
    }
  }
}

function toldOf(records: LocalJournal, instanceId: string): string[] {
  return records
    .entries((entry) => entry.instanceId === instanceId)
    .map(({ step, decision, reason }) => `${step} ${decision} ${reason}`)
}

/** A logstore that has every record at once. */
function journalOf(records: LocalJournal): ActionJournal {
  const answer = async (wanted: (entry: JournalEntry) => boolean) => ({
    entries: records.entries(wanted).sort((a, b) => a.atMs - b.atMs),
    complete: true
  })
  return {
    ofInstance: ({ instanceId, sinceMs }) =>
      answer((entry) => entry.instanceId === instanceId && entry.atMs >= sinceMs),
    intents: ({ sinceMs }) => answer((entry) => entry.decision === 'intent' && entry.atMs >= sinceMs),
    ofEvent: (causedBy) => answer((entry) => entry.causedBy === causedBy),
    stoppedInstances: async (sinceMs) => ({ byRegion: records.stoppedSince(sinceMs), complete: true }),
    instanceEvents: async ({ instanceId }) => records.eventsOf(instanceId)
  }
}
