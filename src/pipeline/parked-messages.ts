import { backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import type { ExtendOutcome } from '../queue/source.ts'

/** "At once": MNS takes no less than a second. */
export const AT_ONCE_MS = 1_000

const TRIES = 3
const RETRY = { baseMs: 200, capMs: 1_000 }

/** Changes a visibility timeout, and tries a few times more what only failed for a moment. */
export async function changeVisibility(clock: Clock, call: () => Promise<ExtendOutcome>): Promise<ExtendOutcome> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await call()
    if (outcome.kind !== 'failed' || attempt + 1 >= TRIES) return outcome
    await clock.sleep(backoffMs(RETRY, attempt, clock.random))
  }
}

interface Parked {
  readonly receiptHandle: string
  readonly untilMs: number
  returning: boolean
}

/** Messages given back with a long visibility timeout while the logstore was down, until they are fetched back. */
export class ParkedMessages {
  readonly #clock: Clock
  readonly #extend: (receiptHandle: string, visibilityMs: number) => Promise<ExtendOutcome>
  readonly #parked = new Set<Parked>()
  #returnsAtMs = 0
  #unreturned = 0

  constructor(options: {
    clock: Clock
    extend: (receiptHandle: string, visibilityMs: number) => Promise<ExtendOutcome>
  }) {
    this.#clock = options.clock
    this.#extend = options.extend
  }

  /** Those that are not known to be visible again. */
  get size(): number {
    return this.#parked.size
  }

  /** Those that the queue could not be asked to make visible: they come back by themselves. */
  get unreturned(): number {
    return this.#unreturned
  }

  /** When the last of them is or was visible again, on the clock's `elapsed()` scale, ms. */
  get returnsAtMs(): number {
    let latestMs = this.#returnsAtMs
    for (const { untilMs } of this.#parked) latestMs = Math.max(latestMs, untilMs)
    return latestMs
  }

  /** @param untilMs when it becomes visible unless it is fetched back, on the same scale */
  add(receiptHandle: string, untilMs: number): void {
    this.#parked.add({ receiptHandle, untilMs, returning: false })
  }

  /** Makes all of them visible again. Resolves when the queue has been told, or could not be told. */
  async fetchBack(): Promise<void> {
    const resting = [...this.#parked].filter(({ returning }) => !returning)
    await Promise.all(resting.map((parked) => this.#fetchBack(parked)))
  }

  async #fetchBack(parked: Parked): Promise<void> {
    parked.returning = true
    const outcome = await changeVisibility(this.#clock, () => this.#extend(parked.receiptHandle, AT_ONCE_MS))
    this.#parked.delete(parked)
    if (outcome.kind === 'failed') this.#unreturned += 1
    const atMs = outcome.kind === 'failed' ? parked.untilMs : this.#clock.elapsed() + AT_ONCE_MS
    this.#returnsAtMs = Math.max(this.#returnsAtMs, atMs)
  }
}
