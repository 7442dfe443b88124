import type { Fault } from '../cloud/fault.ts'

/** A row of failed calls that has not ended yet. Times are on the clock's `elapsed()` scale, ms. */
export interface Trouble {
  readonly sinceMs: number
  readonly fault: Fault
}

/** How one kind of call to one dependency goes. */
export class DependencyState {
  #answeredMs: number | undefined
  #trouble: Trouble | undefined
  #proven = false

  /** When the last call ended, well or not; undefined before the first. */
  get answeredMs(): number | undefined {
    return this.#answeredMs
  }

  /** True when a call has ever gone well. */
  get proven(): boolean {
    return this.#proven
  }

  get trouble(): Trouble | undefined {
    return this.#trouble
  }

  /** Takes note of one call's end; calls that this process gave up tell nothing. */
  ended(fault: Fault | undefined, nowMs: number): void {
    if (fault?.class === 'aborted') return
    this.#answeredMs = nowMs
    this.#proven ||= fault === undefined
    this.#trouble = fault && { sinceMs: this.#trouble?.sinceMs ?? nowMs, fault }
  }
}
