import type { JobEnd } from '../../../src/actions/action.ts'
import type { DeskMessage } from '../../../src/actions/desk.ts'
import { Executor } from '../../../src/actions/executor.ts'
import { decodeFollowUp, type FollowUp } from '../../../src/actions/follow-up.ts'
import type { JournalEntry } from '../../../src/actions/journal.ts'
import { LocalJournal } from '../../../src/actions/local-journal.ts'
import { LogstoreJournal } from '../../../src/actions/logstore-journal.ts'
import { createRestart } from '../../../src/actions/restart/restart.ts'
import type { ActionsConfig } from '../../../src/config/actions-schema.ts'
import type { AuditEvent } from '../../../src/events/audit-event.ts'
import type { LogRecord } from '../../../src/logstore/sink.ts'
import type { QueryOutcome } from '../../../src/logstore/sls-reader.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import { createTotals } from '../../../src/telemetry/totals.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { actionsConfig, stoppedInstance } from '../policy/restart-fixtures.ts'
import { MemoryCompute } from './memory-compute.ts'
import { stateEvent } from './restart-world.ts'

const REDELIVERY_MS = 30_000

/** How slow everything is, ms, and how often a message comes. Asked anew each time. */
export interface Circumstances {
  /** A call to ECS, each way. */
  call(): number
  /** Until a record is stored. */
  store(): number
  /** From then until it can be found. */
  index(): number
  /** When each delivery of a message comes. One at least. */
  deliveries(): readonly number[]
}

interface Replica {
  readonly executor: Executor
  isDead: boolean
}

interface Stored {
  readonly fields: Readonly<Record<string, string>>
  readonly foundMs: number
}

type Content = { kind: 'event'; event: AuditEvent } | { kind: 'follow-up'; followUp: FollowUp }

/**
 * Replicas that restart one instance, with a memory of their own each and a logstore that shows what one wrote to the
 * others after a while, on a queue that delivers messages to any of them, and more than once.
 */
export class ReplicaWorld {
  readonly clock = new ManualClock()
  readonly compute = new MemoryCompute(this.clock, (id, status) => this.#change(id, status))
  readonly config: ActionsConfig = actionsConfig()
  readonly instanceId: string
  /** Times of the starts that ECS carried out, and of the instance's stops, epoch ms. */
  readonly startsMs: number[] = []
  readonly stopsMs: number[] = []
  readonly #circumstances: Circumstances
  readonly #replicas: Replica[]
  readonly #stored: Stored[] = []
  #messages = 0
  #next = 0

  constructor(replicas: number, circumstances: Circumstances) {
    this.#circumstances = circumstances
    const instance = stoppedInstance({ status: 'Running' })
    this.instanceId = instance.instanceId
    this.compute.instances.set(instance.instanceId, instance)
    this.compute.pause = () => this.clock.sleep(circumstances.call())
    this.#replicas = Array.from({ length: replicas }, () => this.#replica())
  }

  get status(): string | undefined {
    return this.compute.instances.get(this.instanceId)?.status
  }

  crash(): void {
    if (this.status === 'Running') this.compute.become(this.instanceId, 'Stopped')
  }

  /** One of them dies: what it was about to store is lost, and its messages come back. The last one lives. */
  kill(): void {
    const living = this.#replicas.filter(({ isDead }) => !isDead)
    const [first] = living
    if (first !== undefined && living.length > 1) first.isDead = true
  }

  /** In the order of their times, each step once for each replica that told it: `0:12 intent-1 intent start`. */
  told(): string[] {
    return this.#stored.map(({ fields: { event_ms: atMs = '', step, decision, reason, caused_by: causedBy = '' } }) => {
      const seconds = (Number(atMs) - (this.stopsMs[0] ?? 0)) / 1_000
      return `${seconds} ${causedBy.slice(-4)} ${step} ${decision} ${reason}`
    })
  }

  /** When the records with this decision were made, epoch ms. */
  decidedMs(decision: JournalEntry['decision']): number[] {
    return this.#stored
      .filter(({ fields }) => fields['decision'] === decision)
      .map(({ fields }) => Number(fields['event_ms']))
  }

  async stop(): Promise<void> {
    for (const { executor } of this.#replicas) void executor.stop()
    await settle()
  }

  #change(instanceId: string, status: string): void {
    const nowMs = this.clock.now()
    if (status === 'Stopped') this.stopsMs.push(nowMs)
    if (status === 'Starting') this.startsMs.push(nowMs)
    const event = stateEvent(instanceId, status, nowMs)
    this.#send({ kind: 'event', event })
  }

  #send(content: Content, delayMs = 0): void {
    this.#messages += 1
    const messageId = `m-${this.#messages}`
    for (const lateMs of this.#circumstances.deliveries()) {
      this.clock.after(delayMs + lateMs, () =>
        this.#hand({ queue: 'q', messageId, dequeueCount: 1, receivedMs: 0, ...content })
      )
    }
  }

  #hand(message: DeskMessage): void {
    const living = this.#replicas.filter(({ isDead }) => !isDead)
    this.#next += 1
    const replica = living[this.#next % living.length]
    if (replica === undefined) throw new Error('no replica is left')
    const again = () =>
      this.clock.after(REDELIVERY_MS, () => this.#hand({ ...message, dequeueCount: message.dequeueCount + 1 }))
    const storing: Array<Promise<boolean>> = []
    const outlet = {
      record: (record: LogRecord): Promise<boolean> => {
        const stored = this.#store(record, replica)
        storing.push(stored)
        return stored
      },
      send: async (body: string, delayMs: number): Promise<boolean> => {
        await this.clock.sleep(this.#circumstances.call())
        const followUp = decodeFollowUp(body)
        if (replica.isDead || followUp === undefined) return false
        this.#send({ kind: 'follow-up', followUp }, delayMs)
        return true
      }
    }
    const received = { ...message, receivedMs: this.clock.now() }
    const end = replica.executor.take(received, outlet)
    if (end === undefined) return
    void end.then(async (ended: JobEnd) => {
      const isStored = (await Promise.all(storing)).every(Boolean)
      if (ended === 'again' || !isStored || replica.isDead) again()
    })
  }

  async #store(record: LogRecord, replica: Replica): Promise<boolean> {
    await this.clock.sleep(this.#circumstances.store())
    if (replica.isDead) return false
    this.#stored.push({ fields: fieldsOf(record), foundMs: this.clock.now() + this.#circumstances.index() })
    return true
  }

  /** What a search finds now. Events are in no logstore here: stops are told to every replica. */
  #find(query: string): QueryOutcome {
    const nowMs = this.clock.now()
    const found = query.startsWith('kind: action') ? this.#stored.filter(({ foundMs }) => foundMs <= nowMs) : []
    return { kind: 'rows', columns: [], rows: found.map(({ fields }) => fields), complete: true }
  }

  #replica(): Replica {
    const { config, clock } = this
    const local = new LocalJournal()
    const reader = { queryLogs: async ({ query }: { query: string }) => this.#find(query) }
    const journal = new LogstoreJournal({ local, reader, clock, signal: new AbortController().signal })
    const executor = new Executor({
      actions: [createRestart({ config, clock, compute: () => this.compute, journal, log: silentLog })],
      journal: local,
      clock,
      log: silentLog,
      totals: createTotals(),
      dryRun: false,
      maxJobs: 2_000
    })
    return { executor, isDead: false }
  }
}

function fieldsOf({ fields }: LogRecord): Record<string, string> {
  const named: Record<string, string> = {}
  for (let at = 0; at + 1 < fields.length; at += 2) named[fields[at] ?? ''] = fields[at + 1] ?? ''
  return named
}
