import type { Fault } from '../cloud/fault.ts'
import { type BackoffPolicy, backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import { isObject } from '../lib/is-object.ts'
import type { CallOutcome, SlsCall, SlsClient } from '../logstore/sls-client.ts'
import type { Document, Resource } from './resource.ts'

/** What a read found. */
export type Reading =
  | { readonly kind: 'found'; readonly actual: Document }
  | { readonly kind: 'absent'; readonly fault: Fault }
  | { readonly kind: 'failed'; readonly fault: Fault }

export interface AdministrationOptions {
  readonly client: Pick<SlsClient, 'call'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told of the first fault of a read that is waited out. */
  readonly onTrouble?: (fault: Fault) => void
}

/** Metadata calls are few a second, for a whole account: waits grow to what lets others through. */
const BACKOFF: BackoffPolicy = { baseMs: 500, capMs: 10_000 }
const MAX_TRIES = 8

/** Calls of the service's control operations: patient with throttling and outages. */
export class Administration {
  readonly #options: AdministrationOptions
  #troubled = false

  constructor(options: AdministrationOptions) {
    this.#options = options
  }

  /** Makes a call once. */
  call(call: SlsCall): Promise<CallOutcome> {
    return this.#options.client.call({ ...call, signal: this.#options.signal })
  }

  /** Reads a resource; repeats while the service is throttling or out of reach. */
  async read({ read }: Resource): Promise<Reading> {
    const outcome = await this.#repeated(read)
    if (outcome.kind === 'ok') return { kind: 'found', actual: objectOf(outcome.body) }
    return { kind: isAbsence(outcome.fault) ? 'absent' : 'failed', fault: outcome.fault }
  }

  /** Before try number `attempt + 1`, from 0. @throws AbortError when the command is stopped */
  pause(attempt: number): Promise<void> {
    const { clock, signal } = this.#options
    return clock.sleep(backoffMs(BACKOFF, attempt, clock.random), signal)
  }

  async #repeated(call: SlsCall): Promise<CallOutcome> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.call(call)
      if (outcome.kind === 'ok' || !isPassing(outcome.fault) || attempt === MAX_TRIES - 1) return outcome
      if (!this.#troubled) this.#options.onTrouble?.(outcome.fault)
      this.#troubled = true
      await this.pause(attempt)
    }
  }
}

/** True for a fault that the same call may not meet a little later. */
export function isPassing(fault: Fault): boolean {
  return fault.class === 'throttled' || fault.class === 'unavailable'
}

/** The pages tell the codes (`SavedSearchNotExist`), and not of all of them that they come with a 404. */
function isAbsence({ class: cls, code }: Fault): boolean {
  return cls === 'missing' || /NotExists?$/.test(code)
}

function objectOf(body: unknown): Document {
  return isObject(body) ? body : {}
}
