import { ReplayProcess } from '../replay-process.ts'
import { startService } from '../service.ts'
import { spreadOf } from '../stats.ts'
import { measureThroughput, type Throughput } from '../throughput.ts'
import { EVENT_BYTES, megabytes, type Part, type PartOptions, thousands } from './part.ts'

/** Nearer to the real service than a loopback answer, ms. */
const PUT_LATENCY_MS = 200

/** With every PutLogs as slow as over a network: what is in flight decides, not CPU. */
export const slowLogstorePart: Part = {
  name: 'slow-logstore',
  summary: `throughput with ${PUT_LATENCY_MS} ms of PutLogs latency and default limits`,
  usual: true,
  async run({ rounds, scale, print }: PartOptions) {
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: 3_600_000 })
    const load = { warmup: 40_000, events: Math.ceil(150_000 * scale), putLatencyMs: PUT_LATENCY_MS }
    const runs: Throughput[] = []
    for (let round = 0; round < rounds; round += 1) {
      runs.push(await measureThroughput(replay, () => [startService(replay.port)], load))
    }
    await replay.close()
    const eventsPerSecond = spreadOf(runs.map((run) => run.eventsPerSecond))
    const peakBytes = spreadOf(runs.map((run) => run.peakBytes))
    const requestsPer1000 = spreadOf(runs.map((run) => run.requestsPer1000))
    print(
      `events/s ${thousands(eventsPerSecond)}; requests per 1,000 ${requestsPer1000.median.toFixed(0)}; peak ${megabytes(peakBytes.max)} MB`
    )
    return { slowLogstore: { eventsPerSecond, peakBytes, requestsPer1000 } }
  }
}
