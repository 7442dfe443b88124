import { setMaxListeners } from 'node:events'
import type { Clock } from '../../lib/clock.ts'
import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Instance } from '../compute.ts'
import { isRefusedId } from '../refused-id.ts'
import { CallTime } from '../rpc/call-time.ts'
import { MAX_PAGE } from './ecs-requests.ts'

/** Asks for several instances at once. */
export type Lookup = (ids: readonly string[], limits: CallLimits) => Promise<ApiOutcome<readonly Instance[]>>

type Answer = ApiOutcome<Instance | undefined>

/** How long after a call the next one waits for questions to join it, ms. The first after a pause does not: a drain may wait for it. */
const GATHER_MS = 20

/**
 * Questions for single instances that come at about the same time travel together: DescribeInstances has few calls in a
 * minute, and takes 100 ids. Nothing is remembered: every answer was given after its question.
 */
export class GatheredLookup {
  readonly #lookup: Lookup
  readonly #clock: Clock
  #open: Batch | undefined
  #nextAtMs = Number.NEGATIVE_INFINITY

  constructor(lookup: Lookup, clock: Clock) {
    this.#lookup = lookup
    this.#clock = clock
  }

  /** The instance, or `undefined` when it does not exist. */
  async ask(instanceId: string, limits: CallLimits): Promise<Answer> {
    if (!/^[A-Za-z0-9-]{1,64}$/.test(instanceId)) return notAnId()
    const time = new CallTime(this.#clock, limits)
    const batch = this.#open?.isAbandoned === false ? this.#open : this.#begin()
    const leave = batch.join(instanceId, limits.deadlineMs)
    if (batch.isFull) this.#send(batch)
    const answers = await Promise.race([batch.answers, ended(time.signal)])
    leave()
    time.clear()
    return answers?.get(instanceId) ?? { kind: 'unavailable', fault: time.fault('DescribeInstances') }
  }

  #begin(): Batch {
    const batch = new Batch()
    this.#open = batch
    const waitMs = this.#nextAtMs - this.#clock.elapsed()
    if (waitMs > 0) this.#clock.after(waitMs, () => this.#send(batch))
    // Not by a timer, which would wait for everything else that has come: what was received together asks together all the same.
    else queueMicrotask(() => this.#send(batch))
    return batch
  }

  #send(batch: Batch): void {
    if (this.#open !== batch) return
    this.#open = undefined
    this.#nextAtMs = this.#clock.elapsed() + GATHER_MS
    batch.send((ids, limits) => this.#each(ids, limits))
  }

  /** One id that the service does not take for one must not spoil the others: they are halved until it stands alone. */
  async #each(ids: readonly string[], limits: CallLimits): Promise<Answers> {
    const outcome = await this.#lookup(ids, limits)
    if (outcome.kind === 'done') {
      const found = new Map(outcome.value.map((instance) => [instance.instanceId, instance]))
      return new Map(ids.map((id) => [id, { kind: 'done', value: found.get(id) }]))
    }
    if (!isRefusedId(outcome) || ids.length === 1) return new Map(ids.map((id) => [id, outcome]))
    const half = Math.ceil(ids.length / 2)
    const [one, other] = await Promise.all([
      this.#each(ids.slice(0, half), limits),
      this.#each(ids.slice(half), limits)
    ])
    return new Map([...one, ...other])
  }
}

type Answers = ReadonlyMap<string, Answer>

/** Questions that travel together. The call goes on as long as somebody waits for it, until the latest deadline. */
class Batch {
  readonly answers: Promise<Answers>
  readonly #ids = new Set<string>()
  readonly #nobodyWaits = new AbortController()
  #waiting = 0
  #deadlineMs = Number.NEGATIVE_INFINITY
  #resolve: (answers: Answers | Promise<Answers>) => void = () => undefined

  constructor() {
    setMaxListeners(0, this.#nobodyWaits.signal)
    this.answers = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  get isFull(): boolean {
    return this.#ids.size >= MAX_PAGE
  }

  /** True when everybody who waited has given up: nobody can join any more. */
  get isAbandoned(): boolean {
    return this.#nobodyWaits.signal.aborted
  }

  /** @returns to be called when the answer is no longer waited for */
  join(instanceId: string, deadlineMs: number): () => void {
    this.#ids.add(instanceId)
    this.#deadlineMs = Math.max(this.#deadlineMs, deadlineMs)
    this.#waiting += 1
    return () => {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#nobodyWaits.abort()
    }
  }

  send(ask: (ids: readonly string[], limits: CallLimits) => Promise<Answers>): void {
    const { signal } = this.#nobodyWaits
    this.#resolve(signal.aborted ? new Map() : ask([...this.#ids], { deadlineMs: this.#deadlineMs, signal }))
  }
}

/** Resolves to nothing when the signal aborts. */
function ended(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

/** Ids come from events, which come from outside. */
function notAnId(): Answer {
  const message = 'DescribeInstances: not asked, because the id is not one of an instance'
  const fault = { class: 'rejected', code: 'InvalidInstanceId.Malformed', status: 0, message, requestId: '' } as const
  return { kind: 'refused', fault }
}
