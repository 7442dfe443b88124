import PQueue from 'p-queue'
import type { BreakerState } from '../../lib/breaker.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ApiFailure, ApiOutcome } from '../api-outcome.ts'
import type { CredentialSource } from '../credentials.ts'
import type { Fault } from '../fault.ts'
import { CallTime } from './call-time.ts'
import { retryWaitMs, throttlePauseMs } from './retry-wait.ts'
import { type Attempt, notSent, type RpcBody, unanswered } from './rpc-answer.ts'
import type { RpcApi, RpcRequest } from './rpc-api.ts'
import { type RpcEndpointOptions, type RpcProduct, rpcEndpoint } from './rpc-endpoint.ts'
import { RpcExchange } from './rpc-exchange.ts'
import { ServiceGate } from './service-gate.ts'

export interface RpcApiOptions extends RpcEndpointOptions {
  /** API version: `2014-05-26`. */
  readonly version: string
  readonly credentials: CredentialSource
  readonly clock: Clock
  /** Requests in flight at a time; more wait. Default 8. */
  readonly concurrency?: number
  /** For one try: connecting, sending and the whole answer, ms. Default 10,000. */
  readonly timeoutMs?: number
  /** How long no call is made after the service has failed several times, ms. Default 5,000. */
  readonly breakerResetMs?: number
  /** Told of every call when it has ended. */
  readonly onCall?: (call: RpcCallReport) => void
  /** Told when the service is given up for a while, and when it is back. */
  readonly onBreaker?: (state: BreakerState) => void
}

/** One call, for metrics and logs. */
export interface RpcCallReport {
  readonly product: RpcProduct
  readonly region: string
  readonly action: string
  readonly outcome: ApiOutcome<unknown>
  readonly tries: number
  readonly durationMs: number
}

/**
 * One product of the control plane in one region: signed calls with a bound on what is in flight, and one circuit
 * breaker. The SDK is loaded here.
 *
 * | a try came to                 | the next one                                                            |
 * |-------------------------------|-------------------------------------------------------------------------|
 * | done, already, refused        | none; one more after a refused key (asked for anew) or clock (set)      |
 * | busy                          | after 1 to 3 s                                                          |
 * | throttled                     | next minute, or when the service says; till then nobody calls the action |
 * | unavailable                   | after a growing wait; five at most where the service itself says so     |
 * | unknown                       | as for unavailable if the call may be repeated, else none               |
 * | not made: the breaker is open | none                                                                    |
 *
 * A wait that would pass the deadline is not begun. A call of which one try was unknown ends as done, already or
 * unknown.
 *
 * @throws AuditError `config` when endpoint or region can't be used
 */
export function createRpcApi(options: RpcApiOptions): RpcApi {
  return new RpcClient(options)
}

const CONCURRENCY = 8
const TIMEOUT_MS = 10_000
const BREAKER_RESET_MS = 5_000

class RpcClient implements RpcApi {
  readonly #options: RpcApiOptions
  readonly #exchange: RpcExchange
  readonly #gate: ServiceGate
  readonly #slots: PQueue
  readonly #running = new Set<CallTime>()
  /** Throttled actions, until when (elapsed ms): the service counts each alone. */
  readonly #throttled = new Map<string, { readonly untilMs: number; readonly fault: Fault }>()
  #closed = false

  constructor(options: RpcApiOptions) {
    const { product, region, version, credentials, clock, concurrency = CONCURRENCY } = options
    const { timeoutMs = TIMEOUT_MS, breakerResetMs: resetMs = BREAKER_RESET_MS, onBreaker } = options
    const endpoint = rpcEndpoint(options)
    this.#options = options
    this.#exchange = new RpcExchange({ endpoint, version, credentials, clock, connections: concurrency, timeoutMs })
    this.#slots = new PQueue({ concurrency })
    this.#gate = new ServiceGate({
      name: `${product} in ${region}`,
      clock,
      resetMs,
      onChange: (state) => onBreaker?.(state)
    })
  }

  async call(request: RpcRequest): Promise<ApiOutcome<RpcBody>> {
    const { product, region, clock, onCall } = this.#options
    const time = new CallTime(clock, request.limits)
    this.#running.add(time)
    if (this.#closed) time.end()
    try {
      const { outcome, tries } = await this.#tryUntilSettled(request, time)
      onCall?.({ product, region, action: request.action, outcome, tries, durationMs: time.spentMs })
      return outcome
    } finally {
      this.#running.delete(time)
      time.clear()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const time of this.#running) time.end()
    this.#gate.close()
    await this.#exchange.close()
  }

  async #tryUntilSettled(request: RpcRequest, time: CallTime): Promise<Settled> {
    let last: ApiFailure | undefined
    let mended = false
    for (let tries = 1; ; tries++) {
      const attempt = await this.#try(request, time)
      const { outcome } = attempt
      if (attempt.mended === true && !mended) {
        mended = true
        continue
      }
      if (outcome.kind === 'done' || outcome.kind === 'already') return { outcome, tries }
      if (attempt.held === true) return { outcome: last ?? outcome, tries }
      // What was once sent without an answer may have been carried out, whatever becomes of later tries.
      last = last?.kind === 'unknown' ? { kind: 'unknown', fault: outcome.fault } : outcome
      if (outcome.kind === 'refused') return { outcome: last, tries }
      const mayRepeat = last.kind !== 'unknown' || request.repeatable
      const lasting = tries >= (attempt.maxTries ?? Number.POSITIVE_INFINITY)
      const goOn = mayRepeat && !lasting && (await time.wait(this.#waitMs(attempt, outcome.kind, tries)))
      if (!goOn) return { outcome: last, tries }
    }
  }

  async #try(request: RpcRequest, time: CallTime): Promise<Attempt> {
    const { action } = request
    if (time.signal.aborted) return notSent(time.fault(action))
    const pause = this.#pauseOf(action)
    if (pause !== undefined) return pause
    let sent = false
    const exchange = () =>
      this.#exchange.once(request, time, () => {
        sent = true
      })
    try {
      const attempt = await this.#slots.add(() => this.#gate.pass(exchange, time.signal), { signal: time.signal })
      this.#notePause(action, attempt)
      return attempt
    } catch (thrown) {
      // The queue gives up a waiting or running try as soon as the signal aborts.
      if (!time.signal.aborted) throw thrown
      return unanswered(sent, time.fault(action), 'unproven')
    }
  }

  #waitMs({ retryAfterMs }: Attempt, kind: Exclude<ApiFailure['kind'], 'refused'>, tries: number): number {
    const { random } = this.#options.clock
    return retryWaitMs({ kind, tries, retryAfterMs, nowMs: this.#exchange.serviceNowMs, random })
  }

  /** What a throttled action gets without being asked again in the same minute. */
  #pauseOf(action: string): Attempt | undefined {
    const pause = this.#throttled.get(action)
    const leftMs = (pause?.untilMs ?? 0) - this.#options.clock.elapsed()
    if (pause === undefined || leftMs <= 0) return undefined
    return { outcome: { kind: 'throttled', fault: pause.fault }, health: 'unproven', retryAfterMs: leftMs }
  }

  #notePause(action: string, { outcome, retryAfterMs }: Attempt): void {
    if (outcome.kind !== 'throttled') return
    const pauseMs = throttlePauseMs(retryAfterMs, this.#exchange.serviceNowMs)
    this.#throttled.set(action, { untilMs: this.#options.clock.elapsed() + pauseMs, fault: outcome.fault })
  }
}

interface Settled {
  readonly outcome: ApiOutcome<RpcBody>
  readonly tries: number
}
