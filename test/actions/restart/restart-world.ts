import type { JobEnd } from '../../../src/actions/action.ts'
import type { DeskMessage } from '../../../src/actions/desk.ts'
import { Executor } from '../../../src/actions/executor.ts'
import { decodeFollowUp, type FollowUpState } from '../../../src/actions/follow-up.ts'
import type { ActionJournal, JournalEntry } from '../../../src/actions/journal.ts'
import { LocalJournal } from '../../../src/actions/local-journal.ts'
import { createRestart } from '../../../src/actions/restart/restart.ts'
import type { StopTrail } from '../../../src/actions/restart/restart-parts.ts'
import type { Instance } from '../../../src/cloud/compute.ts'
import type { ActionsConfig } from '../../../src/config/actions-schema.ts'
import type { AuditEvent } from '../../../src/events/audit-event.ts'
import { decode } from '../../../src/events/decode.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import { createTotals } from '../../../src/telemetry/totals.ts'
import { stateChange } from '../../support/events.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { actionsConfig, stoppedInstance } from '../policy/restart-fixtures.ts'
import { MemoryCompute } from './memory-compute.ts'

const REDELIVERY_MS = 5_000

/**
 * A region, a queue and replicas of the service that restart its instances, on a clock that a test moves. Messages and
 * delayed messages reach one replica after the other; what is not settled comes back. The replicas share their records, as
 * they do in the logstore.
 */
export class RestartWorld {
  readonly clock = new ManualClock()
  readonly compute = new MemoryCompute(this.clock, (id, state) => this.announce(id, state))
  readonly config: ActionsConfig
  /** Deliveries settled, and how many records each led to. */
  readonly settled: Array<{ readonly kind: DeskMessage['kind']; readonly records: number }> = []
  /** Delays of the follow-ups left so far, ms. */
  readonly delays: number[] = []
  /** Each announced event is delivered so many times. */
  copies = 1
  /** The logstore answers. */
  logstoreUp = true
  /** Delayed messages can be sent. */
  queueUp = true
  /** Announced states that never reach the queue. */
  readonly unheard = new Set<string>()
  readonly #records = new LocalJournal()
  readonly #replicas: Executor[]
  readonly #underWay = new Map<Promise<JobEnd>, { readonly replica: Executor; readonly again: () => void }>()
  #messages = 0
  #next = 0

  constructor(options: { config?: Parameters<typeof actionsConfig>[0]; replicas?: number; trail?: StopTrail } = {}) {
    this.config = actionsConfig(options.config)
    const { trail } = options
    this.#replicas = Array.from({ length: options.replicas ?? 1 }, () => this.#replica(trail))
  }

  add(given: Partial<Instance> = {}): string {
    const instance = stoppedInstance({ status: 'Running', ...given })
    this.compute.instances.set(instance.instanceId, instance)
    return instance.instanceId
  }

  /** A stop inside the guest, and what follows within the time. */
  async crash(instanceId: string, forMs = 0): Promise<void> {
    this.compute.become(instanceId, 'Stopped')
    await this.advance(forMs)
  }

  async advance(ms: number): Promise<void> {
    await settle()
    await this.clock.advance(ms)
    await settle()
  }

  /** Every record, oldest first, in brief: `intent-1 intent start`. */
  told(instanceId?: string): string[] {
    return this.entries(instanceId).map(({ step, decision, reason }) => `${step} ${decision} ${reason}`)
  }

  entries(instanceId?: string): JournalEntry[] {
    return this.#records.entries((entry) => instanceId === undefined || entry.instanceId === instanceId)
  }

  /** The replica that holds the oldest unsettled message dies; its messages go to the others after a while. */
  killTheBusyOne(): void {
    const [busy] = [...this.#underWay.values()]
    if (busy === undefined) throw new Error('no replica is busy')
    this.#replicas.splice(this.#replicas.indexOf(busy.replica), 1)
    for (const [end, { replica, again }] of this.#underWay) {
      if (replica !== busy.replica) continue
      this.#underWay.delete(end)
      this.clock.after(REDELIVERY_MS, again)
    }
  }

  announce(instanceId: string, state: string): void {
    if (this.unheard.has(state)) return
    for (let copy = 0; copy < this.copies; copy += 1) this.deliver(stateEvent(instanceId, state, this.clock.now()))
  }

  deliver(event: AuditEvent): void {
    this.#messages += 1
    this.#hand({ ...this.#envelope(), kind: 'event', event })
  }

  /** A follow-up of the restart action with this state. */
  followUp(instanceId: string, state: FollowUpState): void {
    const sentMs = this.clock.now()
    const followUp = {
      action: 'restart',
      causedBy: 'e-1',
      instanceId,
      regionId: 'cn-hangzhou',
      accountId: '11',
      sentMs,
      state
    }
    this.#hand({ ...this.#envelope(), kind: 'follow-up', followUp })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.stop()))
  }

  #envelope() {
    return { queue: 'q', messageId: `m-${this.#messages}`, dequeueCount: 1, receivedMs: this.clock.now() }
  }

  /** Hands a message to the next replica. What it does not settle goes to another after a while. */
  #hand(message: DeskMessage): void {
    this.#next += 1
    const replica = this.#replicas[this.#next % this.#replicas.length]
    if (replica === undefined) throw new Error('no replica is left')
    let records = 0
    const outlet = {
      record: async (): Promise<boolean> => {
        records += 1
        return true
      },
      send: async (body: string, delayMs: number): Promise<boolean> => this.#send(body, delayMs)
    }
    const end = replica.take(message, outlet)
    if (end === undefined) return
    const again = (): void => this.#hand({ ...message, dequeueCount: message.dequeueCount + 1 })
    this.#underWay.set(end, { replica, again })
    void end.then((ended) => {
      if (!this.#underWay.delete(end)) return
      if (ended === 'settled') this.settled.push({ kind: message.kind, records })
      else this.clock.after(REDELIVERY_MS, again)
    })
  }

  #send(body: string, delayMs: number): boolean {
    const followUp = decodeFollowUp(body)
    if (!this.queueUp || followUp === undefined) return false
    this.delays.push(delayMs)
    this.clock.after(delayMs, () => {
      this.#messages += 1
      this.#hand({ ...this.#envelope(), kind: 'follow-up', followUp })
    })
    return true
  }

  #replica(trail: StopTrail | undefined): Executor {
    const { config, clock } = this
    const parts = { config, clock, compute: () => this.compute, journal: this.#journal(), log: silentLog }
    return new Executor({
      actions: [createRestart({ ...parts, ...(trail && { trail }) })],
      journal: this.#records,
      clock,
      log: silentLog,
      totals: createTotals(),
      dryRun: config.dryRun,
      maxJobs: 2_000
    })
  }

  #journal(): ActionJournal {
    const answer = (wanted: (entry: JournalEntry) => boolean) => {
      const entries = this.#records.entries(wanted).sort((a, b) => a.atMs - b.atMs)
      return { entries, complete: this.logstoreUp }
    }
    return {
      ofInstance: async ({ instanceId, sinceMs }) =>
        answer((entry) => entry.instanceId === instanceId && entry.atMs >= sinceMs),
      intents: async ({ sinceMs }) => answer((entry) => entry.decision === 'intent' && entry.atMs >= sinceMs),
      ofEvent: async (causedBy) => answer((entry) => entry.causedBy === causedBy),
      stoppedInstances: async (sinceMs) => ({
        byRegion: this.#records.stoppedSince(sinceMs),
        complete: this.logstoreUp
      }),
      instanceEvents: async ({ instanceId }) => this.#records.eventsOf(instanceId)
    }
  }
}

let events = 0

/** A StateChange as the queue delivers it. */
export function stateEvent(instanceId: string, state: string, timeMs: number): AuditEvent {
  events += 1
  return decodedEvent(stateChange(events, { instanceId, state, timeMs }))
}

export function decodedEvent(body: string): AuditEvent {
  const decoded = decode(body, { messageId: 'm' })
  if (decoded.kind !== 'event') throw new Error('expected an event')
  return decoded.event
}
