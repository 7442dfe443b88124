import { chance } from '../events/mutate.ts'
import { pick } from './spoil.ts'
import { type Target, targets } from './targets.ts'

export interface HostileOptions {
  /** Inputs, all readers together. */
  readonly runs: number
  /** The same seed gives the same inputs. */
  readonly seed: number
  /** Ends earlier when this is over, minutes. */
  readonly minutes: number
  /** Where configurations may be written. */
  readonly file: string
  /** Told now and then how many are done. */
  readonly onProgress?: (done: number) => void
}

/** What one reader was given. */
export interface TargetReport {
  inputs: number
  bytes: number
  largest: number
  slowestMs: number
  /** All of its readings together. */
  totalMs: number
  /** Number of the slowest input: `replay` makes it again. */
  slowest: number
}

export interface HostileReport {
  readonly targets: ReadonlyMap<string, TargetReport>
  readonly peakRssMb: number
  readonly seconds: number
}

const PROGRESS_EVERY = 20_000
const MEMORY_EVERY = 500

/**
 * Gives so many hostile inputs to the readers.
 *
 * @throws Error for the first one at which something does not hold, with what is needed to make it again
 */
export async function runHostile({ runs, seed, minutes, file, onProgress }: HostileOptions): Promise<HostileReport> {
  const all = targets(file)
  const lots = all.flatMap((target) => Array<Target>(target.share).fill(target))
  const reports = new Map<string, TargetReport>(
    all.map(({ name }) => [name, { inputs: 0, bytes: 0, largest: 0, totalMs: 0, slowestMs: 0, slowest: -1 }])
  )
  const startedMs = performance.now()
  let peakRss = 0
  const endMs = startedMs + minutes * 60_000
  for (let number = 0; number < runs && performance.now() < endMs; number += 1) {
    const random = chance(seed * 1_000_003 + number)
    const target = pick(lots, random)
    await give(target, { random, number, seed, report: reports.get(target.name) })
    if (number % MEMORY_EVERY === 0) peakRss = Math.max(peakRss, process.memoryUsage.rss())
    if (number % PROGRESS_EVERY === 0) onProgress?.(number)
  }
  const seconds = (performance.now() - startedMs) / 1_000
  return { targets: reports, peakRssMb: Math.round(peakRss / 1_048_576), seconds }
}

interface Turn {
  readonly random: () => number
  readonly number: number
  readonly seed: number
  readonly report: TargetReport | undefined
}

async function give({ name, prepare }: Target, { random, number, seed, report }: Turn): Promise<void> {
  const { size, read } = prepare(random)
  const startedMs = performance.now()
  try {
    const reading = read()
    if (reading !== undefined) await reading
    if (Object.keys(Object.prototype).length > 0 || 'polluted' in {}) throw new Error('every object was changed')
  } catch (thrown) {
    throw new Error(`Input ${number} of seed ${seed} (${name}, ${size} long): ${String(thrown)}`, { cause: thrown })
  }
  const ms = performance.now() - startedMs
  if (report === undefined) return
  report.inputs += 1
  report.totalMs += ms
  report.bytes += size
  report.largest = Math.max(report.largest, size)
  if (ms > report.slowestMs) Object.assign(report, { slowestMs: ms, slowest: number })
}

/** The report as lines for a person. */
export function reportLines({ targets: all, peakRssMb, seconds }: HostileReport): string[] {
  const lines = [...all].map(([name, { inputs, bytes, largest, totalMs, slowestMs, slowest }]) => {
    const mean = inputs === 0 ? 0 : Math.round(bytes / inputs)
    return `${name.padEnd(24)}${String(inputs).padStart(9)} inputs, ${mean} bytes on average, ${largest} at most; ${(totalMs / inputs).toFixed(2)} ms on average, slowest ${slowestMs.toFixed(1)} ms (input ${slowest})`
  })
  return [
    ...lines,
    `${seconds.toFixed(0)} s, peak memory ${peakRssMb} MB; no crash, no hang, nothing that does not hold`
  ]
}
