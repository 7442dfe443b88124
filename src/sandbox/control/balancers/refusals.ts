import { RpcError } from '../rpc-product.ts'

/** A product's error codes with HTTP status and text. `%s` in a text stands for what the refusal is about. */
export type RefusalTable = Readonly<Record<string, { readonly status: number; readonly message: string }>>

/** A refusal out of a product's table; a code that is not in it (a test's own) is a 400 with the code as text. */
export function refusal(table: RefusalTable, code: string, about = ''): RpcError {
  const { status, message } = (Object.hasOwn(table, code) ? table[code] : undefined) ?? { status: 400, message: code }
  return new RpcError(status, code, message.replaceAll('%s', about))
}

/** The status of a code, for fault rules. */
export function statusIn(table: RefusalTable): (code: string) => number | undefined {
  return (code) => (Object.hasOwn(table, code) ? table[code]?.status : undefined)
}
