import { Breaker, type BreakerState } from '../../lib/breaker.ts'
import type { Clock } from '../../lib/clock.ts'
import { deadline } from '../../lib/deadline.ts'
import { Notifier } from '../../lib/notifier.ts'
import { describeFault } from '../fault.ts'
import { type Attempt, notSent } from './rpc-answer.ts'

export interface ServiceGateOptions {
  /** `ecs in cn-hangzhou` */
  readonly name: string
  readonly clock: Clock
  readonly resetMs: number
  readonly onChange: (state: BreakerState) => void
}

/** Calls within the breaker's window below which it never opens. */
const MINIMUM_CALLS = 5

/** How long a call waits for another one to prove that the service is back. */
const PROBE_WAIT_MS = 1_000

/**
 * Keeps calls from a service that fails. Only faults of the service count: what it refuses, finds missing, busy or too
 * much in a minute shows that it works.
 */
export class ServiceGate {
  readonly #breaker: Breaker
  readonly #changed = new Notifier()
  readonly #options: ServiceGateOptions
  #lastTrouble = 'no answer'

  constructor(options: ServiceGateOptions) {
    this.#options = options
    const { name, resetMs } = options
    // Closed, because many actions may make their first call at the same time.
    this.#breaker = new Breaker({ name, resetMs, minimumCalls: MINIMUM_CALLS, initially: 'closed' })
    this.#breaker.onChange((state) => {
      this.#changed.notify()
      options.onChange(state)
    })
  }

  /**
   * Lets one try through, or refuses it at once. While another try is finding out whether the service is back, waits a
   * moment for its outcome.
   */
  async pass(work: () => Promise<Attempt>, signal: AbortSignal): Promise<Attempt> {
    const patience = deadline(this.#options.clock, PROBE_WAIT_MS, signal)
    try {
      for (;;) {
        const attempt = await this.#breaker.call(work, (made) => this.#counts(made))
        if (attempt !== undefined) return this.#noted(attempt)
        if (this.#breaker.state !== 'half-open' || patience.signal.aborted) return this.#refusal()
        await this.#changed.wait(patience.signal)
      }
    } finally {
      patience.clear()
    }
  }

  /** Wakes who waits. Idempotent. */
  close(): void {
    this.#breaker.close()
    this.#changed.notify()
  }

  #noted(attempt: Attempt): Attempt {
    if (attempt.health === 'down' && 'fault' in attempt.outcome)
      this.#lastTrouble = describeFault(attempt.outcome.fault)
    return attempt
  }

  /** A probe that was given up has not shown that the service is back. */
  #counts({ health }: Attempt): boolean {
    return health === 'down' || (health === 'unproven' && this.#breaker.state === 'half-open')
  }

  #refusal(): Attempt {
    const message = `no call is made for a while: ${this.#options.name} fails (${this.#lastTrouble})`
    const fault = { class: 'unavailable', code: 'CircuitOpen', status: 0, message, requestId: '' } as const
    return { ...notSent(fault), held: true }
  }
}
