import type { Delivery } from './delivery.ts'
import { type Due, DueHeap } from './due-heap.ts'

/** A receive that is held until a message comes, its time is over or its client goes away. */
export interface Poll extends Due {
  readonly queue: string
  readonly max: number
  /** Plays the fault of the same name on what it is given. */
  readonly duplicate: boolean
  resolve(deliveries: readonly Delivery[]): void
  reject(reason: Error): void
}

/** The held polls of all queues. First come, first served; whoever is served or ended is out of the line. */
export class PollLine {
  readonly #byQueue = new Map<string, Set<Poll>>()
  readonly #timed = new DueHeap<Poll>()

  get size(): number {
    return this.#timed.size
  }

  get nextDue(): number {
    return this.#timed.nextDue
  }

  /** Polls held on one queue. */
  waiting(queue: string): number {
    return this.#byQueue.get(queue)?.size ?? 0
  }

  /**
   * Holds a poll until `until` (epoch milliseconds).
   *
   * @param signal ends it early, with nothing, when its client goes away
   */
  hold(
    ask: Pick<Poll, 'queue' | 'max' | 'duplicate'>,
    until: number,
    signal?: AbortSignal
  ): Promise<readonly Delivery[]> {
    return new Promise((resolve, reject) => {
      const leave = () => this.end(poll)
      const done = <Value>(settle: (value: Value) => void) => {
        return (value: Value) => {
          signal?.removeEventListener('abort', leave)
          settle(value)
        }
      }
      const poll: Poll = { ...ask, dueAt: until, heapIndex: -1, resolve: done(resolve), reject: done(reject) }
      this.#enter(poll)
      if (signal?.aborted) leave()
      else signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** Takes the longest-waiting poll of a queue out of the line. */
  shift(queue: string): Poll | undefined {
    const [first] = this.#byQueue.get(queue) ?? []
    if (first !== undefined) this.#leave(first)
    return first
  }

  /** Ends a poll with nothing; one that is out of the line already is left alone. */
  end(poll: Poll): void {
    if (poll.heapIndex < 0) return
    this.#leave(poll)
    poll.resolve([])
  }

  /** Ends all polls of a queue with a refusal. */
  refuse(queue: string, reason: Error): void {
    for (let poll = this.shift(queue); poll !== undefined; poll = this.shift(queue)) poll.reject(reason)
  }

  /** Ends the polls whose time is over. */
  advance(now: number): void {
    for (let poll = this.#timed.first; poll !== undefined && poll.dueAt <= now; poll = this.#timed.first) this.end(poll)
  }

  /** Ends all polls. */
  close(): void {
    this.advance(Number.POSITIVE_INFINITY)
  }

  #enter(poll: Poll): void {
    const line = this.#byQueue.get(poll.queue) ?? new Set()
    this.#byQueue.set(poll.queue, line.add(poll))
    this.#timed.set(poll, poll.dueAt)
  }

  #leave(poll: Poll): void {
    this.#timed.remove(poll)
    const line = this.#byQueue.get(poll.queue)
    line?.delete(poll)
    if (line?.size === 0) this.#byQueue.delete(poll.queue)
  }
}
