import { cellOf, type QueryOutcome, type SlsReader, windowSeconds } from '../logstore/sls-reader.ts'

/** What the log last told of an instance. */
export interface LastState {
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
  /** Deleted: released. */
  readonly state: string
  /** When it changed to that state, epoch ms. */
  readonly atMs: number
}

export type LastStatesOutcome =
  | { readonly kind: 'rows'; readonly states: readonly LastState[]; readonly complete: boolean }
  | Extract<QueryOutcome, { kind: 'failed' }>

const QUERY = `kind: event and event_name: "Instance:StateChange" and not test: true | select instance_id,
  max_by(region_id, event_ms) as region_id, max(account_id) as account_id,
  max_by(state, event_ms) as last_state, max(event_ms) as at_ms
  from log where instance_id <> '' and state <> '' group by instance_id order by instance_id`

const PAGE = 10_000
const MAX_PAGES = 100

/** The last state of every instance that the log tells of in a window. */
export async function askLastStates(
  reader: Pick<SlsReader, 'queryLogs'>,
  window: { readonly fromMs: number; readonly toMs: number; readonly signal: AbortSignal }
): Promise<LastStatesOutcome> {
  const times = { ...windowSeconds(window), signal: window.signal }
  const states: LastState[] = []
  let complete = true
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = `${QUERY.replace(/\s+/g, ' ')} limit ${page * PAGE}, ${PAGE}`
    const outcome = await reader.queryLogs({ ...times, query })
    if (outcome.kind === 'failed') return outcome
    complete &&= outcome.complete
    states.push(...outcome.rows.map(readState))
    if (outcome.rows.length < PAGE) return { kind: 'rows', states, complete }
  }
  return { kind: 'rows', states, complete: false }
}

function readState(row: Readonly<Record<string, string>>): LastState {
  const text = (name: string): string => cellOf(row[name]) ?? ''
  return {
    instanceId: text('instance_id'),
    regionId: text('region_id'),
    accountId: text('account_id'),
    state: text('last_state'),
    atMs: Number(text('at_ms')) || 0
  }
}
