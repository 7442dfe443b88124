import { onTestFinished } from 'vitest'
import { createDrain } from '../../../src/actions/drain/drain.ts'
import { Executor } from '../../../src/actions/executor.ts'
import { decodeFollowUp, type FollowUp } from '../../../src/actions/follow-up.ts'
import type { JournalEntry } from '../../../src/actions/journal.ts'
import { LocalJournal } from '../../../src/actions/local-journal.ts'
import { LogstoreJournal } from '../../../src/actions/logstore-journal.ts'
import { createReplace } from '../../../src/actions/replace/replace.ts'
import { type ActionsConfig, actionsSchema } from '../../../src/config/actions-schema.ts'
import type { AuditEvent } from '../../../src/events/audit-event.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import { createTotals } from '../../../src/telemetry/totals.ts'
import { faultOf } from '../drain/memory-balancing.ts'
import type { ControlPlaneScene } from '../support/control-plane-scene.ts'
import { noticeOf } from './world.ts'

type Content =
  | { readonly kind: 'event'; readonly event: AuditEvent }
  | { readonly kind: 'follow-up'; readonly followUp: FollowUp }

/**
 * Processes that drain and replace by the sandbox, on one queue, while the logstore is down: all that a process knows of
 * the past is its own, and what the cloud tells.
 */
export class Replicas {
  readonly #scene: ControlPlaneScene
  readonly #executors: Executor[] = []
  readonly #journals: LocalJournal[] = []
  readonly #stop = new AbortController()
  readonly #timers = new Set<() => void>()
  #next = 0

  constructor(scene: ControlPlaneScene, count: number, replace: Readonly<Record<string, unknown>> = {}) {
    this.#scene = scene
    const config = actionsSchema.parse({
      drain: { enabled: true, grace: '5s' },
      replace: { enabled: true, launchTemplate: 'lt-sandbox', ...replace }
    })
    for (let index = 0; index < count; index += 1) this.#open(config)
    onTestFinished(async () => {
      this.#stop.abort()
      for (const cancel of this.#timers) cancel()
      await Promise.all(this.#executors.map((executor) => executor.stop()))
    })
  }

  /** Delivers a notice to the next replica. */
  notice(instanceId: string, given: Partial<AuditEvent> = {}): void {
    const timeMs = this.#scene.clock.now()
    this.#deliver({ kind: 'event', event: noticeOf({ instanceId, timeMs, ...given }) })
  }

  records(action = 'replace'): JournalEntry[] {
    return this.#journals.flatMap((journal) => journal.entries((entry) => entry.action === action))
  }

  #open(config: ActionsConfig): void {
    const { clock, compute, balancing } = this.#scene
    const local = new LocalJournal()
    const reader = { queryLogs: async () => ({ kind: 'failed', fault: faultOf('Down') }) as const }
    const journal = new LogstoreJournal({ local, reader, clock, signal: this.#stop.signal })
    const parts = { config, compute: () => compute, balancing: () => balancing, journal, clock, log: silentLog }
    const actions = [createDrain(parts), createReplace(parts)]
    this.#journals.push(local)
    this.#executors.push(
      new Executor({
        ...{ actions, journal: local, clock, log: silentLog, totals: createTotals(), dryRun: false, maxJobs: 1_000 }
      })
    )
  }

  #deliver(content: Content): void {
    const number = this.#next++
    const executor = this.#executors[number % this.#executors.length]
    const { clock } = this.#scene
    const message = { queue: 'q', messageId: `m-${number}`, dequeueCount: 1, receivedMs: clock.now(), ...content }
    // The records of a logstore that is down are stored when it is back, not before.
    const record = (): Promise<boolean> => new Promise(() => undefined)
    const send = async (body: string, delayMs: number): Promise<boolean> => {
      const followUp = decodeFollowUp(body)
      if (followUp === undefined) throw new Error('not a follow-up')
      this.#timers.add(clock.after(delayMs, () => this.#deliver({ kind: 'follow-up', followUp })))
      return true
    }
    void executor?.take(message, { record, send })
  }
}
