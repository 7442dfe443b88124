import type { Dispatcher } from 'undici'
import { type NetworkReason, networkTrouble } from '../cloud/network-trouble.ts'
import type { Clock } from '../lib/clock.ts'
import { onAbort } from '../lib/on-abort.ts'

/** One HTTP request, with a bound on everything that it may take. */
export interface HttpCall {
  readonly method: Dispatcher.HttpMethod
  /** Path and query, sent as they are. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** From the call to the answer's headers, waiting for a socket included, ms. */
  readonly answerTimeoutMs: number
  /** From the answer's headers to the end of its body, ms. */
  readonly bodyTimeoutMs: number
  readonly maxBodyBytes: number
  readonly signal: AbortSignal | undefined
}

export type HttpOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly requestId: string; readonly body: Buffer }
  /** `status` is 0 when not even the answer's headers came. */
  | { readonly kind: 'failed'; readonly failure: HttpFailure; readonly status: number; readonly requestId: string }

/** How long an answer that has begun may take to arrive whole after the signal's abort, ms. */
const FINISH_MS = 1_000

/** Why there is no whole answer. The time limits of a call tell which of them it was. */
export type HttpFailure = NetworkReason | 'AnswerTimeout' | 'BodyTimeout'

/**
 * Sends one request and reads its answer whole. Never rejects. Resolves at once when a time is up, the body grows too
 * large, or the signal aborts before the answer has begun, and then closes the socket, so that nothing goes on arriving on it. An
 * answer that has begun when the signal aborts is read for one second more: what a queue hands out in it would be lost to everybody.
 */
export function exchange(dispatcher: Dispatcher, call: HttpCall, clock: Clock): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(call, clock, resolve)
    if (call.signal?.aborted === true) return handler.fail('Aborted')
    const { method, path, headers, body } = call
    // undici closes the connection after a DELETE with a body, which MNS's batch delete is, unless `reset` is false.
    dispatcher.dispatch(
      { method, path, headers, body: body.length === 0 ? null : body, reset: false, headersTimeout: 0, bodyTimeout: 0 },
      handler
    )
  })
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #call: HttpCall
  readonly #clock: Clock
  readonly #resolve: (outcome: HttpOutcome) => void
  #chunks: Buffer[] = []
  #bytes = 0
  #status = 0
  #requestId = ''
  #settled = false
  #controller: Dispatcher.DispatchController | undefined
  #cancelTimer: () => void
  readonly #letGo: (() => void) | undefined

  constructor(call: HttpCall, clock: Clock, resolve: (outcome: HttpOutcome) => void) {
    this.#call = call
    this.#clock = clock
    this.#resolve = resolve
    this.#cancelTimer = clock.after(call.answerTimeoutMs, () => this.fail('AnswerTimeout'))
    this.#letGo = call.signal && onAbort(call.signal, () => this.#onAbort())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) controller.abort(new Error('given up'))
    else this.#controller = controller
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>
  ): void {
    if (status < 200 || this.#settled) return
    this.#status = status
    this.#requestId = String(headers['x-mns-request-id'] ?? '')
    this.#cancelTimer()
    this.#cancelTimer = this.#clock.after(this.#call.bodyTimeoutMs, () => this.fail('BodyTimeout'))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return
    this.#bytes += chunk.length
    if (this.#bytes <= this.#call.maxBodyBytes) this.#chunks.push(chunk)
    else this.fail('AnswerTooLarge')
  }

  onResponseEnd(): void {
    const [first] = this.#chunks
    const body = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#bytes)
    this.#settle({ kind: 'answered', status: this.#status, requestId: this.#requestId, body })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(networkTrouble(error).reason)
  }

  #onAbort(): void {
    if (this.#status === 0) this.fail('Aborted')
    else {
      this.#cancelTimer()
      this.#cancelTimer = this.#clock.after(FINISH_MS, () => this.fail('Aborted'))
    }
  }

  fail(failure: HttpFailure): void {
    this.#settle({ kind: 'failed', failure, status: this.#status, requestId: this.#requestId })
    this.#controller?.abort(new Error(failure))
  }

  #settle(outcome: HttpOutcome): void {
    if (this.#settled) return
    this.#settled = true
    // Whatever still refers to this handler must not keep the answer.
    this.#chunks = []
    this.#cancelTimer()
    this.#letGo?.()
    this.#resolve(outcome)
  }
}
