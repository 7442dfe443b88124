import { setMaxListeners } from 'node:events'
import type { FaultPlace } from '../cloud/advice.ts'
import type { Fault } from '../cloud/fault.ts'
import { Breaker, type BreakerState } from '../lib/breaker.ts'
import { within } from '../lib/deadline.ts'
import type { AuditError } from '../lib/errors.ts'
import { Notifier } from '../lib/notifier.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { QueueMessage, QueueSource } from '../queue/source.ts'
import { ActionStation } from './action-station.ts'
import { BugGuard } from './bug-guard.ts'
import { Collector } from './collector.ts'
import { Credits } from './credits.ts'
import { type Delivery, settleOutput } from './delivery.ts'
import { DependencyWatch, type WatchedWork } from './dependency-watch.ts'
import { guardedSink, guardedSource } from './guarded-ports.ts'
import { IntakeGate } from './intake-gate.ts'
import { looseEntry } from './loose-record.ts'
import { type ReadMessage, readMessage, refusedRecord } from './message-record.ts'
import { openReceivers } from './open-receivers.ts'
import type { PipelineGauges, PipelineOptions, PipelineState, StopReport } from './pipeline-options.ts'
import { QueueLane } from './queue-lane.ts'
import { readGauges, stateOf } from './read-gauges.ts'
import { messageBytes, type Receiver, urgentReserve } from './receiver.ts'
import { PROBE_RECORDS, Shipper } from './shipper.ts'
import { GIVE_BACK_MS, LEAVE_MS, POLL_GRACE_MS } from './stop-times.ts'

/** Told of an answer, `undefined` for a good one. */
type OnAnswer = (fault: Fault | undefined) => void

/**
 * The life of an event, from the queue to the logstore:
 *
 *     receivers --messages--> #admit: decode, build the record --entry--> collector --batch--> shipper --put--> logstore
 *                                |                                            ^                   |
 *                                +--> station: actions --action records-------+                   |
 *                                        |                                                        |
 *     queue <--delete / give back-- lanes <------------------- settleOutput ----------------------+
 *
 * A delivery holds credits from before its receive until its delete; when they run out, receivers wait (backpressure).
 * The logstore's breaker rules the intake (IntakeGate) and the puts (Shipper). Nothing is deleted before its put was
 * confirmed; nothing is kept but in memory: the queue is the only buffer.
 */
export class Pipeline {
  readonly #options: PipelineOptions
  readonly #bugs: BugGuard
  readonly #credits: Credits
  readonly #breaker: Breaker
  readonly #gate: IntakeGate
  readonly #shipper: Shipper
  readonly #lanes: QueueLane[]
  #receivers: Receiver[] = []
  readonly #collector: Collector
  readonly #station: ActionStation
  readonly #onReceived = new Map<QueueLane, OnAnswer>()
  readonly #stopPolls = new AbortController()
  readonly #abortPolls = new AbortController()
  readonly #abandonDeletes = new AbortController()
  readonly #changed = new Notifier()
  #lag: PipelineGauges['lag']
  #outage = false
  #running: Promise<void> = Promise.resolve()
  #finish: (failure: AuditError | undefined) => void = () => undefined
  /** Batch form: resolves with nothing when all is done, or with the reason to give up. Service form: never resolves by itself. */
  readonly finished: Promise<AuditError | undefined>

  constructor(options: PipelineOptions) {
    this.#options = options
    const { clock, log, totals } = options
    const bugs = new BugGuard(log)
    this.#bugs = bugs
    const sink = guardedSink(options.sink, (work, thrown) => bugs.tell({ work }, thrown))
    const sources = options.sources.map((source) =>
      guardedSource(source, (work, thrown) => bugs.tell({ work }, thrown))
    )
    // As many waiters as there are receivers and calls: bounded, but more than the ten that Node.js takes for a leak.
    setMaxListeners(0, this.#stopPolls.signal, this.#abortPolls.signal, this.#abandonDeletes.signal)
    this.finished = new Promise((resolve) => {
      this.#finish = resolve
    })
    this.#credits = new Credits(options.limits, urgentReserve(options))
    this.#credits.onStarved = () => this.#flushForCredits()
    this.#breaker = new Breaker({ name: 'logstore', resetMs: options.breakerResetMs })
    this.#breaker.onChange((state) => this.#onBreaker(state, sink.name))
    this.#gate = new IntakeGate({
      breaker: this.#breaker,
      clock,
      triage: options.triage,
      held: () => this.#held
    })
    this.#shipper = new Shipper({
      sink,
      breaker: this.#breaker,
      clock,
      log,
      totals,
      puts: options.puts,
      inAnotherForm: ({ record, delivery }, fault) =>
        this.#bugs.guard(delivery, () => refusedRecord(record, delivery, fault, clock.now())),
      onAnswer: this.#watch('write to', { service: 'logstore', name: sink.name, endpoint: sink.endpoint }),
      onRoom: () => this.#flushForCredits(),
      onBatch: options.onBatch
    })
    this.#collector = new Collector({ clock, limits: options.batch, onBatch: (batch) => this.#shipper.ship(batch) })
    this.#station = new ActionStation({ desk: options.desk, collector: this.#collector, clock })
    this.#lanes = sources.map((source) => this.#openLane(source))
  }

  get state(): PipelineState {
    return stateOf(this.gauges)
  }

  get gauges(): PipelineGauges {
    return readGauges({
      ...{ lanes: this.#lanes, credits: this.#credits, breaker: this.#breaker, shipper: this.#shipper },
      ...{ desk: this.#options.desk, lag: this.#lag, stopping: this.#stopPolls.signal.aborted }
    })
  }

  /** Starts the receivers; urgent queues first. */
  start(): void {
    const { clock, totals, limits, untilEmpty } = this.#options
    this.#receivers = openReceivers(this.#lanes, limits, {
      ...{ credits: this.#credits, gate: this.#gate, clock, totals, untilEmpty },
      stop: this.#stopPolls.signal,
      abort: this.#abortPolls.signal,
      onMessages: (from, messages) => this.#admit(from, messages),
      onFault: (from, fault) => this.#onReceived.get(from)?.(fault),
      onEmpty: (from) => {
        this.#onReceived.get(from)?.(undefined)
        this.#finishIfEmpty()
      }
    })
    this.#running = Promise.all(this.#receivers.map((receiver) => receiver.run())).then(() => undefined)
  }

  /**
   * Ships a record that no message waits for, while the logstore takes records. Resolves with whether it was stored.
   *
   * @param probe ships it also while nobody knows whether the logstore takes records
   */
  ship(record: LogRecord, { probe = false } = {}): Promise<boolean> {
    const { state } = this.#breaker
    const taken = state === 'closed' || (probe && state === 'half-open')
    if (!taken || this.#stopPolls.signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => this.#collector.addSoon(looseEntry(record, resolve)))
  }

  /**
   * Stops in two stages: no more receives, everything that is held stored and deleted; then, when `hurry` aborts or the
   * logstore is down, the rest is given back (visible to others within a second).
   */
  async stop(hurry: AbortSignal): Promise<StopReport> {
    const unreturned = this.#sum((lane) => lane.unreturned)
    await this.#stopReceiving()
    this.#collector.flush('drain')
    await this.#drain(hurry)
    for (const lane of this.#lanes) lane.hurry()
    await within(this.#options.clock, LEAVE_MS, this.#options.desk.stop())
    this.#shipper.stop()
    await within(this.#options.clock, GIVE_BACK_MS, Promise.all(this.#lanes.map((lane) => lane.giveBackAll())))
    this.#abandonDeletes.abort()
    const abandoned = this.#sum((lane) => lane.size + lane.parked + lane.unreturned) - unreturned
    for (const lane of this.#lanes) lane.close()
    this.#breaker.close()
    this.#finish(undefined)
    return { abandoned }
  }

  #sum(count: (lane: QueueLane) => number): number {
    return this.#lanes.reduce((sum, lane) => sum + count(lane), 0)
  }

  #openLane(source: QueueSource): QueueLane {
    const { clock, totals } = this.#options
    const place: FaultPlace = { service: 'queue', name: source.name, endpoint: source.endpoint }
    const lane = new QueueLane({
      source,
      clock,
      totals,
      abandon: this.#abandonDeletes.signal,
      onHalfTime: (delivery) => (this.#mayPark(delivery) ? 'park' : 'extend'),
      onDeleted: this.#watch('delete from', place),
      onReleased: (delivery) => this.#onReleased(delivery)
    })
    this.#onReceived.set(lane, this.#watch('receive from', place))
    return lane
  }

  /** Follows the answers to one kind of call; the batch form gives up when it has failed for too long. */
  #watch(work: WatchedWork, place: FaultPlace): OnAnswer {
    const { clock, log, untilEmpty } = this.#options
    const watch = new DependencyWatch({ work, place, clock, log })
    return (fault) => {
      if (fault?.class === 'aborted') return
      const failure = watch.answered(fault)
      if (failure !== undefined && untilEmpty) this.#finish(failure)
    }
  }

  get #held(): number {
    return this.#sum((lane) => lane.size)
  }

  /** Received messages become entries; the hot path: no promise, no timer, no log per message. */
  #admit(lane: QueueLane, messages: readonly QueueMessage[]): void {
    const { clock, totals } = this.#options
    this.#onReceived.get(lane)?.(undefined)
    const nowMs = clock.now()
    let lagMs: number | undefined
    totals.received += messages.length
    for (const message of messages) {
      const delivery = lane.hold(message, messageBytes(message.body))
      const read = this.#bugs.guard(delivery, () => readMessage(delivery, message.body, nowMs))
      if (read === undefined) settleOutput(delivery, false)
      else this.#place(lane, delivery, read)
      // What came back, or was sent to come later, tells nothing of how long new messages wait.
      if (message.dequeueCount === 1 && read?.kind !== 'follow-up') lagMs = nowMs - message.enqueuedMs
    }
    if (lagMs !== undefined) this.#lag = { lagMs, seenMs: clock.elapsed() }
    if (lane.source.urgent || this.#breaker.state === 'half-open') this.#collector.flush('urgent')
    else this.#flushForCredits()
  }

  /** A message's own record, and what the actions make of it. */
  #place({ source }: QueueLane, delivery: Delivery, read: ReadMessage): void {
    if (read.kind === 'undecodable') this.#options.totals.undecodable += 1
    else this.#station.offer(delivery, source, read)
    if (read.kind === 'follow-up') settleOutput(delivery, true)
    else this.#collector.add({ record: read.record, delivery })
  }

  /** While every put is taken, what receivers wait for would only make smaller batches wait longer. */
  #flushForCredits(): void {
    if (this.#credits.starved && this.#shipper.pending < this.#options.puts) this.#collector.flush('credits')
  }

  #onReleased(delivery: Delivery): void {
    this.#credits.give({ messages: 1, bytes: delivery.bytes })
    this.#gate.released()
    if (this.#held === 0) this.#changed.notify()
  }

  /** While the logstore is down all but a few go back to the queue: those few are the probe that finds it up again. */
  #mayPark(delivery: Delivery): boolean {
    const staying = this.#sum((lane) => lane.staying)
    return this.#breaker.state !== 'closed' && !delivery.shipping && !delivery.acting && staying > PROBE_RECORDS
  }

  #onBreaker(state: BreakerState, logstore: string): void {
    const { log } = this.#options
    if (state === 'open' && !this.#outage) {
      this.#outage = true
      log.warn({ logstore, inFlight: this.#held }, 'logstore breaker opened: events stay on the queue')
    }
    if (state === 'closed') {
      log.info({ logstore }, 'logstore breaker closed: records are being stored')
      this.#outage = false
      for (const lane of this.#lanes) lane.unpark()
    }
    this.#changed.notify()
  }

  #finishIfEmpty(): void {
    if (!this.#options.untilEmpty || this.#held > 0) return
    if (this.#lanes.some((lane) => lane.parked > 0)) return
    if (this.#receivers.every((receiver) => receiver.emptyPolls >= 2)) this.#finish(undefined)
  }

  async #stopReceiving(): Promise<void> {
    this.#stopPolls.abort()
    // What has come while this thread was busy is read first.
    const cancel = this.#options.clock.after(POLL_GRACE_MS, () => setImmediate(() => this.#abortPolls.abort()))
    await this.#running
    cancel()
  }

  /** Waits until everything is settled, while there is hope that it will be. */
  async #drain(hurry: AbortSignal): Promise<void> {
    let settled = false
    const settling = this.#settleAll().then(() => {
      settled = true
    })
    while (!settled && this.#held > 0 && !hurry.aborted && this.#breaker.state !== 'open') {
      await Promise.race([settling, this.#changed.wait(hurry)])
    }
  }

  async #settleAll(): Promise<void> {
    await this.#options.desk.idle()
    this.#collector.flush('drain')
    await this.#shipper.idle()
    await Promise.all(this.#lanes.map((lane) => lane.idle()))
  }
}
