import { RecentMap } from '../lib/recent-map.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { JobEnd } from './action.ts'
import type { Outlet } from './desk.ts'

/** Follow-ups that are remembered. Each lives for minutes, and few are due at a time. */
const REMEMBERED = 10_000

/**
 * Makes one run of each follow-up, however often its message is delivered to this process: a run sends the next follow-up,
 * so that every further run of one would double what is to come. A later delivery has the end of the first one's run, and
 * only after the records of that run were stored: until then the message may not be deleted.
 */
export class FollowUpRuns {
  readonly #ends = new RecentMap<Promise<JobEnd>>(REMEMBERED)

  /** @param message what tells the message from all others */
  join(message: string, outlet: Outlet, run: (outlet: Outlet) => Promise<JobEnd>): Promise<JobEnd> {
    const known = this.#ends.get(message)
    if (known !== undefined) return known
    const records: Array<Promise<boolean>> = []
    const record = (given: LogRecord): Promise<boolean> => {
      const stored = outlet.record(given)
      records.push(stored)
      return stored
    }
    const end = run({ record, send: (body, delayMs) => outlet.send(body, delayMs) })
    this.#remember(message, wholeEnd(end, records))
    return end
  }

  /** A run that wants its message again is forgotten: the next delivery runs it anew. */
  #remember(message: string, end: Promise<JobEnd>): void {
    this.#ends.set(message, end)
    void end.then((ended) => {
      if (ended === 'again') this.#ends.delete(message)
    })
  }
}

async function wholeEnd(end: Promise<JobEnd>, records: ReadonlyArray<Promise<boolean>>): Promise<JobEnd> {
  if ((await end) === 'again') return 'again'
  return (await Promise.all(records)).includes(false) ? 'again' : 'settled'
}
