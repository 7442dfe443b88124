import { pino } from 'pino'
import type { Action, ActionEntry, Job, JobEnd, Trigger } from '../../../src/actions/action.ts'
import type { FollowUpState } from '../../../src/actions/follow-up.ts'
import type { ActionJournal, JournalEntry } from '../../../src/actions/journal.ts'
import { LocalJournal } from '../../../src/actions/local-journal.ts'
import { createReplace } from '../../../src/actions/replace/replace.ts'
import { Turns } from '../../../src/actions/turns.ts'
import type { ApiOutcome, CallLimits } from '../../../src/cloud/api-outcome.ts'
import type { Balancing } from '../../../src/cloud/balancing.ts'
import type { Compute } from '../../../src/cloud/compute.ts'
import { type ActionsConfig, actionsSchema } from '../../../src/config/actions-schema.ts'
import type { AuditEvent } from '../../../src/events/audit-event.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { backend } from '../drain/memory-balancing.ts'
import { interruptionNotice } from '../support/spot-loss.ts'
import { MemoryCloud, machine } from './memory-cloud.ts'
import { MemoryGroups } from './memory-groups.ts'

export const OLD = 'i-old1'
const REGION = 'cn-hangzhou'

/** A call that a replica makes to the world outside: where it can be cut off, or made slow. */
export type CallName = keyof Compute | keyof Balancing | 'journal' | 'followUp'

/** Before it has its effect, or after, before the answer. */
export type Half = 'before' | 'after'

/** A record as it was written. */
export type Told = ActionEntry & { readonly causedBy: string; readonly atMs: number; readonly replica: number }

/** Cloud, logstore and queue in memory, with as many replicas as a test wants. Time is in the test's hand. */
export class World {
  readonly clock = new ManualClock()
  readonly cloud = new MemoryCloud(this.clock)
  readonly groups = new MemoryGroups(this.clock)
  readonly records: Told[] = []
  /** What the logstore holds. */
  readonly stored: JournalEntry[] = []
  readonly lines: Array<Record<string, unknown>> = []
  readonly followUps: Array<{ state: FollowUpState; delayMs: number }> = []
  readonly ends: JobEnd[] = []
  readonly replicas: Replica[] = []
  readonly config: ActionsConfig
  /** How long each half of a call takes, ms. */
  latency: (call: CallName, half: Half, replica: Replica) => number = () => 0
  /** What a call comes to instead. */
  trouble: (call: CallName) => Exclude<ApiOutcome<never>['kind'], 'done' | 'already'> | undefined = () => undefined
  logstoreUp = true
  /** Until a record can be read back, ms. */
  logLagMs = 0
  visibilityMs = 60_000
  dryRun = false
  /** Whether a follow-up can be put on the queue. */
  queueUp = true
  #next = 0

  constructor(
    replace: Readonly<Record<string, unknown>> = {},
    { replicas = 1, actions = {} }: { replicas?: number; actions?: Readonly<Record<string, unknown>> } = {}
  ) {
    this.config = actionsSchema.parse({
      drain: { enabled: true },
      ...actions,
      replace: { enabled: true, launchTemplate: 'lt-1', ...replace }
    })
    for (let index = 0; index < replicas; index += 1) this.addReplica()
    this.cloud.put(machine(OLD))
    this.groups.addGroup('rsp-1', [backend(OLD, { port: 80, weight: 30 }), backend('i-other')])
  }

  addReplica(): Replica {
    const replica = new Replica(this, this.replicas.length)
    this.replicas.push(replica)
    return replica
  }

  /** Puts a notice on the queue: it is delivered when time goes on. */
  notice(given: Partial<AuditEvent> & { agoMs?: number; inMs?: number } = {}): void {
    const { agoMs = 0, inMs = 0, ...event } = given
    this.#send({ kind: 'event', event: noticeOf({ timeMs: this.clock.now() + inMs - agoMs, ...event }) }, inMs)
  }

  /** Puts records of another action into the logstore. */
  tell(action: string, entries: ReadonlyArray<Partial<JournalEntry>>): void {
    const common = { action, decision: 'done', reason: '', attempt: 1, instanceId: OLD, causedBy: 'notice-1' } as const
    entries.forEach((entry, index) => {
      const atMs = this.clock.now()
      this.stored.push({ ...common, atMs, step: `${action}-${index}`, target: '', content: {}, ...entry })
    })
  }

  /** Puts a follow-up on the queue. */
  followUp(causedBy: string, instanceId: string, state: FollowUpState, delayMs: number): void {
    const followUp = { action: 'replace', causedBy, instanceId, regionId: REGION, sentMs: this.clock.now(), state }
    this.followUps.push({ state, delayMs })
    this.#send({ kind: 'follow-up', followUp: JSON.parse(JSON.stringify(followUp)) }, delayMs)
  }

  /** A record on its way to the logstore; lost when its replica dies before it is there. */
  store(entry: JournalEntry, replica: Replica): void {
    this.clock.after(this.logLagMs, () => {
      if (!replica.isDead) this.stored.push(entry)
    })
  }

  /** Lets time pass until nothing is on the queue any more. */
  async play(maxMs = 3 * 60 * 60_000): Promise<void> {
    const endMs = this.clock.elapsed() + maxMs
    await settle()
    while (this.clock.pending > 0 && this.clock.elapsed() < endMs) await this.clock.advance(1_000)
  }

  /** The records without the intents, as `decision reason target`, each once. */
  told(): string[] {
    const lines = this.records
      .filter(({ decision }) => decision !== 'intent')
      .map(({ decision, reason, target = '' }) => `${decision} ${reason} ${target}`.trim())
    return [...new Set(lines)]
  }

  record(step: string): Told | undefined {
    return this.records.find((entry) => entry.step === step)
  }

  #send(trigger: Trigger, delayMs: number): void {
    this.clock.after(delayMs, () => void this.#deliver(trigger))
  }

  async #deliver(trigger: Trigger): Promise<void> {
    const alive = this.replicas.filter(({ isDead }) => !isDead)
    const replica = alive[this.#next++ % alive.length] ?? this.addReplica()
    // An unacknowledged message comes again when its visibility timeout ends, whatever became of its first receiver.
    let acknowledged = false
    replica.onDeath.push(() => {
      if (!acknowledged) this.#send(trigger, this.visibilityMs)
    })
    const end = await replica.take(trigger)
    if (replica.isDead) return
    acknowledged = true
    this.ends.push(end)
    if (end === 'again') this.#send(trigger, 1_000)
  }
}

/** One process. What it has not written down is gone when it dies. */
export class Replica {
  readonly #world: World
  readonly #turns = new Turns()
  readonly #local = new LocalJournal()
  readonly #action: Action
  readonly index: number
  readonly stop = new AbortController()
  readonly onDeath: Array<() => void> = []
  isDead = false
  /** Calls begun so far, two halves each. */
  halves = 0
  /** Dies at this half call. */
  diesAt = Number.POSITIVE_INFINITY

  constructor(world: World, index: number) {
    this.#world = world
    this.index = index
    const { config, clock, lines } = world
    this.#action = createReplace({
      config,
      compute: () => this.#compute(),
      balancing: () => this.#balancing(),
      journal: this.#journal(),
      clock,
      log: pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) })
    })
  }

  take(trigger: Trigger): Promise<JobEnd> {
    const job = this.#job(trigger)
    return this.#turns.take(job.instanceId, () => this.#action.run(job))
  }

  die(): void {
    if (this.isDead) return
    this.isDead = true
    for (const tell of this.onDeath) tell()
  }

  #job(trigger: Trigger): Job {
    const world = this.#world
    const subject = trigger.kind === 'event' ? trigger.event : trigger.followUp
    const causedBy = trigger.kind === 'event' ? trigger.event.eventKey : trigger.followUp.causedBy
    const { instanceId, regionId } = subject
    return {
      trigger,
      causedBy,
      instanceId,
      regionId,
      receivedMs: world.clock.now(),
      dryRun: world.dryRun,
      signal: this.stop.signal,
      record: async (entry) => {
        if (this.isDead) return await never()
        const { clock } = world
        const told = { action: 'replace', causedBy, instanceId, regionId, accountId: '11' }
        this.#local.add(told, entry, clock.now())
        world.records.push({ ...entry, causedBy, atMs: clock.now(), replica: this.index })
        const [known] = this.#local.entries(({ step, causedBy: by }) => step === entry.step && by === causedBy)
        if (known !== undefined) world.store(known, this)
        return true
      },
      followUp: (state, delayMs) =>
        this.#call('followUp', () => {
          if (!world.queueUp) return false
          world.followUp(causedBy, instanceId, state, delayMs)
          return true
        })
    }
  }

  #compute(): Compute {
    const { cloud } = this.#world
    return {
      describe: (id, limits) => this.#api('describe', limits, () => cloud.describe(id)),
      findByTags: (tags, limits) => this.#api('findByTags', limits, () => cloud.findByTags(tags)),
      tag: (id, tags, limits) => this.#api('tag', limits, () => cloud.tag(id, tags)),
      run: (request, limits) => this.#api('run', limits, () => cloud.run(request)),
      count: () => Promise.reject(new Error('a replacement counts nothing')),
      start: () => Promise.reject(new Error('a replacement starts nothing'))
    }
  }

  #balancing(): Balancing {
    const { groups } = this.#world
    return {
      find: (instance, names, limits) => this.#call('find', () => groups.find(instance, names, limits)),
      backends: (group, limits) => this.#api('backends', limits, () => groups.backends(group, limits)),
      add: (group, entries, limits) => this.#api('add', limits, () => groups.add(group, entries)),
      health: (group, limits) => this.#api('health', limits, () => groups.health(group, limits)),
      setWeight: () => Promise.reject(new Error('a replacement changes no weight')),
      remove: () => Promise.reject(new Error('a replacement removes nothing')),
      warm: () => Promise.reject(new Error('a replacement warms nothing'))
    }
  }

  #journal(): ActionJournal {
    const answer = (wanted: (entry: JournalEntry) => boolean) =>
      this.#call('journal', () => {
        const { stored, logstoreUp } = this.#world
        const known = new Map<string, JournalEntry>()
        for (const entry of [...(logstoreUp ? stored : []), ...this.#local.entries(() => true)].filter(wanted)) {
          const key = `${entry.causedBy} ${entry.action} ${entry.step}`
          const before = known.get(key)
          if (before === undefined || entry.atMs < before.atMs) known.set(key, entry)
        }
        return { entries: [...known.values()].sort((a, b) => a.atMs - b.atMs), complete: logstoreUp }
      })
    return {
      ofInstance: ({ action, instanceId, sinceMs }) =>
        answer((entry) => entry.action === action && entry.instanceId === instanceId && entry.atMs >= sinceMs),
      intents: ({ action, sinceMs }) =>
        answer((entry) => entry.action === action && entry.decision === 'intent' && entry.atMs >= sinceMs),
      ofEvent: (causedBy) => answer((entry) => entry.causedBy === causedBy),
      instanceEvents: async () => [],
      stoppedInstances: async () => ({ byRegion: new Map(), complete: true })
    }
  }

  #api<Value>(
    call: CallName,
    limits: CallLimits,
    effect: () => ApiOutcome<Value> | Promise<ApiOutcome<Value>>
  ): Promise<ApiOutcome<Value>> {
    return this.#call(call, async () => {
      const kind = this.#world.trouble(call)
      if (kind === undefined && !limits.signal.aborted) return await effect()
      // An answer that got lost: it was carried out all the same.
      if (kind === 'unknown') await effect()
      const fault = { class: 'unavailable', code: 'Trouble', status: 503, message: 'said so', requestId: '' } as const
      return { kind: kind ?? 'unavailable', fault }
    })
  }

  async #call<Value>(call: CallName, effect: () => Value | Promise<Value>): Promise<Value> {
    await this.#pass(call, 'before')
    const value = await effect()
    await this.#pass(call, 'after')
    return value
  }

  /** One half of a call: time passes, and the process may die. */
  async #pass(call: CallName, half: Half): Promise<void> {
    this.halves += 1
    if (this.halves === this.diesAt) this.die()
    if (this.isDead) await never()
    const ms = this.#world.latency(call, half, this)
    if (ms > 0) await this.#world.clock.sleep(ms)
    if (this.isDead) await never()
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}

export function noticeOf(given: Partial<AuditEvent> = {}): AuditEvent {
  return interruptionNotice({ regionId: REGION, instanceId: OLD, ...given })
}
