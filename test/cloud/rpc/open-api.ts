import { setMaxListeners } from 'node:events'
import type { CallLimits } from '../../../src/cloud/api-outcome.ts'
import { staticCredentials } from '../../../src/cloud/credentials.ts'
import type { RpcApi, RpcRequest } from '../../../src/cloud/rpc/rpc-api.ts'
import { createRpcApi, type RpcApiOptions } from '../../../src/cloud/rpc/rpc-client.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { closeLater } from '../../support/close-later.ts'

/** A clock whose sleeps take no time but move it; timers of exchanges are real. */
export class SkippingClock implements Clock {
  readonly slept: number[] = []
  /** Told of every sleep. */
  onSkip: (ms: number) => void = () => undefined
  #skippedMs = 0
  readonly #startMs: number

  constructor(startMs = Date.now()) {
    this.#startMs = startMs - performance.now()
  }

  readonly now = (): number => this.#startMs + this.elapsed()
  readonly elapsed = (): number => performance.now() + this.#skippedMs
  readonly random = (): number => 0.5

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted()
    this.slept.push(ms)
    this.#skippedMs += ms
    this.onSkip(ms)
  }

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  }
}

export const KEYS = { id: 'KEY-ID-1', secret: 'KEY-SECRET-1', token: 'KEY-TOKEN-1' } as const

/** An API that is closed after the test. */
export function openApi(endpoint: string, options: Partial<RpcApiOptions> = {}): RpcApi {
  const api = createRpcApi({
    product: 'ecs',
    version: '2014-05-26',
    endpoint,
    region: 'cn-hangzhou',
    credentials: staticCredentials(KEYS.id, KEYS.secret, KEYS.token),
    clock: new SkippingClock(),
    ...options
  })
  closeLater(() => api.close())
  return api
}

/** A signal that nobody aborts. */
const unaborted = new AbortController().signal
setMaxListeners(0, unaborted)

/** Limits that end so long from now. */
export function limitsOf(clock: Clock, ms: number, signal: AbortSignal = unaborted): CallLimits {
  return { deadlineMs: clock.elapsed() + ms, signal }
}

/** A call that may be repeated. */
export function callOf(limits: CallLimits, request: Partial<RpcRequest> = {}): RpcRequest {
  return { action: 'StartInstance', query: { InstanceId: 'i-1' }, repeatable: true, limits, ...request }
}

/** The service's own error answer. */
export function errorJson(code: string, message = 'text of the service', more: object = {}): string {
  return JSON.stringify({ RequestId: 'REQ-1', HostId: 'ecs', Code: code, Message: message, ...more })
}

export const SUCCESS = JSON.stringify({ RequestId: 'REQ-1', Answer: 42 })
