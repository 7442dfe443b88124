import type { RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'

const MAX_TOKENS = 10_000

/**
 * Makes calls idempotent by their ClientToken ("How to ensure idempotence"): with the same parameters a token gives the
 * answer it gave before; a call that failed does not bind its token. The newest 10,000 tokens are remembered.
 */
export class ClientTokens {
  readonly #bound = new Map<string, { readonly parameters: string; readonly answer: object }>()

  /**
   * Carries out a call once for its token.
   *
   * @throws RpcError 400 IdempotentParameterMismatch for a token that was used with other parameters
   * @throws RpcError 400 InvalidClientToken.ValueNotSupported for more than 64 characters or others than ASCII
   */
  once<Answer extends object>(parameters: RpcParameters, perform: () => Answer): Answer {
    const token = parameters.text('ClientToken')
    if (token === '') return perform()
    if (!/^[\x20-\x7e]{1,64}$/.test(token)) throw ecsError('InvalidClientToken.ValueNotSupported')
    const text = fingerprint(parameters)
    const bound = this.#bound.get(token)
    if (bound !== undefined) {
      if (bound.parameters !== text) throw ecsError('IdempotentParameterMismatch')
      return bound.answer as Answer
    }
    const answer = perform()
    this.#bound.set(token, { parameters: text, answer })
    for (const oldest of this.#bound.keys()) {
      if (this.#bound.size <= MAX_TOKENS) break
      this.#bound.delete(oldest)
    }
    return answer
  }
}

function fingerprint({ all }: RpcParameters): string {
  return JSON.stringify([...all].sort(([one], [other]) => (one < other ? -1 : 1)))
}
