import { onTestFinished } from 'vitest'
import type { JobEnd } from '../../../src/actions/action.ts'
import { createDrain } from '../../../src/actions/drain/drain.ts'
import { Executor } from '../../../src/actions/executor.ts'
import type { JournalEntry } from '../../../src/actions/journal.ts'
import { LocalJournal } from '../../../src/actions/local-journal.ts'
import { LogstoreJournal } from '../../../src/actions/logstore-journal.ts'
import { actionsSchema } from '../../../src/config/actions-schema.ts'
import type { AuditEvent } from '../../../src/events/audit-event.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import { createTotals } from '../../../src/telemetry/totals.ts'
import type { ControlPlaneScene } from '../support/control-plane-scene.ts'
import { faultOf } from './memory-balancing.ts'
import { notice } from './stage.ts'

/** A process that drains by the sandbox, with its logstore down: all that it knows of the past is its own. */
export class Replica {
  readonly #scene: ControlPlaneScene
  readonly #journal = new LocalJournal()
  readonly #executor: Executor

  constructor(scene: ControlPlaneScene, drain: Readonly<Record<string, unknown>> = {}) {
    const { clock } = scene
    const stop = new AbortController()
    this.#scene = scene
    const action = createDrain({
      config: actionsSchema.parse({ drain: { enabled: true, ...drain } }),
      compute: () => scene.compute,
      balancing: () => scene.balancing,
      journal: new LogstoreJournal({
        local: this.#journal,
        reader: { queryLogs: async () => ({ kind: 'failed', fault: faultOf('Down') }) },
        clock,
        signal: stop.signal
      }),
      clock,
      log: silentLog
    })
    this.#executor = new Executor({
      actions: [action],
      journal: this.#journal,
      clock,
      log: silentLog,
      totals: createTotals(),
      dryRun: false,
      maxJobs: 1_000
    })
    onTestFinished(async () => {
      await this.#executor.stop()
      stop.abort()
    })
  }

  /** Delivers a notice that was given `agoMs` ago. */
  async deliver(given: Partial<AuditEvent> & { readonly agoMs?: number } = {}): Promise<JobEnd | undefined> {
    const { agoMs = 0, ...event } = given
    const nowMs = this.#scene.clock.now()
    const told = notice({ timeMs: nowMs - agoMs, ...event })
    const message = {
      kind: 'event',
      event: told,
      queue: 'q',
      messageId: 'm',
      dequeueCount: 1,
      receivedMs: nowMs
    } as const
    // The records of a logstore that is down are stored when it is back, not before.
    const outlet = { record: () => new Promise<boolean>(() => undefined), send: async () => false }
    return await this.#executor.take(message, outlet)
  }

  /** Ends every run at its next safe point. */
  stop(): Promise<void> {
    return this.#executor.stop()
  }

  get records(): JournalEntry[] {
    return this.#journal.entries(() => true)
  }

  /** The records but the intents, as `decision reason target`; sorted, for groups end in any order. */
  told(): string[] {
    const ended = this.records.filter(({ decision }) => decision !== 'intent')
    return ended.map(({ decision, reason, target }) => `${decision} ${reason} ${target}`.trim()).sort()
  }
}
