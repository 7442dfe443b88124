import { setTimeout as delay } from 'node:timers/promises'
import { ReplayProcess } from '../replay-process.ts'
import { startService } from '../service.ts'
import { spreadOf } from '../stats.ts'
import { EVENT_BYTES, megabytes, type Part, type PartOptions } from './part.ts'

const LOOK_MS = 250

/** Whether memory stays flat: the peak, and what is resident early and late. */
export const memoryPart: Part = {
  name: 'memory',
  summary: 'memory over 1,000,000 events with default limits',
  usual: false,
  async run({ scale, print }: PartOptions) {
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: 3_600_000 })
    const [warm, done] = [replay.news('warm'), replay.news('done')]
    const warmup = Math.ceil(200_000 * scale)
    replay.follow({ supply: { kind: 'endless', warmup, events: 4 * warmup }, putLatencyMs: 0 })
    const service = startService(replay.port)
    await warm
    const peakAt200k = service.peakBytes()
    const looks: number[] = []
    let running = true
    const ended = done.then(() => {
      running = false
    })
    while (running) {
      looks.push(service.residentBytes())
      await Promise.race([ended, delay(LOOK_MS)])
    }
    const peak = service.peakBytes()
    await service.stop()
    await replay.close()
    const quarter = Math.ceil(looks.length / 4)
    const memory = {
      peakBytesAt200k: peakAt200k,
      peakBytesAt1M: peak,
      residentEarly: spreadOf(looks.slice(0, quarter)).median,
      residentLate: spreadOf(looks.slice(-quarter)).median
    }
    for (const [name, bytes] of Object.entries(memory)) print(`${name.padEnd(18)} ${megabytes(bytes)} MB`)
    return { memory }
  }
}
