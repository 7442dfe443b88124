import { setMaxListeners } from 'node:events'
import PQueue from 'p-queue'
import type { AuditEvent } from '../events/audit-event.ts'
import { isInstanceId } from '../events/instance-id.ts'
import type { Clock } from '../lib/clock.ts'
import { describeBug } from '../telemetry/bug.ts'
import type { Log } from '../telemetry/log.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { Action, ActionEntry, Job, JobEnd, Trigger } from './action.ts'
import { type ActionSubject, actionRecord } from './action-record.ts'
import type { ActionDesk, DeskMessage, Outlet } from './desk.ts'
import { encodeFollowUp } from './follow-up.ts'
import { FollowUpRuns } from './follow-up-runs.ts'
import type { LocalJournal } from './local-journal.ts'
import { EVENT_REASONS } from './policy/reasons.ts'
import { Turns } from './turns.ts'

/** Runs of one action under way at a time; most of them only wait. */
const LANE = 512
/** The part of all jobs that may be of actions without priority. */
const UNHURRIED = 3 / 4
/** Deliveries after which a run that fails by a bug is not tried again. */
const MAX_BUG_DELIVERIES = 3

export interface ExecutorOptions {
  readonly actions: readonly Action[]
  readonly journal: LocalJournal
  readonly clock: Clock
  readonly log: Log
  readonly totals: Totals
  readonly dryRun: boolean
  /** Told of every event. */
  readonly onEvent?: (event: AuditEvent) => void
  /** Told when an action begins to work on an event. */
  readonly onRun?: (action: string, event: AuditEvent) => void
  /** Jobs at a time, at the most: what is more goes back to the queue. */
  readonly maxJobs: number
}

/**
 * Runs actions for messages. Each action has a lane of its own, so that none waits for another's; in a lane follow-ups go
 * before new events. Runs of one action on one instance take turns. A bug in an action ends that run only.
 */
export class Executor implements ActionDesk {
  readonly #options: ExecutorOptions
  readonly #byName: ReadonlyMap<string, Action>
  /** Larger priority first: what is asked for first starts first. */
  readonly #actions: readonly Action[]
  readonly #lanes: ReadonlyMap<string, PQueue>
  readonly #turns = new Turns()
  readonly #followUps = new FollowUpRuns()
  readonly #stop = new AbortController()
  readonly #running = new Set<Promise<JobEnd>>()

  constructor(options: ExecutorOptions) {
    this.#options = options
    this.#actions = [...options.actions].sort((a, b) => b.priority - a.priority)
    this.#byName = new Map(this.#actions.map((action) => [action.name, action]))
    this.#lanes = new Map(this.#actions.map(({ name }) => [name, new PQueue({ concurrency: LANE })]))
    setMaxListeners(0, this.#stop.signal)
  }

  get size(): number {
    return this.#running.size
  }

  take(message: DeskMessage, outlet: Outlet): Promise<JobEnd> | undefined {
    if (message.kind === 'follow-up') {
      const id = `${message.queue} ${message.messageId}`
      return this.#followUps.join(id, outlet, (tracked) => this.#resume(message, tracked))
    }
    const { event } = message
    this.#options.journal.observe(event, this.#options.clock.now())
    this.#options.onEvent?.(event)
    // Nearly every event concerns none: they cost no list of their own.
    if (!this.#actions.some((action) => action.concerns(event))) return undefined
    const wanted = this.#actions.filter((action) => action.concerns(event))
    const { eventKey: causedBy, instanceId, regionId, accountId } = event
    const subject = { causedBy, instanceId, regionId, accountId }
    const run = { trigger: { kind: 'event', event }, ...subject, message, outlet } as const
    if (this.#stop.signal.aborted) return AGAIN
    const left = wanted.filter((action) => !this.#refused(action, run, event))
    return left.length === 0 ? SETTLED : this.#admit(left, run)
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.idle()
  }

  #resume(message: DeskMessage & { kind: 'follow-up' }, outlet: Outlet): Promise<JobEnd> {
    this.#options.totals.followUpsDue += 1
    const { followUp } = message
    const { action: name, causedBy, instanceId, regionId, accountId } = followUp
    const action = this.#byName.get(name)
    const subject = { causedBy, instanceId, regionId, accountId }
    const run = { trigger: { kind: 'follow-up', followUp } as const, ...subject, message, outlet }
    if (action !== undefined) return this.#admit([action], run)
    const reason = 'switched-off'
    const detail = `A follow-up of the action ${name}, which is not switched on any more.`
    void this.#record(name, run, { step: `follow-up-${followUp.sentMs}`, decision: 'skipped', reason, detail })
    return SETTLED
  }

  /**
   * Tells what an action refuses by the event alone, without a lane, a turn and a list of runs: after an outage most stops are too
   * old, and 1 to 2 % of the CPU time at full load is saved. A bug in it is left to the run, which meets and tells it.
   */
  #refused(action: Action, run: Run, event: AuditEvent): boolean {
    if (this.#refusal(run.trigger) !== undefined) return false
    let entry: ActionEntry | undefined
    try {
      entry = action.refuses?.(event)
    } catch {
      return false
    }
    if (entry === undefined) return false
    this.#count(action, run)
    void this.#record(action.name, run, entry)
    return true
  }

  #count({ name }: Action, { trigger }: Run): void {
    this.#options.totals.actionRuns += 1
    if (trigger.kind === 'event') this.#options.onRun?.(name, trigger.event)
  }

  #admit(actions: readonly Action[], run: Run): Promise<JobEnd> {
    if (this.#stop.signal.aborted || this.#running.size >= this.#bound(actions)) return AGAIN
    const running = this.#runAll(actions, run)
    this.#running.add(running)
    void running.finally(() => this.#running.delete(running))
    return running
  }

  /** A part is kept for what goes first: a thousand stops that wait to settle must not keep a drain from starting. */
  #bound(actions: readonly Action[]): number {
    const { maxJobs } = this.#options
    return actions.some(({ priority }) => priority > 0) ? maxJobs : Math.ceil(maxJobs * UNHURRIED)
  }

  async #runAll(actions: readonly Action[], run: Run): Promise<JobEnd> {
    const ends = await Promise.all(actions.map((action) => this.#runInTurn(action, run)))
    return ends.includes('again') ? 'again' : 'settled'
  }

  async #runInTurn(action: Action, run: Run): Promise<JobEnd> {
    const refusal = this.#refusal(run.trigger)
    if (refusal !== undefined) {
      void this.#record(action.name, run, { step: 'refused', decision: 'skipped', ...refusal })
      return 'settled'
    }
    const lane = this.#lanes.get(action.name)
    if (lane === undefined) return 'settled'
    const priority = run.trigger.kind === 'follow-up' ? 1 : 0
    const work = (): Promise<JobEnd> => lane.add(() => this.#run(action, run), { priority })
    return this.#turns.take(`${action.exclusive} ${run.instanceId}`, work)
  }

  /** What no action may ever act on, whatever its own rules. */
  #refusal(trigger: Trigger): { reason: string; detail: string } | undefined {
    const subject = trigger.kind === 'event' ? trigger.event : trigger.followUp
    if (trigger.kind === 'event' && trigger.event.test) {
      return { reason: 'test-event', detail: EVENT_REASONS['test-event'] }
    }
    if (isInstanceId(subject.instanceId)) return undefined
    return { reason: 'no-instance', detail: EVENT_REASONS['no-instance'] }
  }

  async #run(action: Action, run: Run): Promise<JobEnd> {
    const { log } = this.#options
    if (this.#stop.signal.aborted) return 'again'
    this.#count(action, run)
    try {
      return await action.run(this.#job(action, run))
    } catch (thrown) {
      if (this.#stop.signal.aborted) return 'again'
      const { queue, messageId, dequeueCount } = run.message
      const context = { action: action.name, instanceId: run.instanceId, queue, messageId }
      log.error({ ...context, ...describeBug(thrown) }, 'a bug in an action: please report it')
      const last = dequeueCount >= MAX_BUG_DELIVERIES
      const detail = `The action failed by a bug${last ? '; it is not tried again' : ''}.`
      const decision = last ? 'gave_up' : 'failed'
      void this.#record(action.name, run, { step: `bug-${dequeueCount}`, decision, reason: 'bug', detail })
      return last ? 'settled' : 'again'
    }
  }

  #job(action: Action, run: Run): Job {
    const { clock, dryRun, totals } = this.#options
    const { trigger, causedBy, instanceId, regionId, accountId, message, outlet } = run
    return {
      trigger,
      causedBy,
      instanceId,
      regionId,
      receivedMs: message.receivedMs,
      dryRun,
      signal: this.#stop.signal,
      record: (entry) => this.#record(action.name, run, entry),
      followUp: async (state, delayMs) => {
        const subject = { causedBy, instanceId, regionId, accountId }
        const followUp = { action: action.name, ...subject, sentMs: clock.now(), state }
        const sent = await outlet.send(encodeFollowUp(followUp), delayMs)
        if (sent) totals.followUps += 1
        return sent
      }
    }
  }

  #record(action: string, run: Run, entry: ActionEntry): Promise<boolean> {
    const { clock, journal, totals } = this.#options
    const nowMs = clock.now()
    const subject: ActionSubject = { ...run, action, causedBy: entry.causedBy ?? run.causedBy }
    journal.add(subject, entry, nowMs)
    totals.actionRecords += 1
    this.#tell(subject, entry)
    return run.outlet.record(actionRecord(subject, entry, { message: run.message, nowMs }))
  }

  /** One line for each decision that a person may want to follow. */
  #tell({ action, instanceId, causedBy }: ActionSubject, entry: ActionEntry): void {
    const { log } = this.#options
    const { step, decision, reason, detail, target } = entry
    const fields = { action, instanceId, causedBy, step, decision, reason, target, detail }
    if (decision === 'gave_up') log.error(fields, 'an action gave up')
    else if (decision === 'failed') log.warn(fields, 'a step of an action failed')
    else if (decision === 'intent' || decision === 'skipped') log.debug(fields, 'an action was decided')
    else if (decision === 'would_do') log.info(fields, 'dry run: an action would be carried out')
    else log.info(fields, 'an action was carried out')
  }
}

const SETTLED: Promise<JobEnd> = Promise.resolve('settled')
const AGAIN: Promise<JobEnd> = Promise.resolve('again')

/** One message, as one or more actions see it. */
interface Run {
  readonly trigger: Trigger
  readonly causedBy: string
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
  readonly message: DeskMessage
  readonly outlet: Outlet
}
