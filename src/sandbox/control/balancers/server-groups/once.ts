import type { RpcCall } from '../../rpc-product.ts'
import { refuse } from './dialect.ts'
import type { ServerGroups } from './server-groups.ts'

/**
 * Carries a call out unless its ClientToken was accepted before: then it gets that answer again, even while the change is
 * still under way. A call that is refused does not bind its token.
 *
 * @throws RpcError for a token that came with other parameters
 */
export function once({ tokens, dialect }: ServerGroups, call: RpcCall, carryOut: () => object): object {
  const before = tokens.find(call)
  if (before === 'mismatch') throw refuse(dialect, dialect.tokenMismatch)
  if (before !== undefined) return before
  const answer = carryOut()
  tokens.keep(call, answer)
  return answer
}

/**
 * A dry run ends here: what was checked so far is all right.
 *
 * @throws RpcError 400 DryRunOperation, which stands for a success
 */
export function stopAtDryRun({ dialect }: ServerGroups, { parameters }: RpcCall): void {
  if (parameters.text('DryRun') === 'true') throw refuse(dialect, 'DryRunOperation')
}
