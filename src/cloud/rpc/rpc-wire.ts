import type { Fault } from '../fault.ts'
import { HttpPool } from '../http-pool.ts'
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

const CONNECT_TIMEOUT_MS = 5_000

/** 100 instances with all their tags and disks are some 500 KB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** HTTP exchanges with one endpoint over a bounded number of kept connections. Never throws. */
export class RpcWire {
  readonly #pool: HttpPool
  readonly #host: string

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
  }

  /** Sends a request and reads its answer whole. @param signal ends it early, as a failure */
  async exchange({ path, headers }: SignedRequest, signal: AbortSignal): Promise<WireOutcome> {
    try {
      const { statusCode, headers: given, body } = await this.#pool.request({ method: 'POST', path, headers, signal })
      const header = (name: string): string => String(given[name] ?? '')
      return { kind: 'answered', answer: { status: statusCode, header, body: await body.text() } }
    } catch (thrown) {
      const { code, says, sent } = troubleOf(signal.aborted ? 'Timeout' : reasonOf(thrown))
      const message = `No answer from ${this.#host}: ${says}`
      return { kind: 'failed', sent, fault: { class: 'unavailable', code, status: 0, message, requestId: '' } }
    }
  }

  /** Ends what is under way as failed and closes all connections. Idempotent. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

interface Trouble {
  readonly code: string
  readonly says: string
  readonly sent: boolean
}

const RESET: Trouble = { code: 'ConnectionReset', says: 'the connection was reset', sent: true }
const NO_HOST: Trouble = { code: 'HostNotFound', says: 'its name is not known', sent: false }
const NO_ROUTE: Trouble = { code: 'Unreachable', says: 'no connection to it is possible', sent: false }
const NOT_HTTP: Trouble = { code: 'NotHttp', says: 'what answers there does not speak HTTP', sent: true }

/** By the error codes of Node.js and undici. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  Timeout: { code: 'Timeout', says: 'no whole answer within the time limit', sent: true },
  ECONNREFUSED: { code: 'ConnectionRefused', says: 'nothing listens there', sent: false },
  ECONNRESET: RESET,
  EPIPE: RESET,
  UND_ERR_SOCKET: RESET,
  ENOTFOUND: NO_HOST,
  EAI_AGAIN: NO_HOST,
  ETIMEDOUT: NO_ROUTE,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  UND_ERR_CONNECT_TIMEOUT: NO_ROUTE,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: {
    code: 'AnswerTooLarge',
    says: `the answer is larger than ${MAX_ANSWER_BYTES} bytes`,
    sent: true
  },
  HTTPParserError: NOT_HTTP,
  UND_ERR_HEADERS_OVERFLOW: NOT_HTTP,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: NOT_HTTP
}

function troubleOf(reason: string): Trouble {
  const known = TROUBLES[reason]
  if (known !== undefined) return known
  // OpenSSL's and Node's own codes for certificates and handshakes are many.
  if (/CERT|SSL|TLS|EPROTO|UNABLE_TO/.test(reason)) {
    return { code: 'TlsFailure', says: `no trusted TLS connection to it is possible (${reason})`, sent: false }
  }
  return { code: 'ConnectionFailed', says: `the connection failed (${reason})`, sent: true }
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'no code'
  // undici names the parser's own trouble in the code, of which there are many.
  if (thrown.name === 'HTTPParserError') return thrown.name
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'no code'
}
