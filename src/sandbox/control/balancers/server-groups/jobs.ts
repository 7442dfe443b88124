/** A change that a group or a listener is at or was at. Times are epoch milliseconds. */
export interface Job {
  readonly id: string
  readonly action: string
  /** The group or listener. */
  readonly resourceId: string
  readonly startedAt: number
  readonly endsAt: number
  readonly sequence: number
}

const MAX_JOBS = 10_000

/** The asynchronous tasks: the newest 10,000. */
export class Jobs {
  readonly #jobs = new Map<string, Job>()

  add(job: Job): void {
    this.#jobs.set(job.id, job)
    const [oldest] = this.#jobs.keys()
    if (this.#jobs.size > MAX_JOBS && oldest !== undefined) this.#jobs.delete(oldest)
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id)
  }

  all(): Job[] {
    return [...this.#jobs.values()]
  }
}

export function jobStatus({ endsAt }: Job, now: number): 'Processing' | 'Succeeded' {
  return now < endsAt ? 'Processing' : 'Succeeded'
}
