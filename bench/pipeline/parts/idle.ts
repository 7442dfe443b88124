import { setTimeout as delay } from 'node:timers/promises'
import { ReplayProcess } from '../replay-process.ts'
import { startService } from '../service.ts'
import { EVENT_BYTES, type Part, type PartOptions } from './part.ts'

const RECEIVERS = 4
/** Two long polls of 30 s, and a little. */
const WATCH_MS = 61_000

/** What a day on which nothing happens costs. */
export const idlePart: Part = {
  name: 'idle',
  summary: 'requests per minute, and CPU, of a service with nothing to do (takes a minute)',
  usual: false,
  async run({ print }: PartOptions) {
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: 0 })
    const polled = replay.news('polled')
    replay.follow({ supply: { kind: 'counted', events: 0 }, putLatencyMs: 0 })
    const service = startService(replay.port)
    await polled
    await delay(1_000)
    const [before, cpuBeforeMs] = [await replay.tally(), service.cpuMs()]
    await delay(WATCH_MS)
    const [after, cpuAfterMs] = [await replay.tally(), service.cpuMs()]
    await service.stop()
    await replay.close()
    const minutes = WATCH_MS / 60_000
    const idle = {
      pollsPerReceiverAndMinute: (after.emptyPolls - before.emptyPolls) / RECEIVERS / minutes,
      putsPerMinute: (after.puts - before.puts) / minutes,
      // Drains keep their map of server groups warm.
      otherCallsPerMinute: (after.otherCalls - before.otherCalls) / minutes,
      cpuShare: (cpuAfterMs - cpuBeforeMs) / WATCH_MS
    }
    for (const [name, value] of Object.entries(idle)) print(`${name.padEnd(28)} ${value.toFixed(3)}`)
    return { idle }
  }
}
