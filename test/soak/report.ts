import { grows, type Slope, slopeOf } from './slope.ts'
import type { Sample } from './watched-service.ts'

/** What is watched: memory, and things that can be counted. */
const MEMORY = ['inUse', 'rss'] as const
const COUNTS = ['files', 'sockets', 'timers', 'handles'] as const
const MIB = 1024 * 1024

export interface Finding {
  readonly line: string
  readonly leak: boolean
}

/** One line of the table that is printed while it runs. */
export function sampleLine(sample: Sample, backlog: number): string {
  const minutes = (sample.atMs / 60_000).toFixed(1).padStart(7)
  const memory = MEMORY.map((name) => (sample[name] / MIB).toFixed(1).padStart(9))
  return [
    minutes,
    ...memory,
    ...COUNTS.map((name) => String(sample[name]).padStart(8)),
    String(backlog).padStart(8)
  ].join('')
}

export const SAMPLE_HEADING = [
  'minutes',
  '   in use',
  '      rss',
  ...COUNTS.map((name) => name.padStart(8)),
  ' backlog'
].join('')

/**
 * What the samples say, without those of the warm-up.
 *
 * @param warmUpMs while code is compiled and connections are opened, memory grows and must
 */
export function findings(samples: readonly Sample[], warmUpMs: number): Finding[] {
  const steady = samples.filter(({ atMs }) => atMs >= warmUpMs)
  const memory = MEMORY.map((name): Finding => {
    const slope = slopeOf(steady.map((sample) => ({ atMs: sample.atMs, value: sample[name] / MIB })))
    if (slope === undefined) return { line: `${name}: too few samples after the warm-up`, leak: true }
    const leak = grows(slope)
    return { line: `${name}: ${slopeText(slope)} ${leak ? 'IT GROWS' : 'not distinguishable from growth of 0'}`, leak }
  })
  return [...memory, ...COUNTS.map((name) => countFinding(name, steady))]
}

function slopeText({ perHour, plusMinus }: Slope): string {
  return `${perHour.toFixed(2)} MiB/h, 95 % interval ${(perHour - plusMinus).toFixed(2)} to ${(perHour + plusMinus).toFixed(2)}:`
}

/** A count comes and goes with the load: it grows when its slope says so, and its median in the last third is higher than in the first. */
function countFinding(name: (typeof COUNTS)[number], steady: readonly Sample[]): Finding {
  const values = steady.map((sample) => sample[name])
  const third = Math.ceil(values.length / 3)
  const [before, after] = [median(values.slice(0, third)), median(values.slice(-third))]
  const slope = slopeOf(steady.map((sample) => ({ atMs: sample.atMs, value: sample[name] })))
  const leak = slope !== undefined && grows(slope) && after - before >= 1
  const range = `${Math.min(...values)} to ${Math.max(...values)}, median ${before} at first and ${after} at last`
  return { line: `${name}: ${range}${leak ? ': IT GROWS' : ''}`, leak }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
