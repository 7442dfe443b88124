import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { RpcApi, RpcRequest } from '../rpc/rpc-api.ts'
import { type Answer, readAll, rowsOf, textOf } from './answer.ts'
import { ask, askPages, type Errand } from './ask.ts'
import { missingServerGroup } from './missing-group.ts'

export interface ServerGroupParts {
  readonly kind: 'alb' | 'nlb'
  /** The API `alb` of 2020-06-16, or `nlb` of 2022-04-30: the calls used here are the same but for RegionId. */
  readonly api: RpcApi
  readonly region: string
}

/** A list as ALB and NLB page it. */
export interface ListCall<Row> {
  readonly action: string
  readonly filter: Answer
  /** Undefined for an answer that cannot be read. */
  readonly read: (answer: Answer) => readonly Row[] | undefined
  /** Rows on a page: at most 100, for most lists. */
  readonly pageSize?: number
}

/** The calls of ALB or NLB. */
export class ServerGroupCalls {
  readonly kind: 'alb' | 'nlb'
  readonly #parts: ServerGroupParts

  constructor(parts: ServerGroupParts) {
    this.kind = parts.kind
    this.#parts = parts
  }

  /** Every row of a list. `already`: the group that it is about does not exist. */
  list<Row>(
    { action, filter, read, pageSize = 100 }: ListCall<Row>,
    errand: Errand
  ): Promise<ApiOutcome<readonly Row[]>> {
    return askPages((cursor) => {
      const page = { MaxResults: pageSize, ...(cursor === '' ? {} : { NextToken: cursor }) }
      const query = this.#query({ ...filter, ...page })
      return ask({ api: this.#parts.api, action, query, errand, meaning: missingServerGroup('already') }, (answer) => {
        const rows = read(answer)
        return rows && { rows, next: textOf(answer, 'NextToken') }
      })
    })
  }

  /** A call that changes something: it must carry a ClientToken, for it is repeated. */
  async change(
    action: string,
    query: Answer & { readonly ClientToken: string },
    { limits, meaning }: { readonly limits: CallLimits; readonly meaning: NonNullable<RpcRequest['meaning']> }
  ): Promise<ApiOutcome<void>> {
    const outcome = await this.#parts.api.call({ action, query: this.#query(query), repeatable: true, limits, meaning })
    return outcome.kind === 'done' ? { kind: 'done', value: undefined } : outcome
  }

  #query(query: Answer): Answer {
    return this.kind === 'nlb' ? { RegionId: this.#parts.region, ...query } : query
  }
}

/** Reads the rows of one list of an answer. */
export function rowsWith<Row>(
  name: string,
  read: (row: Answer) => Row | undefined
): (answer: Answer) => readonly Row[] | undefined {
  return (answer) => readAll(rowsOf(answer, [name]), read)
}
