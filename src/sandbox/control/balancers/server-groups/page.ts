import type { RpcParameters } from '../../rpc-product.ts'
import { type Dialect, refuse } from './dialect.ts'

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** The fields of the answer that tell of pages; NextToken is left out on the last one. */
  readonly fields: { readonly MaxResults: number; readonly TotalCount: number; readonly NextToken?: string }
}

/**
 * The page that MaxResults (1 to 100, default 20) and NextToken ask for. A page begins after the last row of the one before,
 * so that rows which come and go between two calls are neither skipped nor told twice.
 *
 * @param rows all rows, by rising sequence
 */
export function pageOf<Row extends { readonly sequence: number }>(
  rows: readonly Row[],
  parameters: RpcParameters,
  dialect: Dialect
): Page<Row> {
  const size = parameters.number('MaxResults', 20)
  if (size < 1 || size > 100) throw refuse(dialect, 'IllegalParam', 'MaxResults')
  const after = readToken(parameters.text('NextToken'))
  if (after === undefined) throw refuse(dialect, 'IllegalParam', 'NextToken')
  const left = rows.filter(({ sequence }) => sequence > after)
  const page = left.slice(0, size)
  const last = page.at(-1)
  const more = last !== undefined && left.length > size
  return {
    rows: page,
    fields: {
      MaxResults: size,
      TotalCount: rows.length,
      ...(more ? { NextToken: Buffer.from(`after:${last.sequence}`).toString('base64') } : {})
    }
  }
}

/** Undefined for what is no token. */
function readToken(token: string): number | undefined {
  if (token === '') return -1
  const [, sequence] = /^after:(\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? []
  return sequence === undefined ? undefined : Number(sequence)
}
