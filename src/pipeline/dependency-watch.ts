import { advice, type FaultPlace } from '../cloud/advice.ts'
import { describeFault, type Fault, needsOperator } from '../cloud/fault.ts'
import type { Clock } from '../lib/clock.ts'
import { AuditError, type ErrorCode } from '../lib/errors.ts'
import type { Log } from '../telemetry/log.ts'

/** A dependency that has never answered well is a mistake in the configuration; one that has is in an outage. */
const FIRST_ANSWER_MS = 20_000
const OUTAGE_MS = 5 * 60_000
/** A fault that only a person can mend is believed after this long, when nothing has ever worked. */
const REFUSED_MS = 3_000

/** What is asked of the dependency: each kind of call is watched by itself, as each needs a permission of its own. */
export type WatchedWork = 'receive from' | 'delete from' | 'write to'

/**
 * Follows how one dependency answers: logs the first fault of a row (with what to do about it) and the recovery, and knows
 * when the batch form of the service should give up waiting. (The service form never gives up.)
 */
export class DependencyWatch {
  readonly #work: WatchedWork
  readonly #place: FaultPlace
  readonly #clock: Clock
  readonly #log: Log
  #proven = false
  #faults = 0
  #code = ''
  #sinceMs = 0

  constructor(options: { work: WatchedWork; place: FaultPlace; clock: Clock; log: Log }) {
    this.#work = options.work
    this.#place = options.place
    this.#clock = options.clock
    this.#log = options.log
  }

  /**
   * Takes note of one answer; `undefined` is a good one.
   *
   * @returns the error to give up with, once patience has run out
   */
  answered(fault: Fault | undefined): AuditError | undefined {
    if (fault === undefined) {
      if (this.#faults > 0) {
        const { service, name } = this.#place
        const fields = { [service]: name, can: this.#work }
        if (service === 'queue') this.#log.info(fields, 'queue answers again')
        else this.#log.info(fields, 'logstore answers again')
      }
      this.#proven = true
      this.#faults = 0
      return undefined
    }
    if (this.#faults === 0) this.#sinceMs = this.#clock.elapsed()
    if (this.#faults === 0 || this.#code !== fault.code) this.#tell(fault)
    this.#code = fault.code
    this.#faults += 1
    return this.#verdict(fault)
  }

  #tell(fault: Fault): void {
    const { service, name } = this.#place
    const fields = {
      [service]: name,
      cannot: this.#work,
      fault: describeFault(fault),
      advice: advice(fault, this.#place)
    }
    const level = needsOperator(fault) || fault.class === 'rejected' ? 'error' : 'warn'
    if (service === 'queue') this.#log[level](fields, 'queue in trouble')
    else this.#log[level](fields, 'logstore in trouble')
  }

  #verdict(fault: Fault): AuditError | undefined {
    const waitedMs = this.#clock.elapsed() - this.#sinceMs
    const patienceMs = this.#proven ? OUTAGE_MS : needsOperator(fault) ? REFUSED_MS : FIRST_ANSWER_MS
    if (waitedMs < patienceMs) return undefined
    const { service, name } = this.#place
    return new AuditError(
      codeOf(fault),
      `Cannot ${this.#work} the ${service} ${name}: ${describeFault(fault)}. ${advice(fault, this.#place)}`
    )
  }
}

function codeOf(fault: Fault): ErrorCode {
  if (fault.class === 'credentials') return 'denied'
  return fault.class === 'missing' ? 'missing' : 'unavailable'
}
