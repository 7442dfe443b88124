import type { FaultHit } from '../../src/sandbox/faults.ts'
import type { StoredPut } from '../../src/sandbox/sls/put-watch.ts'

const BATCH = 16

/** Messages that a hit may deliver again. */
function weightOf({ service, operation, rule }: FaultHit): number {
  if (service !== 'mns') return 0
  if (rule.kind === 'duplicate' || operation.includes('DeleteMessage')) return BATCH
  return operation === 'ChangeMessageVisibility' ? 1 : 0
}

/**
 * The most duplicates that the faults account for: whatever was in flight while a process, a path, a clock or the queue
 * was in trouble; the records of each put whose answer was lost; 16 for each delete that was struck.
 */
export class DuplicateBudget {
  readonly #inFlight: () => number
  readonly #windows = new Set<{ most: number }>()
  #sum = 0

  /** @param inFlight messages that are invisible now, or on their way to somebody who waits for them */
  constructor(inFlight: () => number) {
    this.#inFlight = inFlight
  }

  get value(): number {
    return [...this.#windows].reduce((sum, { most }) => sum + most, this.#sum)
  }

  /** A trouble begins in which everything that is in flight may be delivered again; the result ends it. */
  begin(): () => void {
    const window = { most: this.#inFlight() }
    this.#windows.add(window)
    return () => {
      this.look()
      if (this.#windows.delete(window)) this.#sum += window.most
    }
  }

  /** To be called often. */
  look(): void {
    if (this.#windows.size === 0) return
    const now = this.#inFlight()
    for (const window of this.#windows) window.most = Math.max(window.most, now)
  }

  onHit(hit: FaultHit): void {
    this.#sum += weightOf(hit)
    this.look()
  }

  /** The records of a put whose client went away without the answer are put again. */
  onPut({ logs, signal }: StoredPut): void {
    const count = (): void => {
      this.#sum += logs.length
    }
    if (signal.aborted) count()
    else signal.addEventListener('abort', count)
  }
}
