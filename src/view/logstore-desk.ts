import PQueue from 'p-queue'
import { advice } from '../cloud/advice.ts'
import { describeFault } from '../cloud/fault.ts'
import type { Clock } from '../lib/clock.ts'
import { type QueryOutcome, type SlsReader, windowSeconds } from '../logstore/sls-reader.ts'
import type { Failed } from './answers.ts'
import { BadRequest } from './bad-request.ts'
import type { TimeWindow } from './chart-range.ts'

/** What is asked, and where. */
export interface LogstoreDeskOptions {
  readonly reader: SlsReader
  readonly clock: Clock
  /** For advice: `project/logstore` and its endpoint. */
  readonly logstore: string
  readonly endpoint: string
}

export type DeskOutcome = (Extract<QueryOutcome, { kind: 'rows' }> & { readonly tookMs: number }) | Failed

/** SLS runs 15 queries of a standard logstore at a time (SLS "Limits on query and analysis"): others want some too. */
const CONCURRENCY = 6
/** A page has at most 100 charts; more than a few pages' worth is somebody's mistake. */
const MAX_WAITING = 500

/** The one way from the page to the logstore: a bounded number of queries at a time, faults told with advice. */
export class LogstoreDesk {
  readonly #options: LogstoreDeskOptions
  readonly #queue = new PQueue({ concurrency: CONCURRENCY })
  readonly #closed = new AbortController()

  constructor(options: LogstoreDeskOptions) {
    this.#options = options
  }

  /** Runs a query in its turn; `signal` takes it out of the queue, or ends it. */
  async ask(query: string, window: TimeWindow, signal: AbortSignal): Promise<DeskOutcome> {
    if (this.#queue.size >= MAX_WAITING) throw new BadRequest('Too many queries are waiting: try again later.', 503)
    const either = AbortSignal.any([signal, this.#closed.signal])
    return await this.#queue.add(() => this.#run(query, window, either))
  }

  /** Ends what runs and what waits. Idempotent. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#queue.onIdle()
  }

  async #run(query: string, window: TimeWindow, signal: AbortSignal): Promise<DeskOutcome> {
    const { reader, clock, logstore, endpoint } = this.#options
    if (signal.aborted) return { kind: 'failed', message: 'The page went away.', advice: '' }
    const startedMs = clock.elapsed()
    const outcome = await reader.queryLogs({ ...windowSeconds(window), query, signal })
    if (outcome.kind === 'rows') return { ...outcome, tookMs: Math.round(clock.elapsed() - startedMs) }
    const { fault } = outcome
    return {
      kind: 'failed',
      message: describeFault(fault),
      advice: advice(fault, { service: 'logstore', name: logstore, endpoint })
    }
  }
}

/** A small limit is part of the question: the ten largest. A large one only bounds the answer. */
const BOUNDING_LIMIT = 1_000
const DEFAULT_LIMIT = 100

/** True when the limit of a query, and not the log, ended the rows: there may be more. Without a limit SLS gives 100. */
export function isCut(query: string, rows: number): boolean {
  const told = /\blimit\s+(?:\d+\s*,\s*)?(\d+)\s*$/i.exec(query)?.[1]
  if (told === undefined) return query.includes('|') && rows >= DEFAULT_LIMIT
  return Number(told) >= BOUNDING_LIMIT && rows >= Number(told)
}
