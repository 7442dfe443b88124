import type { Fault } from '../cloud/fault.ts'
import { cellOf, type LogQuery, type SlsReader, windowSeconds } from '../logstore/sls-reader.ts'

/** One released instance. Times are epoch ms; undefined where the logs in the window do not tell. */
export interface ReleasedInstance {
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
  readonly createdMs: number | undefined
  readonly releasedMs: number
  /** When the first interruption notice of a preemptible instance came. */
  readonly noticeMs: number | undefined
  /** The state before its release: Running means that it was released while it ran. '' when not told. */
  readonly lastState: string
  /** Distinct events of its life. */
  readonly events: number
}

export type ReleasedOutcome =
  | { readonly kind: 'rows'; readonly rows: readonly ReleasedInstance[]; readonly complete: boolean }
  | { readonly kind: 'failed'; readonly fault: Fault }

export interface ReleasedQuestion {
  /** The window, epoch ms: released in it, and its life as far as it lies in it. */
  readonly fromMs: number
  readonly toMs: number
  /** Only this instance. */
  readonly instanceId?: string | undefined
  readonly signal?: AbortSignal
  /** Told before an incomplete answer is asked for again. */
  readonly onIncomplete?: LogQuery['onIncomplete']
}

/** The most rows that one question brings. */
const MAX_ROWS = 10_000

/**
 * Which instances were released, newest first: the question that the console can't answer once an instance is gone. Every
 * aggregate is blind to duplicates and to the order of arrival. Test events do not count.
 */
export async function queryReleased(reader: SlsReader, question: ReleasedQuestion): Promise<ReleasedOutcome> {
  const outcome = await reader.queryLogs({
    ...windowSeconds(question),
    query: releasedQuery(question.fromMs, question.instanceId),
    signal: question.signal,
    ...(question.onIncomplete && { onIncomplete: question.onIncomplete })
  })
  if (outcome.kind === 'failed') return outcome
  return { kind: 'rows', rows: outcome.rows.map(readRow), complete: outcome.complete }
}

/**
 * A log's own time is its arrival where the event came too late for the service: so the release is asked for by `event_ms`.
 *
 * @param instanceId checked by the caller to be an id: it becomes part of the query
 */
function releasedQuery(fromMs: number, instanceId: string | undefined): string {
  const only = instanceId === undefined ? '' : ` and instance_id: "${instanceId}"`
  return `kind: event and not test: true${only} | select
    instance_id,
    max(region_id) as region_id,
    max(account_id) as account_id,
    min(case when lower(state) in ('created', 'pending') then event_ms end) as created_ms,
    max(case when state = 'Deleted' then event_ms end) as released_ms,
    min(case when interruption <> '' then event_ms end) as notice_ms,
    max_by(case when state <> 'Deleted' then state end, case when state <> 'Deleted' then event_ms end) as last_state,
    count(distinct event_key) as events
  from log
  where instance_id <> ''
  group by instance_id
  having max(case when state = 'Deleted' then event_ms end) >= ${fromMs}
  order by released_ms desc
  limit ${MAX_ROWS}`.replace(/\s+/g, ' ')
}

function readRow(row: Readonly<Record<string, string>>): ReleasedInstance {
  return {
    instanceId: textOf(row['instance_id']),
    regionId: textOf(row['region_id']),
    accountId: textOf(row['account_id']),
    createdMs: numberOf(row['created_ms']),
    releasedMs: numberOf(row['released_ms']) ?? 0,
    noticeMs: numberOf(row['notice_ms']),
    lastState: textOf(row['last_state']),
    events: numberOf(row['events']) ?? 0
  }
}

function textOf(value: string | undefined): string {
  return cellOf(value) ?? ''
}

function numberOf(value: string | undefined): number | undefined {
  const text = textOf(value)
  return text === '' || Number.isNaN(Number(text)) ? undefined : Number(text)
}
