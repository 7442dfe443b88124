import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../telemetry/log.ts'

/** Tells a person once in a window that a storm holds restarts back: every instance's own record says it anyway. */
export class StormAlarm {
  readonly #clock: Clock
  readonly #log: Log
  readonly #windowMs: number
  #quietUntilMs = Number.NEGATIVE_INFINITY

  constructor(options: { clock: Clock; log: Log; windowMs: number }) {
    this.#clock = options.clock
    this.#log = options.log
    this.#windowMs = options.windowMs
  }

  ring(detail: string | undefined): void {
    const nowMs = this.#clock.elapsed()
    if (nowMs < this.#quietUntilMs) return
    this.#quietUntilMs = nowMs + this.#windowMs
    this.#log.error(
      { detail },
      'too many instances stopped at once: none is restarted, look for what they have in common'
    )
  }
}
