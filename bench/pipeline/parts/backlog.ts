import { drainBacklog } from '../backlog.ts'
import { ReplayProcess } from '../replay-process.ts'
import { spreadOf } from '../stats.ts'
import { EVENT_BYTES, type Part, type PartOptions } from './part.ts'

const EVENTS = 100_000

/** A backlog after an outage: the start of the process and the wait for the last, unfilled batch included. */
export const backlogPart: Part = {
  name: 'backlog',
  summary: 'time from the start of the process until a backlog of 100,000 events is stored and deleted',
  usual: true,
  async run({ rounds, print }: PartOptions) {
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: 3_600_000 })
    const seconds: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      seconds.push((await drainBacklog(replay, { events: EVENTS })).seconds)
    }
    await replay.close()
    const spread = spreadOf(seconds)
    print(`${spread.median.toFixed(2)} s (${spread.min.toFixed(2)} to ${spread.max.toFixed(2)})`)
    return { backlogSeconds: spread }
  }
}
