import type { Fault } from '../cloud/fault.ts'
import type { Clock } from '../lib/clock.ts'
import { isObject } from '../lib/is-object.ts'
import type { CallOutcome, SlsClient } from './sls-client.ts'

export interface SlsReaderOptions {
  readonly client: SlsClient
  readonly logstore: string
  readonly clock: Clock
  /** For one request, milliseconds. Default 60 s: the service gives SQL 55 s. */
  readonly timeoutMs?: number
}

export interface LogQuery {
  /** Epoch seconds, inclusive. */
  readonly fromS: number
  /** Epoch seconds, exclusive; after `fromS`. */
  readonly toS: number
  /** Search, or `search | select ...`. SQL brings 100 rows unless it says `limit`. */
  readonly query: string
  /** Most rows of a search without SQL. Default 1,000. */
  readonly maxRows?: number
  readonly signal?: AbortSignal | undefined
  /** Told before each repeat of a request whose answer was incomplete. */
  readonly onIncomplete?: (progress: { readonly repeat: number; readonly rows: number }) => void
}

export type QueryOutcome =
  | {
      readonly kind: 'rows'
      /** In the order of the query; for a search, of their first appearance. */
      readonly columns: readonly string[]
      /** All values are text; SQL's null is 'null', as the service writes it. */
      readonly rows: ReadonlyArray<Readonly<Record<string, string>>>
      /** False when the service had not read everything even after repeats, or had more rows of a search than `maxRows`. */
      readonly complete: boolean
    }
  | { readonly kind: 'failed'; readonly fault: Fault }

/**
 * A window of time, epoch ms, as a query takes it: its end is exclusive, and a log's time may lie a little ahead of this
 * machine's clock, so that the last second counts whole.
 */
export function windowSeconds({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): {
  fromS: number
  toS: number
} {
  return { fromS: Math.floor(fromMs / 1_000), toS: Math.floor(toMs / 1_000) + 1 }
}

/** A value of a row; null where it is SQL's null, which the service writes as the text `null`, or where there is none. */
export function cellOf(value: string | undefined): string | null {
  return value === undefined || value === 'null' ? null : value
}

type Page = Exclude<QueryOutcome, { kind: 'failed' }>
type Row = Record<string, string>

/** The service says Incomplete at most about this often before an answer is as good as it gets; each repeat is billed. */
const MAX_REPEATS = 10
const REPEAT_AFTER_MS = 200

/** Rows of one answer to a search. */
const PAGE_ROWS = 100
const DEFAULT_MAX_ROWS = 1_000
const DEFAULT_TIMEOUT_MS = 60_000

/** Queries one logstore (GetLogsV2). */
export class SlsReader {
  readonly #options: SlsReaderOptions

  constructor(options: SlsReaderOptions) {
    this.#options = options
  }

  /** Runs a query to its end. Never throws for what the service does; an abort is a fault of class `aborted`. */
  async queryLogs(query: LogQuery): Promise<QueryOutcome> {
    if (hasSql(query.query)) return await this.#page(query, { line: 0, offset: 0 })
    const maxRows = query.maxRows ?? DEFAULT_MAX_ROWS
    const columns = new Set<string>()
    const rows: Row[] = []
    for (;;) {
      const line = Math.min(PAGE_ROWS, maxRows - rows.length)
      const page = await this.#page(query, { line, offset: rows.length })
      if (page.kind === 'failed') return page
      for (const column of page.columns) columns.add(column)
      rows.push(...page.rows)
      const complete = page.complete && page.rows.length < line
      const ended = page.rows.length < line || rows.length >= maxRows
      if (ended) return { kind: 'rows', columns: [...columns], rows, complete }
    }
  }

  /** One page, asked for until the service has read everything. */
  async #page(query: LogQuery, window: { line: number; offset: number }): Promise<QueryOutcome> {
    for (let repeat = 1; ; repeat += 1) {
      const outcome = await this.#ask(query, window)
      if (outcome.kind === 'failed') return { kind: 'failed', fault: outcome.fault }
      const page = pageOf(outcome.body)
      if (page === undefined) return { kind: 'failed', fault: unreadable(outcome.status, outcome.requestId) }
      if (page.complete || repeat > MAX_REPEATS) return page
      query.onIncomplete?.({ repeat, rows: page.rows.length })
      await this.#options.clock.sleep(REPEAT_AFTER_MS, query.signal).catch(() => undefined)
    }
  }

  #ask({ fromS, toS, query, signal }: LogQuery, window: { line: number; offset: number }): Promise<CallOutcome> {
    const { client, logstore, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options
    return client.call({
      operation: 'GetLogsV2',
      method: 'POST',
      path: `/logstores/${logstore}/logs`,
      body: { from: fromS, to: toS, query, ...window },
      answer: 'json',
      timeoutMs,
      signal
    })
  }
}

/** True when a `|` outside of double quotes parts search and SQL. */
function hasSql(query: string): boolean {
  return /^(?:[^|"]|"(?:[^"\\]|\\.)*")*\|/.test(query)
}

function pageOf(body: unknown): Page | undefined {
  if (!isObject(body) || !isObject(body['meta']) || !Array.isArray(body['data'])) return undefined
  const { progress, keys } = body['meta']
  if (progress !== 'Complete' && progress !== 'Incomplete') return undefined
  const rows = body['data'].filter(isObject).map(rowOf)
  const named = Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []
  const columns = named.length > 0 ? named : [...new Set(rows.flatMap(Object.keys))]
  return { kind: 'rows', columns, rows, complete: progress === 'Complete' }
}

function rowOf(given: Record<string, unknown>): Row {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, text(value)]))
}

function unreadable(status: number, requestId: string): Fault {
  return { class: 'unavailable', code: 'BrokenAnswer', status, message: 'the answer holds no rows', requestId }
}
