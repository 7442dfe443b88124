import type { Clock } from '../../lib/clock.ts'
import { deadline } from '../../lib/deadline.ts'
import { errorMessage } from '../../lib/errors.ts'
import type { CredentialSource } from '../credentials.ts'
import type { CallTime } from './call-time.ts'
import { type Attempt, notSent, readAnswer, unanswered } from './rpc-answer.ts'
import type { RpcRequest } from './rpc-api.ts'
import type { RpcEndpoint } from './rpc-endpoint.ts'
import { createRpcSigner, type RpcSigner } from './rpc-signer.ts'
import { RpcWire, type WireAnswer, type WireOutcome } from './rpc-wire.ts'

export interface RpcExchangeOptions {
  readonly endpoint: RpcEndpoint
  readonly version: string
  readonly credentials: CredentialSource
  readonly clock: Clock
  readonly connections: number
  /** For one exchange, ms. */
  readonly timeoutMs: number
}

/** The service accepts a quarter of an hour; a correction this small can't be what it asked for. */
const MIN_SKEW_CHANGE_MS = 60_000

/** An exchange that had less time than this says nothing about the service when no answer came. */
const FAIR_TIME_MS = 1_000

/** Single signed requests and their answers. After a refused key or clock it does better the next time, and says so. */
export class RpcExchange {
  readonly #options: RpcExchangeOptions
  readonly #sign: RpcSigner
  readonly #wire: RpcWire
  /** The service's clock minus ours, ms, as far as a refusal has told. */
  #skewMs = 0

  constructor(options: RpcExchangeOptions) {
    this.#options = options
    this.#sign = createRpcSigner(options.endpoint.host, options.version)
    this.#wire = new RpcWire(options.endpoint, options.connections)
  }

  /** The service's time, epoch ms. */
  get serviceNowMs(): number {
    return this.#options.clock.now() + this.#skewMs
  }

  /** @param onSent called just before something goes out */
  async once(request: RpcRequest, time: CallTime, onSent: () => void): Promise<Attempt> {
    const { clock, timeoutMs } = this.#options
    const credentials = await this.#options.credentials.get().catch((thrown: unknown) => errorMessage(thrown))
    if (typeof credentials === 'string') {
      return notSent({ class: 'credentials', code: 'NoCredentials', status: 0, message: credentials, requestId: '' })
    }
    if (time.signal.aborted) return notSent(time.fault(request.action))
    const signedByMs = this.serviceNowMs
    const signed = this.#sign({ ...request, credentials, nowMs: signedByMs })
    const startedMs = clock.elapsed()
    const limit = deadline(clock, timeoutMs, time.signal)
    onSent()
    const outcome = await this.#wire.exchange(signed, limit.signal)
    limit.clear()
    if (outcome.kind === 'failed') return this.#unanswered(request, outcome, time, clock.elapsed() - startedMs)
    const attempt = readAnswer(outcome.answer, request, signed.secrets)
    return attempt.remedy === undefined
      ? attempt
      : { ...attempt, mended: this.#mend(attempt, outcome.answer, signedByMs) }
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.#wire.close()
  }

  #unanswered(
    { action }: RpcRequest,
    { sent, fault }: Extract<WireOutcome, { kind: 'failed' }>,
    time: CallTime,
    spentMs: number
  ): Attempt {
    const ended = time.signal.aborted
    const fair = !ended || (!time.givenUp && spentMs >= FAIR_TIME_MS)
    return unanswered(sent, ended ? time.fault(action) : fault, fair ? 'down' : 'unproven')
  }

  /** Does what may help the next request. True when it differs from this one. */
  #mend({ remedy }: Attempt, answer: WireAnswer, signedByMs: number): boolean {
    if (remedy === 'credentials') {
      this.#options.credentials.invalidate()
      return true
    }
    const serviceMs = Date.parse(answer.header('date'))
    if (Number.isNaN(serviceMs)) return false
    this.#skewMs = serviceMs - this.#options.clock.now()
    return Math.abs(serviceMs - signedByMs) >= MIN_SKEW_CHANGE_MS
  }
}
