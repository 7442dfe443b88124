import { pino } from 'pino'
import type { ActionEntry, Job, JobEnd } from '../../../src/actions/action.ts'
import { createDrain } from '../../../src/actions/drain/drain.ts'
import type { ActionJournal, JournalEntry } from '../../../src/actions/journal.ts'
import { LocalJournal } from '../../../src/actions/local-journal.ts'
import type { ApiOutcome } from '../../../src/cloud/api-outcome.ts'
import type { Compute, Instance } from '../../../src/cloud/compute.ts'
import { type ActionsConfig, actionsSchema } from '../../../src/config/actions-schema.ts'
import type { AuditEvent } from '../../../src/events/audit-event.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { interruptionNotice, spotInstance } from '../support/spot-loss.ts'
import { faultOf, MemoryBalancing } from './memory-balancing.ts'

export const INSTANCE = 'i-bp1doomed'

/** One drain on a stage of which everything is in the test's hand: clock, ECS, load balancers, journal. */
export class Stage {
  readonly clock = new ManualClock()
  readonly balancing = new MemoryBalancing(this.clock)
  readonly local = new LocalJournal()
  readonly records: Array<ActionEntry & { readonly causedBy: string; readonly atMs: number }> = []
  readonly lines: Array<Record<string, unknown>> = []
  readonly stop = new AbortController()
  /** What ECS answers; undefined: nothing, until its limits are reached. */
  describe: (() => ApiOutcome<Instance | undefined>) | undefined = () => ({ kind: 'done', value: instance() })
  journalAsked = 0
  /** What the logstore adds to what this process knows. */
  stored: JournalEntry[] = []
  readonly #config: ActionsConfig

  constructor(drain: Readonly<Record<string, unknown>> = {}, actions: Readonly<Record<string, unknown>> = {}) {
    this.#config = actionsSchema.parse({ ...actions, drain: { enabled: true, ...drain } })
  }

  /** Starts a run for a notice that was given `agoMs` ago. */
  run(given: Partial<AuditEvent> & { agoMs?: number; dryRun?: boolean; signal?: AbortSignal } = {}): Promise<JobEnd> {
    const { agoMs = 0, dryRun = false, signal = this.stop.signal, ...event } = given
    const told = notice({ timeMs: this.clock.now() - agoMs, ...event })
    const action = createDrain({
      config: this.#config,
      compute: () => this.#compute(),
      balancing: () => this.balancing,
      journal: this.#journal(),
      clock: this.clock,
      log: pino({ level: 'debug' }, { write: (line) => void this.lines.push(JSON.parse(line)) })
    })
    return action.run(this.#job(told, dryRun, signal))
  }

  /** The records without the intents, as `decision reason target`. */
  told(): string[] {
    return this.records
      .filter(({ decision }) => decision !== 'intent')
      .map(({ decision, reason, target }) => [decision, reason, ...(target === undefined ? [] : [target])].join(' '))
  }

  /** The record of how the whole drain ended: the last one. */
  summary(): ActionEntry | undefined {
    return this.records.findLast(({ step }) => step === 'drained' || step === 'repeated')
  }

  record(step: string): ActionEntry | undefined {
    return this.records.find((entry) => entry.step === step)
  }

  #job(event: AuditEvent, dryRun: boolean, signal: AbortSignal): Job {
    const { eventKey: causedBy, instanceId, regionId } = event
    return {
      trigger: { kind: 'event', event },
      causedBy,
      instanceId,
      regionId,
      receivedMs: this.clock.now(),
      dryRun,
      signal,
      record: (entry) => {
        const atMs = this.clock.elapsed()
        this.records.push({ ...entry, causedBy, atMs })
        this.local.add({ action: 'drain', causedBy, instanceId, regionId, accountId: '11' }, entry, this.clock.now())
        // The logstore is down: whoever waited for it would wait for ever.
        return new Promise(() => undefined)
      },
      followUp: async () => false
    }
  }

  #compute(): Compute {
    const never = async (): Promise<never> => {
      throw new Error('a drain asks ECS for nothing else')
    }
    return {
      describe: async (_id, { deadlineMs, signal }) => {
        if (this.describe !== undefined) return this.describe()
        await this.clock.sleep(deadlineMs - this.clock.elapsed(), signal)
        return { kind: 'unavailable', fault: faultOf('Silence') }
      },
      findByTags: never,
      count: never,
      start: never,
      run: never,
      tag: never
    }
  }

  #journal(): ActionJournal {
    const answer = async (wanted: (entry: JournalEntry) => boolean) => {
      this.journalAsked += 1
      return { entries: [...this.stored, ...this.local.entries(wanted)].filter(wanted), complete: true }
    }
    return {
      ofInstance: ({ action, instanceId }) =>
        answer((entry) => entry.action === action && entry.instanceId === instanceId),
      ofEvent: (causedBy) => answer((entry) => entry.causedBy === causedBy),
      intents: () => answer(() => false),
      instanceEvents: async () => [],
      stoppedInstances: async () => ({ byRegion: new Map(), complete: true })
    }
  }
}

export function instance(given: Partial<Instance> = {}): Instance {
  const adapters = { privateIps: ['10.0.0.7'], networkInterfaceIds: ['eni-7'] }
  const own = { instanceId: INSTANCE, name: 'web-7', stoppedMode: 'KeepCharging', locks: ['recycling'] }
  return spotInstance({ ...own, ...adapters, ...given })
}

/** Its interruption notice. */
export function notice(given: Partial<AuditEvent>): AuditEvent {
  return interruptionNotice({ instanceId: INSTANCE, ...given })
}
