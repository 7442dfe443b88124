import type { ReplayProcess } from './replay-process.ts'
import { type ServiceVariant, startService } from './service.ts'

/** How a backlog of a known size was drained. */
export interface BacklogRun {
  /** From the start of the process to the last delete. */
  readonly seconds: number
  readonly peakBytes: number
}

/** Starts replicas of the service on a queue with so many messages and waits for the last delete. */
export async function drainBacklog(
  replay: ReplayProcess,
  load: { readonly events: number; readonly replicas?: number; readonly putLatencyMs?: number },
  variant: ServiceVariant = {}
): Promise<BacklogRun> {
  const done = replay.news('done')
  replay.follow({ supply: { kind: 'counted', events: load.events }, putLatencyMs: load.putLatencyMs ?? 0 })
  const startedMs = performance.now()
  const services = Array.from({ length: load.replicas ?? 1 }, () => startService(replay.port, variant))
  try {
    await done
    const seconds = (performance.now() - startedMs) / 1_000
    return { seconds, peakBytes: Math.max(...services.map((service) => service.peakBytes())) }
  } finally {
    await Promise.all(services.map((service) => service.stop()))
  }
}
