import type { Fault } from '../fault.ts'
import { HttpPool } from '../http-pool.ts'
import { type NetworkReason, type NetworkTrouble, networkTrouble } from '../network-trouble.ts'
import type { RpcEndpoint } from './rpc-endpoint.ts'
import type { SignedRequest } from './rpc-signer.ts'

/** A whole HTTP answer, whatever it says, or none; then `sent` tells whether the service may have got the request. */
export type WireOutcome =
  | { readonly kind: 'answered'; readonly answer: WireAnswer }
  | { readonly kind: 'failed'; readonly sent: boolean; readonly fault: Fault }

export interface WireAnswer {
  readonly status: number
  /** By lower-case name. */
  readonly header: (name: string) => string
  readonly body: string
}

const OUT_OF_TIME: NetworkTrouble = { reason: 'Timeout', hint: '' }

const CONNECT_TIMEOUT_MS = 5_000

/** 100 instances with all their tags and disks are some 500 KB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** HTTP exchanges with one endpoint over a bounded number of kept connections. Never throws. */
export class RpcWire {
  readonly #pool: HttpPool
  readonly #host: string
  /** The errors of connections that were not made: nothing was sent over them. */
  readonly #unconnected = new WeakSet<Error>()

  constructor({ origin, host }: RpcEndpoint, connections: number) {
    this.#host = host
    this.#pool = new HttpPool(origin, {
      connections,
      // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment does not switch the check off.
      connect: { timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true },
      maxResponseSize: MAX_ANSWER_BYTES,
      // The caller's signal bounds the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0
    })
    // Told before the requests that waited for the connection hear of it.
    this.#pool.on('connectionError', (_origin, _targets, error) => this.#unconnected.add(error))
  }

  /** Sends a request and reads its answer whole. @param signal ends it early, as a failure */
  async exchange({ path, headers }: SignedRequest, signal: AbortSignal): Promise<WireOutcome> {
    try {
      const { statusCode, headers: given, body } = await this.#pool.request({ method: 'POST', path, headers, signal })
      const header = (name: string): string => String(given[name] ?? '')
      return { kind: 'answered', answer: { status: statusCode, header, body: await body.text() } }
    } catch (thrown) {
      const { reason, hint } = signal.aborted ? OUT_OF_TIME : networkTrouble(thrown)
      const message = `No answer from ${this.#host}: ${SAYS[reason]}${hint}`
      // By the code alone it is not known: a connection in use, too, ends with ETIMEDOUT, EHOSTUNREACH or a TLS alert.
      const sent = !(thrown instanceof Error && this.#unconnected.has(thrown))
      return { kind: 'failed', sent, fault: { class: 'unavailable', code: reason, status: 0, message, requestId: '' } }
    }
  }

  /** Ends what is under way as failed and closes all connections. Idempotent. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

/** What ends an exchange in the words of a person; `hint` follows. */
const SAYS: Readonly<Record<NetworkReason, string>> = {
  Aborted: 'given up by this process',
  Timeout: 'no whole answer within the time limit',
  ConnectionRefused: 'nothing listens there',
  ConnectionReset: 'the connection was reset',
  HostNotFound: 'its name is not known',
  Unreachable: 'no connection to it is possible',
  TlsFailure: 'no trusted TLS connection to it is possible',
  AnswerTooLarge: `the answer is larger than ${MAX_ANSWER_BYTES} bytes`,
  NotHttp: 'what answers there does not speak HTTP',
  InvalidRequest: 'the request cannot be written as HTTP; check the credentials for stray characters',
  ConnectionFailed: 'the connection failed'
}
