import CircuitBreaker from 'opossum'

/**
 * - `closed`: calls go through
 * - `open`: calls are refused without being made, until `resetMs` have passed
 * - `half-open`: one call goes through as a probe; its outcome closes or opens the breaker
 *
 * | from      | on                                   | to        |
 * |-----------|--------------------------------------|-----------|
 * | half-open | the probe did not fail               | closed    |
 * | half-open | the probe failed                     | open      |
 * | open      | `resetMs` passed                     | half-open |
 * | closed    | too many failures, or `trip()`       | open      |
 */
export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerOptions {
  /** For metrics and logs. */
  readonly name: string
  /** How long it stays open before it lets a probe through, ms. */
  readonly resetMs: number
  /** Calls within the window below which it never opens by itself. Default 3. */
  readonly minimumCalls?: number
  /** Share of failed calls within the window above which it opens, percent. Default 50. */
  readonly failurePercent?: number
  /** The window over which calls are counted, ms. Default 10,000. */
  readonly windowMs?: number
  /** Half-open: one call has to prove it first. Closed: for what is called by many at once from the start. Default half-open. */
  readonly initially?: 'half-open' | 'closed'
}

type Attempt = () => Promise<unknown>

/** Carries a failed outcome through opossum, which knows failures only as exceptions. */
class FailedOutcome extends Error {
  readonly outcome: unknown

  constructor(outcome: unknown) {
    super('failed outcome')
    this.outcome = outcome
  }
}

/**
 * A circuit breaker over opossum for calls whose outcome is data: the caller says which outcomes are the dependency's
 * fault. Unless told otherwise it starts half-open: a dependency that was never reached has to prove itself with one call
 * first.
 */
export class Breaker {
  readonly #circuit: CircuitBreaker<[Attempt], unknown>
  readonly name: string

  constructor(options: BreakerOptions) {
    this.name = options.name
    const halfOpen = options.initially !== 'closed'
    this.#circuit = new CircuitBreaker<[Attempt], unknown>((attempt) => attempt(), {
      name: options.name,
      timeout: false,
      resetTimeout: options.resetMs,
      volumeThreshold: options.minimumCalls ?? 3,
      errorThresholdPercentage: options.failurePercent ?? 50,
      rollingCountTimeout: options.windowMs ?? 10_000,
      rollingPercentilesEnabled: false,
      // opossum reads an exported state here; its types only know that it may be given.
      ...{ state: { enabled: true, closed: !halfOpen, halfOpen } }
    })
  }

  get state(): BreakerState {
    if (this.#circuit.opened) return 'open'
    return this.#circuit.halfOpen ? 'half-open' : 'closed'
  }

  /** True when a call made now would go through. In `half-open` only until the probe has been taken. */
  get permits(): boolean {
    if (this.#circuit.isShutdown) return false
    return this.#circuit.closed || this.#circuit.pendingClose
  }

  /** Calls `listener` after each change of the state. */
  onChange(listener: (state: BreakerState) => void): void {
    this.#circuit.on('open', () => listener('open'))
    this.#circuit.on('halfOpen', () => listener('half-open'))
    this.#circuit.on('close', () => listener('closed'))
  }

  /**
   * Makes the call, unless the breaker refuses it.
   *
   * @param failed says whether an outcome counts against the dependency
   * @returns the outcome, or `undefined` when the call was not made
   */
  async call<Outcome>(
    work: () => Promise<Outcome>,
    failed: (outcome: Outcome) => boolean
  ): Promise<Outcome | undefined> {
    if (!this.permits) return undefined
    try {
      const outcome = await this.#circuit.fire(async () => {
        const result = await work()
        if (failed(result)) throw new FailedOutcome(result)
        return result
      })
      return outcome as Outcome
    } catch (thrown) {
      if (thrown instanceof FailedOutcome) return thrown.outcome as Outcome
      if (thrown instanceof Error && CircuitBreaker.isOurError(thrown)) return undefined
      throw thrown
    }
  }

  /** Opens it at once: for faults that more tries will not mend. */
  trip(): void {
    this.#circuit.open()
  }

  /** Clears its timers; no call is made any more. */
  close(): void {
    this.#circuit.shutdown()
  }
}
