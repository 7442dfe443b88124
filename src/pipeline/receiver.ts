import type { Fault } from '../cloud/fault.ts'
import type { Clock } from '../lib/clock.ts'
import { MAX_MESSAGE_BYTES, QUEUE_BATCH, type QueueMessage, type QueueSource } from '../queue/source.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { Credit, Credits } from './credits.ts'
import type { IntakeGate } from './intake-gate.ts'
import type { Admission } from './queue-health.ts'
import type { QueueLane } from './queue-lane.ts'

/** Longest wait after empty answers that came too early, ms. */
const EARLY_EMPTY_CAP_MS = 15_000

export interface ReceiverOptions {
  readonly lane: QueueLane
  readonly credits: Credits
  readonly gate: IntakeGate
  readonly clock: Clock
  readonly totals: Totals
  /** The batch form: who has found the queue empty twice lets the others ask, where the service sheds polls. */
  readonly untilEmpty: boolean
  /** No more polls after this. */
  readonly stop: AbortSignal
  /** Ends the poll under way; comes a moment after `stop`, so that what was just handed out still arrives. */
  readonly abort: AbortSignal
  readonly onMessages: (lane: QueueLane, messages: readonly QueueMessage[]) => void
  readonly onFault: (lane: QueueLane, fault: Fault) => void
  /** Called after each poll that found nothing. */
  readonly onEmpty: (lane: QueueLane) => void
}

/**
 * The most that one poll can bring: 16 messages, or half of an even share of a small bound. So polls that find nothing never
 * keep the receivers of another queue from asking, nor do a few messages that an action holds for minutes.
 */
export function pollCredit(limit: Credit, receivers: number): Credit {
  const share = Math.min(limit.messages, Math.floor(limit.bytes / MAX_MESSAGE_BYTES)) / (2 * receivers)
  const messages = Math.max(1, Math.min(QUEUE_BATCH, Math.floor(share)))
  return { messages, bytes: Math.min(limit.bytes, messages * MAX_MESSAGE_BYTES) }
}

/**
 * The part of a bound that only urgent queues may use, so that the work of others never keeps them from asking: at most a quarter,
 * and no more than leaves the others one poll.
 */
export function urgentReserve(options: { sources: readonly QueueSource[]; limits: Credit }): Credit {
  const { sources, limits } = options
  const count = (wanted: readonly QueueSource[]): number => wanted.reduce((sum, { receivers }) => sum + receivers, 0)
  const poll = pollCredit(limits, count(sources))
  const urgent = count(sources.filter(({ urgent }) => urgent))
  return {
    messages: Math.min(Math.floor(limits.messages / 4), urgent * poll.messages, limits.messages - poll.messages),
    bytes: Math.min(Math.floor(limits.bytes / 4), urgent * poll.bytes, limits.bytes - poll.bytes)
  }
}

/** One long-poll loop. It takes credits before it asks, so it never brings in more than the bound allows. */
export class Receiver {
  readonly #options: ReceiverOptions
  readonly #credit: Credit
  #emptyPolls = 0
  #earlyEmpties = 0

  constructor(options: ReceiverOptions, credit: Credit) {
    this.#options = options
    this.#credit = credit
  }

  /** Empty polls in a row that the service held to their end. */
  get emptyPolls(): number {
    return this.#emptyPolls
  }

  /** Runs until `stop`. */
  async run(): Promise<void> {
    const { lane, stop } = this.#options
    for (;;) {
      const admission = await lane.health.admit(stop)
      if (admission === 'no') return
      if (!(await this.#enter())) return lane.health.report(admission, undefined)
      await this.#poll(admission)
    }
  }

  /** Waits for the gate, and then for credits; false at the stop. */
  async #enter(): Promise<boolean> {
    const { lane, credits, gate, stop } = this.#options
    const { urgent } = lane.source
    while (await gate.pass(urgent, stop)) {
      if (!(await credits.take(this.#credit, { urgent, signal: stop }))) return false
      // Credits may have been long in coming, and the logstore may be down by now.
      if (gate.admits(urgent)) return true
      credits.give(this.#credit)
    }
    return false
  }

  async #poll(admission: Admission): Promise<void> {
    const { lane, credits, clock, totals, abort, gate, onMessages, onFault, onEmpty } = this.#options
    const startedMs = clock.elapsed()
    const outcome = await lane.source.receive(this.#credit.messages, abort)
    const fault = outcome.kind === 'failed' ? outcome.fault : undefined
    lane.health.report(admission, fault?.class === 'aborted' ? undefined : fault)
    // The one that was cut off may have been handed something.
    if (outcome.kind !== 'failed' && outcome.repeated === true) lane.receiveFailed()
    if (outcome.kind === 'messages') {
      totals.polls += 1
      this.#emptyPolls = 0
      this.#earlyEmpties = 0
      credits.give(this.#surplus(outcome.messages))
      gate.received(outcome.messages.length, lane.source.urgent)
      onMessages(lane, outcome.messages)
      return
    }
    credits.give(this.#credit)
    if (outcome.kind === 'failed') {
      this.#emptyPolls = 0
      if (outcome.fault.class === 'aborted') return
      totals.receiveFaults += 1
      lane.receiveFailed()
      onFault(lane, outcome.fault)
      return
    }
    totals.polls += 1
    const complete = outcome.held && startedMs >= lane.returnsAtMs
    this.#emptyPolls = complete ? this.#emptyPolls + 1 : 0
    onEmpty(lane)
    if (!outcome.held) await this.#waitAfterEarlyEmpty()
    else {
      this.#earlyEmpties = 0
      const done = this.#options.untilEmpty && this.#emptyPolls >= 2
      if (done && lane.health.sheds) await this.#rest(EARLY_EMPTY_CAP_MS)
    }
  }

  /** What the poll did not bring of what was taken for it. */
  #surplus(messages: readonly QueueMessage[]): Credit {
    const bytes = messages.reduce((sum, { body }) => sum + messageBytes(body), 0)
    return { messages: this.#credit.messages - messages.length, bytes: this.#credit.bytes - bytes }
  }

  /** The service sheds polls by answering them at once; asking again at once would make it worse, and is billed. */
  async #waitAfterEarlyEmpty(): Promise<void> {
    this.#options.lane.health.shed()
    const capMs = Math.min(EARLY_EMPTY_CAP_MS, 500 * 2 ** this.#earlyEmpties)
    this.#earlyEmpties = Math.min(this.#earlyEmpties + 1, 10)
    await this.#rest(capMs)
  }

  /** Half of the time at the least: not all come back at once. */
  async #rest(capMs: number): Promise<void> {
    const { clock, stop } = this.#options
    await clock.sleep(capMs * (0.5 + clock.random() / 2), stop).catch(() => undefined)
  }
}

/** What a message counts against the bound, bytes; never more than the service's own limit. */
export function messageBytes(body: string): number {
  return Math.min(body.length, MAX_MESSAGE_BYTES)
}
