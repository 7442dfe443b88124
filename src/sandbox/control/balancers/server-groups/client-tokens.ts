import type { RpcCall } from '../../rpc-product.ts'

const MAX_TOKENS = 10_000

interface Accepted {
  readonly parameters: string
  readonly answer: object
}

/** The accepted calls by their ClientToken: the newest 10,000. */
export class ClientTokens {
  readonly #accepted = new Map<string, Accepted>()

  /** The answer that a call was given before; `mismatch` for a token that came with other parameters. */
  find(call: RpcCall): object | 'mismatch' | undefined {
    const accepted = this.#accepted.get(call.parameters.text('ClientToken'))
    if (accepted === undefined) return undefined
    return accepted.parameters === fingerprint(call) ? accepted.answer : 'mismatch'
  }

  /** A call without a token is not remembered. */
  keep(call: RpcCall, answer: object): void {
    const token = call.parameters.text('ClientToken')
    if (token === '') return
    this.#accepted.set(token, { parameters: fingerprint(call), answer })
    const [oldest] = this.#accepted.keys()
    if (this.#accepted.size > MAX_TOKENS && oldest !== undefined) this.#accepted.delete(oldest)
  }
}

function fingerprint({ action, parameters }: RpcCall): string {
  return JSON.stringify([action, [...parameters.all].sort(([one], [other]) => (one < other ? -1 : 1))])
}
