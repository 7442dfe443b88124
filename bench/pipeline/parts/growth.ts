import { type BacklogRun, drainBacklog } from '../backlog.ts'
import { ReplayProcess } from '../replay-process.ts'
import { startService } from '../service.ts'
import { measureThroughput } from '../throughput.ts'
import { EVENT_BYTES, megabytes, type Part, type PartOptions } from './part.ts'

const COUNTS = [10_000, 100_000, 1_000_000] as const
const REPLICAS = [1, 2, 4] as const
const BODIES = [300, 789, 2_000, 8_000, 40_000] as const
const AGE_MS = 3_600_000

/** How it grows: with the backlog, with replicas, with the size of the events. */
export const growthPart: Part = {
  name: 'growth',
  summary: '10,000 to 1,000,000 events, 1 to 4 replicas, bodies of 300 B to 40 KB (takes two minutes)',
  usual: false,
  async run(options: PartOptions) {
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: AGE_MS })
    const byCount = await growWithCount(replay, options)
    const byReplicas = await growWithReplicas(replay, options)
    await replay.close()
    return { growth: { byCount, byReplicas, byBody: await growWithBodies(options) } }
  }
}

async function growWithCount(replay: ReplayProcess, { scale, print }: PartOptions) {
  const runs: Array<BacklogRun & { events: number }> = []
  for (const count of COUNTS) {
    const events = Math.ceil((count * scale) / 16) * 16
    const run = await drainBacklog(replay, { events })
    runs.push({ events, ...run })
    print(`${String(events).padStart(9)} events: ${run.seconds.toFixed(2)} s, peak ${megabytes(run.peakBytes)} MB`)
  }
  return runs
}

/** Without latency the machine's cores are the bound; with it, what each replica may have in flight. */
async function growWithReplicas(replay: ReplayProcess, { scale, print }: PartOptions) {
  const runs: Array<{ putLatencyMs: number; replicas: number; eventsPerSecond: number }> = []
  for (const putLatencyMs of [0, 200]) {
    for (const replicas of REPLICAS) {
      const load = { warmup: 60_000, events: Math.ceil(150_000 * scale), putLatencyMs }
      const start = () => Array.from({ length: replicas }, () => startService(replay.port))
      const { eventsPerSecond } = await measureThroughput(replay, start, load)
      runs.push({ putLatencyMs, replicas, eventsPerSecond })
      print(
        `${replicas} replicas, PutLogs ${putLatencyMs} ms: ${Math.round(eventsPerSecond).toLocaleString('en')} events/s`
      )
    }
  }
  return runs
}

async function growWithBodies({ scale, print }: PartOptions) {
  const runs: Array<{ bodyBytes: number; eventsPerSecond: number; megabytesPerSecond: number; peakBytes: number }> = []
  for (const bodyBytes of BODIES) {
    const replay = await ReplayProcess.start({ eventBytes: bodyBytes, ageMs: AGE_MS })
    const events = Math.ceil((Math.min(150_000, 400_000_000 / bodyBytes) * scale) / 16) * 16
    const load = { warmup: Math.ceil(events / 2), events }
    const { eventsPerSecond, peakBytes } = await measureThroughput(replay, () => [startService(replay.port)], load)
    await replay.close()
    const megabytesPerSecond = (eventsPerSecond * bodyBytes) / 1e6
    runs.push({ bodyBytes, eventsPerSecond, megabytesPerSecond, peakBytes })
    const rate = `${Math.round(eventsPerSecond).toLocaleString('en')} events/s, ${megabytesPerSecond.toFixed(0)} MB/s`
    print(`bodies of ${String(bodyBytes).padStart(6)} B: ${rate}, peak ${megabytes(peakBytes)} MB`)
  }
  return runs
}
