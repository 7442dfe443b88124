import { type Fault, plainWord } from '../cloud/fault.ts'
import { AuditError, errorMessage } from '../lib/errors.ts'
import type { Failure } from './answer-fault.ts'
import { CallFailure } from './call-failure.ts'
import { slsEndpoint } from './endpoint.ts'
import { DEFAULT_TIMEOUT_MS, type SlsOptions } from './sls-options.ts'
import type { SlsSdk } from './sls-sdk.ts'

/** One call of an SLS operation on a project. */
export interface SlsCall {
  /** The operation as the vendor names it: `PutLogs`, `GetIndex`. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/logstores/ecs-events/index`: nothing in it that needs percent-encoding. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** An object goes out as JSON, word for word; a Buffer as it is. */
  readonly body?: object | Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** `none`: a success says all by its status. */
  readonly answer: 'json' | 'none'
  /** For the whole exchange, milliseconds. Default 10 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

export type CallOutcome =
  /** `body`: the parsed JSON, undefined for answer `none`. */
  | { readonly kind: 'ok'; readonly status: number; readonly requestId: string; readonly body: unknown }
  | ({ readonly kind: 'failed' } & Failure)

/** Calls SLS operations; every outcome is data. One per project. The SDK is loaded by the first call. */
export class SlsClient {
  readonly #options: SlsOptions
  #opened: Promise<OpenSdk> | undefined
  #closed = false

  /** @throws AuditError `config` when the endpoint cannot be used */
  constructor(options: SlsOptions) {
    slsEndpoint(options.endpoint, options.project)
    this.#options = options
  }

  /** Makes one call. Never throws for what the service, the network or the credentials do. */
  async call(call: SlsCall): Promise<CallOutcome> {
    try {
      const { statusCode: status, headers, body } = await this.#execute(call)
      const parsed: unknown = call.answer === 'json' ? JSON.parse(body) : undefined
      return { kind: 'ok', status, requestId: plainWord(headers['x-log-requestid'], ''), body: parsed }
    } catch (thrown) {
      const failure = failureOfThrown(thrown)
      if (failure.remedy === 'refresh') this.#options.credentials.invalidate()
      return { kind: 'failed', ...failure }
    }
  }

  /** Ends running calls as aborted and closes all connections. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    const opened = await this.#opened
    await opened?.sdk.close()
  }

  async #execute({ operation, method, path, query, body, headers, timeoutMs, signal }: SlsCall) {
    this.#opened ??= this.#open()
    const { sdk, types } = await this.#opened
    const json = body !== undefined && !Buffer.isBuffer(body)
    const params = new types.Params({
      action: operation,
      version: '2020-12-30',
      protocol: 'HTTPS',
      pathname: path,
      method,
      authType: 'AK',
      style: 'ROA',
      reqBodyType: json ? 'json' : 'binary',
      bodyType: 'string'
    })
    const request = new types.OpenApiRequest({ query: { ...query }, headers: { ...headers }, ...(body && { body }) })
    return sdk.execute(params, request, types.exchangeOptions(timeoutMs ?? DEFAULT_TIMEOUT_MS, signal))
  }

  async #open(): Promise<OpenSdk> {
    const types = await import('./sls-sdk.ts')
    const sdk = new types.SlsSdk(this.#options)
    if (this.#closed) await sdk.close()
    return { sdk, types }
  }
}

interface OpenSdk {
  readonly sdk: SlsSdk
  readonly types: typeof import('./sls-sdk.ts')
}

function failureOfThrown(thrown: unknown): Failure {
  if (thrown instanceof CallFailure) return thrown.failure
  const own = (fault: Pick<Fault, 'class' | 'code' | 'message'>): Failure => {
    return { fault: { ...fault, status: 0, requestId: '' }, remedy: 'retry' }
  }
  if (thrown instanceof AuditError && thrown.code === 'denied') {
    return own({ class: 'credentials', code: 'NoCredentials', message: errorMessage(thrown) })
  }
  // Whatever the answer was, it did not say what was asked; its text may be anything, so only the kind of error is told.
  const kind = thrown instanceof Error ? thrown.name : typeof thrown
  return own({ class: 'unavailable', code: 'BrokenAnswer', message: `the answer could not be read (${kind})` })
}
