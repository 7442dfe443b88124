import { setMaxListeners } from 'node:events'
import PQueue from 'p-queue'
import { describeFault, type Fault, needsOperator } from '../cloud/fault.ts'
import { type BackoffPolicy, backoffMs } from '../lib/backoff.ts'
import type { Breaker } from '../lib/breaker.ts'
import type { Clock } from '../lib/clock.ts'
import { Notifier } from '../lib/notifier.ts'
import type { LogRecord, LogSink, PutOutcome } from '../logstore/sink.ts'
import type { Log } from '../telemetry/log.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { Batch, Entry } from './batcher.ts'
import { settleOutput } from './delivery.ts'

/** Records in the one put that tries a logstore in trouble. */
export const PROBE_RECORDS = 16
/**
 * Records refused one by one, with none stored between them, after which it is the logstore that is in trouble and not the
 * records: from then on a refusal is a failure to the breaker, so that they are tried by its probes and not all at once.
 */
const REFUSALS_IN_A_ROW = 8
const RETRY: BackoffPolicy = { baseMs: 200, capMs: 5_000 }

export interface ShipperOptions {
  readonly sink: LogSink
  readonly breaker: Breaker
  readonly clock: Clock
  readonly log: Log
  readonly totals: Totals
  /** Puts in flight at a time: against the real service's latency this, not CPU, is the throughput. */
  readonly puts: number
  /** Another form of a record that the logstore refuses for ever, for the next try; `undefined` when there is none left. */
  readonly inAnotherForm: (entry: Entry, fault: Fault) => LogRecord | undefined
  /** Told of every answer of the logstore, `undefined` for a good one. */
  readonly onAnswer: (fault: Fault | undefined) => void
  /** A batch has ended: there is room for another. */
  readonly onRoom: () => void
  /** Told of every batch as it comes. */
  readonly onBatch?: ((batch: Batch) => void) | undefined
}

/**
 * Puts batches into the logstore and settles their deliveries. Every entry ends in exactly one of: stored (its output
 * settles well), refused in every form or stopped (its output settles badly: the message goes back to the queue), or its
 * delivery was released meanwhile (parked).
 */
export class Shipper {
  readonly #options: ShipperOptions
  readonly #lane: PQueue
  readonly #changed = new Notifier()
  readonly #stop = new AbortController()
  #refusals = 0

  constructor(options: ShipperOptions) {
    this.#options = options
    this.#lane = new PQueue({ concurrency: options.puts })
    // Every put may wait for it; ten waiters are what Node.js takes for a leak.
    setMaxListeners(0, this.#stop.signal)
    options.breaker.onChange(() => this.#changed.notify())
  }

  /** Queues a batch; urgent ones overtake. */
  ship(batch: Batch): void {
    this.#options.onBatch?.(batch)
    const priority = batch.reason === 'urgent' ? 1 : 0
    void this.#lane.add(() => this.#place(batch.topic, batch.entries), { priority }).then(this.#options.onRoom)
  }

  /** Batches waiting or under way. */
  get pending(): number {
    return this.#lane.size + this.#lane.pending
  }

  /** Resolves when every batch has ended. */
  idle(): Promise<void> {
    return this.#lane.onIdle()
  }

  /** No more puts: what is not stored ends badly at once, but for puts that are under way. */
  stop(): void {
    this.#stop.abort()
  }

  async #place(topic: string, entries: readonly Entry[]): Promise<void> {
    const { breaker, clock } = this.#options
    let left = entries
    for (let attempt = 0; ; ) {
      left = left.filter(stillHeld)
      if (left.length === 0) return
      if (this.#stop.signal.aborted) return settleAll(left, false)
      if (!breaker.permits) {
        await this.#changed.wait(this.#stop.signal)
        attempt = 0
        continue
      }
      const part = breaker.state === 'half-open' ? left.slice(0, PROBE_RECORDS) : left
      const outcome = await this.#put(topic, part)
      if (outcome === undefined) continue
      if (outcome.kind === 'retry') {
        await clock.sleep(backoffMs(RETRY, attempt, clock.random), this.#stop.signal).catch(() => undefined)
        attempt += 1
        continue
      }
      if (outcome.kind === 'stored') settleAll(part, true)
      else await this.#isolate(topic, part, outcome.fault)
      left = left.slice(part.length)
    }
  }

  async #put(topic: string, entries: readonly Entry[]): Promise<PutOutcome | undefined> {
    const { breaker, sink, totals, onAnswer } = this.#options
    for (const { delivery } of entries) delivery.shipping = true
    const outcome = await breaker.call(
      () => {
        totals.puts += 1
        return sink.put(
          topic,
          entries.map(({ record }) => record)
        )
      },
      ({ kind }) => kind === 'retry' || (kind === 'refused' && this.#refusals >= REFUSALS_IN_A_ROW)
    )
    for (const { delivery } of entries) delivery.shipping = false
    if (outcome === undefined) return undefined
    if (outcome.kind === 'stored') {
      totals.stored += entries.length
      // That a record is stored as undecodable does not show that records as they are would be.
      if (topic !== 'undecodable') this.#refusals = 0
    }
    if (outcome.kind !== 'retry') onAnswer(undefined)
    else {
      totals.putFaults += 1
      onAnswer(outcome.fault)
      if (needsOperator(outcome.fault)) breaker.trip()
    }
    return outcome
  }

  /** Halves what the logstore refuses, so that everything else in it is stored and the culprit stands alone. */
  async #isolate(topic: string, entries: readonly Entry[], fault: Fault): Promise<void> {
    const [first] = entries
    if (entries.length > 1) {
      const middle = Math.ceil(entries.length / 2)
      await this.#place(topic, entries.slice(0, middle))
      await this.#place(topic, entries.slice(middle))
    } else if (first !== undefined) {
      await this.#placeInAnotherForm(first, fault)
    }
  }

  async #placeInAnotherForm(entry: Entry, fault: Fault): Promise<void> {
    const { inAnotherForm, log, totals } = this.#options
    const { queue, message } = entry.delivery
    const other = inAnotherForm(entry, fault)
    const context = { queue, messageId: message.messageId, fault: describeFault(fault) }
    if (other === undefined) {
      totals.refused += 1
      log.error(context, 'logstore refuses a record in every form; its message stays on the queue')
      settleEntry(entry, false)
      return
    }
    totals.isolated += 1
    log.warn(context, 'logstore refused a record; storing it in a plainer form')
    this.#countRefusal(fault)
    await this.#place(other.topic, [{ ...entry, record: other }])
  }

  /** A refusal that hits every record is not the records' fault. */
  #countRefusal(fault: Fault): void {
    const { breaker, log } = this.#options
    this.#refusals += 1
    if (this.#refusals !== REFUSALS_IN_A_ROW) return
    log.error({ fault: describeFault(fault) }, 'logstore refuses every record; they are tried a few at a time')
    breaker.trip()
  }
}

function settleAll(entries: readonly Entry[], stored: boolean): void {
  for (const entry of entries) settleEntry(entry, stored)
}

function settleEntry({ delivery, onEnd }: Entry, stored: boolean): void {
  onEnd?.(stored)
  settleOutput(delivery, stored)
}

/** One whose delivery was released meanwhile has ended without being stored. */
function stillHeld({ delivery, onEnd }: Entry): boolean {
  const held = delivery.state === 'held'
  if (!held) onEnd?.(false)
  return held
}
