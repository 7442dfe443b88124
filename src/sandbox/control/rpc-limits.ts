import { RpcError } from './rpc-product.ts'

const MINUTE_MS = 60_000

/** Calls allowed to an action in a minute, where a test sets a limit; a minute begins when the clock's does. */
export class RpcLimits {
  readonly #perMinute = new Map<string, number>()
  readonly #used = new Map<string, { minute: number; calls: number }>()

  /** Allows `calls` in each minute; undefined: any number. @param key `ecs.StartInstance` */
  set(key: string, calls: number | undefined): void {
    this.#used.delete(key)
    if (calls === undefined) this.#perMinute.delete(key)
    else this.#perMinute.set(key, calls)
  }

  /**
   * Counts one call.
   *
   * @throws RpcError 400 Throttling.User when the minute's calls are used up
   */
  take(key: string, nowMs: number): void {
    const limit = this.#perMinute.get(key)
    if (limit === undefined) return
    const minute = Math.floor(nowMs / MINUTE_MS)
    const used = this.#used.get(key)
    const calls = used?.minute === minute ? used.calls : 0
    if (calls >= limit) throw new RpcError(400, 'Throttling.User', 'Request was denied due to user flow control.')
    this.#used.set(key, { minute, calls: calls + 1 })
  }
}
