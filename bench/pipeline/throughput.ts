import type { MeasuredProcess } from './measured-process.ts'
import type { Order, Tally } from './replay/orders.ts'
import type { ReplayProcess } from './replay-process.ts'

/** What one run of one consumer came to, once it was warm. */
export interface Throughput {
  readonly eventsPerSecond: number
  /** User and system, all threads, microseconds. */
  readonly cpuPerEventUs: number
  readonly requestsPer1000: number
  readonly peakBytes: number
  /** Compressed and not, as PutLogs carried it. */
  readonly sentBytesPerEvent: number
  readonly rawBytesPerEvent: number
}

/** How much is consumed before it counts, and then counts. */
export interface Load {
  readonly warmup: number
  readonly events: number
  readonly putLatencyMs?: number
}

/**
 * Runs consumers until they have deleted so many events, out of a queue that never runs dry: start, warm-up and the wait for
 * a last batch stay out of the measure.
 */
export async function measureThroughput(
  replay: ReplayProcess,
  start: () => readonly MeasuredProcess[],
  { warmup, events, putLatencyMs = 0 }: Load
): Promise<Throughput> {
  const order: Order = { supply: { kind: 'endless', warmup, events }, putLatencyMs }
  const warm = replay.news('warm')
  const done = replay.news('done')
  // Whichever fails first tells why; the other must not end this process.
  done.catch(() => undefined)
  replay.follow(order)
  const consumers = start()
  const failures = consumers.map((consumer) => consumer.failure())
  try {
    const before = await Promise.race([warm, ...failures])
    const cpuBefore = sum(consumers.map((consumer) => consumer.cpuMs()))
    const after = await Promise.race([done, ...failures])
    const cpuMs = sum(consumers.map((consumer) => consumer.cpuMs())) - cpuBefore
    const peakBytes = Math.max(...consumers.map((consumer) => consumer.peakBytes()))
    return { ...ratesOf(before.tally, after.tally, cpuMs), peakBytes }
  } finally {
    for (const failure of failures) failure.catch(() => undefined)
    await Promise.all(consumers.map((consumer) => consumer.stop()))
  }
}

function ratesOf(before: Tally, after: Tally, cpuMs: number): Omit<Throughput, 'peakBytes'> {
  const deleted = after.deleted - before.deleted
  const requests = requestsOf(after) - requestsOf(before)
  return {
    eventsPerSecond: (deleted / (after.atMs - before.atMs)) * 1_000,
    cpuPerEventUs: (cpuMs / deleted) * 1_000,
    requestsPer1000: (requests / deleted) * 1_000,
    sentBytesPerEvent: (after.sentBytes - before.sentBytes) / deleted,
    rawBytesPerEvent: (after.rawBytes - before.rawBytes) / deleted
  }
}

export function requestsOf({ receives, emptyPolls, deletes, puts, otherCalls }: Tally): number {
  return receives + emptyPolls + deletes + puts + otherCalls
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
