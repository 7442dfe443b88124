import type { ApiFailure, ApiOutcome, CallLimits } from '../api-outcome.ts'
import { brokenAnswer } from '../rpc/broken-answer.ts'
import type { RpcApi, RpcRequest } from '../rpc/rpc-api.ts'
import type { Answer } from './answer.ts'
import type { CallLanes } from './call-lanes.ts'

/** What a reading call is made for: how long it may take, and where it waits for its turn (nowhere, if not told). */
export interface Errand extends CallLimits {
  readonly lanes?: CallLanes
}

/** A call that reads. */
export interface Question extends Pick<RpcRequest, 'action' | 'query' | 'meaning'> {
  readonly api: RpcApi
  readonly errand: Errand
}

/** Makes a reading call and reads its answer; `read` gives undefined for what it cannot read, which becomes a fault. */
export async function ask<Value>(
  { api, errand, ...request }: Question,
  read: (answer: Answer) => Value | undefined
): Promise<ApiOutcome<Value>> {
  const call = () => api.call({ ...request, repeatable: true, limits: errand })
  const outcome = await (errand.lanes === undefined ? call() : errand.lanes.add(api, call))
  if (outcome.kind !== 'done') return outcome
  const value = read(outcome.value)
  return value === undefined ? brokenAnswer(request.action) : { kind: 'done', value }
}

/** One page of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  /** What asks for the next page; '' after the last. */
  readonly next: string
}

/** Far more than the quotas of any account fill: an answer that leads on for ever is broken. */
const MAX_PAGES = 1_000

/** Every row of a list. `fetch` gets '' for the first page, then what the page before named. */
export async function askPages<Row>(
  fetch: (cursor: string) => Promise<ApiOutcome<Page<Row>>>
): Promise<ApiOutcome<readonly Row[]>> {
  const rows: Row[] = []
  let cursor = ''
  for (let page = 0; page < MAX_PAGES; page++) {
    const outcome = await fetch(cursor)
    if (outcome.kind !== 'done') return outcome
    rows.push(...outcome.value.rows)
    const { next } = outcome.value
    if (next === '') return { kind: 'done', value: rows }
    if (next === cursor) break
    cursor = next
  }
  return brokenAnswer('a paged list that has no end')
}

/** Whether an outcome leaves open what was asked. */
export function isFailure(outcome: ApiOutcome<unknown>): outcome is ApiFailure {
  return outcome.kind !== 'done' && outcome.kind !== 'already'
}
