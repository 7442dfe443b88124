import type { RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'

/** The parameters by which a list is paged. */
export const PAGING = ['MaxResults', 'NextToken', 'PageNumber', 'PageSize'] as const

/** One page of a list, with what the answer says about the paging. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly told: {
    readonly TotalCount: number
    readonly PageNumber?: number
    readonly PageSize?: number
    readonly NextToken?: string
  }
}

/** Pages by MaxResults are no smaller than this (DescribeInstances: request parameters). */
const SMALLEST = 10

/**
 * The page that a call asks for: by MaxResults (pulled into 10 to `largest`) and NextToken where one of them is given, else
 * by PageNumber and PageSize. A token stands for the item that it comes after, so that items may come and go.
 *
 * @param keyOf unique among the items; `largest` is the largest page
 * @throws RpcError 400 InvalidParameter for a page that can't be
 */
export function pageOf<Item>(
  parameters: RpcParameters,
  items: readonly Item[],
  { keyOf, largest }: { readonly keyOf: (item: Item) => string; readonly largest: number }
): Page<Item> {
  const token = parameters.text('NextToken')
  if (token !== '' || parameters.text('MaxResults') !== '') {
    const size = Math.min(largest, Math.max(SMALLEST, parameters.number('MaxResults', SMALLEST)))
    const start = token === '' ? 0 : positionAfter(items.map(keyOf), token)
    const page = items.slice(start, start + size)
    const last = page.at(-1)
    const end = start + page.length
    const next = last !== undefined && end < items.length ? tokenOf(end, keyOf(last)) : ''
    return { items: page, told: { TotalCount: items.length, NextToken: next } }
  }
  const pageSize = parameters.number('PageSize', 10)
  const pageNumber = parameters.number('PageNumber', 1)
  if (pageSize < 1 || pageSize > largest) throw ecsError('InvalidParameter', 'PageSize')
  if (pageNumber < 1) throw ecsError('InvalidParameter', 'PageNumber')
  const page = items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
  return { items: page, told: { TotalCount: items.length, PageNumber: pageNumber, PageSize: pageSize } }
}

function tokenOf(end: number, lastKey: string): string {
  return Buffer.from(`${end}:${lastKey}`).toString('base64url')
}

/** Where a token points to: after its item, or, when that is gone, as far on as it was. */
function positionAfter(keys: readonly string[], token: string): number {
  const [, end, key = ''] = /^(\d+):(.+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? []
  if (end === undefined) throw ecsError('InvalidParameter', 'NextToken')
  const index = keys.indexOf(key)
  return index < 0 ? Number(end) - 1 : index + 1
}
