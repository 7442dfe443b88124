import { describeFault, type Fault, needsOperator } from '../cloud/fault.ts'
import type { Clock } from '../lib/clock.ts'
import { AuditError, type ErrorCode } from '../lib/errors.ts'

/** A dependency that has never answered well is a mistake in the configuration; one that has is in an outage. */
const FIRST_ANSWER_MS = 20_000
const OUTAGE_MS = 5 * 60_000
/** Faults that only a person can mend are believed after this many in a row, when nothing has ever worked. */
const REFUSALS = 2

/**
 * How long the batch form of the service waits for one dependency in trouble before it gives up. (The service form never
 * gives up.)
 */
export class Patience {
  readonly #clock: Clock
  readonly #what: string
  #proven = false
  #faults = 0
  #sinceMs = 0

  /** @param what named in the error: `queue ecs-events` */
  constructor(what: string, clock: Clock) {
    this.#what = what
    this.#clock = clock
  }

  /** True while the last answer was a good one, or there was none yet. */
  get calm(): boolean {
    return this.#faults === 0
  }

  /** @returns the error to give up with, once patience has run out */
  answer(fault: Fault | undefined, adviceFor: (fault: Fault) => string): AuditError | undefined {
    if (fault === undefined) {
      this.#proven = true
      this.#faults = 0
      return undefined
    }
    const now = this.#clock.elapsed()
    if (this.#faults === 0) this.#sinceMs = now
    this.#faults += 1
    const waitedMs = now - this.#sinceMs
    const hopeless = !this.#proven && needsOperator(fault) && this.#faults >= REFUSALS
    if (!hopeless && waitedMs < (this.#proven ? OUTAGE_MS : FIRST_ANSWER_MS)) return undefined
    return new AuditError(codeOf(fault), `Cannot use the ${this.#what}: ${describeFault(fault)}. ${adviceFor(fault)}`)
  }
}

function codeOf(fault: Fault): ErrorCode {
  if (fault.class === 'credentials') return 'denied'
  return fault.class === 'missing' ? 'missing' : 'unavailable'
}
