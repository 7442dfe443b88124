import { fileURLToPath } from 'node:url'
import { MeasuredProcess } from '../measured-process.ts'
import { ReplayProcess } from '../replay-process.ts'
import { startService } from '../service.ts'
import { type Spread, spreadOf } from '../stats.ts'
import { type Load, measureThroughput, type Throughput } from '../throughput.ts'
import { EVENT_BYTES, type Part, type PartOptions } from './part.ts'

interface Contestant {
  readonly title: string
  readonly load: Load
  readonly start: (port: number) => MeasuredProcess
}

const program = (name: string) => fileURLToPath(new URL(`../consumers/${name}.js`, import.meta.url))

/** Each runs for two to four seconds. */
const CONTESTANTS = {
  sample: {
    title: 'a  one at a time, stock SDKs',
    load: { warmup: 500, events: 2_500 },
    start: (port) => new MeasuredProcess(program('sample'), [String(port)])
  },
  stock: {
    title: 'b  batches of 16, stock SDKs',
    load: { warmup: 8_000, events: 40_000 },
    start: (port) => new MeasuredProcess(program('stock'), [String(port)])
  },
  service: {
    title: 'c  ecs-audit run, everything on',
    load: { warmup: 100_000, events: 200_000 },
    start: (port) => startService(port)
  },
  bare: {
    title: 'd  bare loop, contents ignored',
    load: { warmup: 100_000, events: 500_000 },
    start: (port) => new MeasuredProcess(program('bare'), [String(port)])
  }
} as const satisfies Record<string, Contestant>

type Name = keyof typeof CONTESTANTS
const NAMES = Object.keys(CONTESTANTS) as readonly Name[]
const MEASURES = [
  'eventsPerSecond',
  'cpuPerEventUs',
  'requestsPer1000',
  'peakBytes',
  'sentBytesPerEvent',
  'rawBytesPerEvent'
] as const

type Measures = Record<(typeof MEASURES)[number], Spread>

/** The four ways, interleaved, so that what the machine does otherwise hits all of them. */
export const ratiosPart: Part = {
  name: 'ratios',
  summary: 'ecs-audit against the stock SDKs and a bare loop, interleaved',
  usual: true,
  async run({ rounds, scale, print }: PartOptions) {
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: 3_600_000 })
    const runs: Record<Name, Throughput[]> = { sample: [], stock: [], service: [], bare: [] }
    for (let round = 0; round < rounds; round += 1) {
      for (const name of NAMES) {
        const { load, start } = CONTESTANTS[name]
        const events = Math.ceil(load.events * scale)
        runs[name].push(await measureThroughput(replay, () => [start(replay.port)], { ...load, events }))
      }
      const rates = NAMES.map((name) => Math.round(runs[name].at(-1)?.eventsPerSecond ?? 0).toLocaleString('en'))
      print(`round ${round + 1}: ${rates.join(', ')} events/s`)
    }
    await replay.close()
    const result = Object.fromEntries(NAMES.map((name) => [name, measuresOf(runs[name])])) as Record<Name, Measures>
    const ratios = {
      vsSample: ratio(runs.service, runs.sample),
      vsStock: ratio(runs.service, runs.stock),
      vsBare: ratio(runs.service, runs.bare)
    }
    tell(result, ratios, print)
    return { ratios: medians(ratios), ratioSpread: ratios, consumers: result }
  }
}

function measuresOf(runs: readonly Throughput[]): Measures {
  return Object.fromEntries(MEASURES.map((measure) => [measure, spreadOf(runs.map((run) => run[measure]))])) as Measures
}

/** Of each round by itself: neighbours in time had the same machine. */
function ratio(one: readonly Throughput[], other: readonly Throughput[]): Spread {
  return spreadOf(
    one.map(({ eventsPerSecond }, round) => eventsPerSecond / (other[round]?.eventsPerSecond ?? Number.NaN))
  )
}

function medians(ratios: Readonly<Record<string, Spread>>): Record<string, number> {
  return Object.fromEntries(Object.entries(ratios).map(([name, { median }]) => [name, Number(median.toFixed(3))]))
}

function tell(
  result: Readonly<Record<Name, Measures>>,
  ratios: Readonly<Record<string, Spread>>,
  print: (line: string) => void
): void {
  print(
    `${''.padEnd(32)} ${['events/s', 'min', 'max', 'CPU us/event', 'req/1,000', 'peak MB', 'sent B/event'].map((head) => head.padStart(12)).join(' ')}`
  )
  for (const name of NAMES) {
    const { eventsPerSecond: rate, cpuPerEventUs, requestsPer1000, peakBytes, sentBytesPerEvent } = result[name]
    const cells = [
      ...[rate.median, rate.min, rate.max].map((value) => Math.round(value).toLocaleString('en')),
      cpuPerEventUs.median.toFixed(1),
      requestsPer1000.median.toFixed(1),
      (peakBytes.max / 1e6).toFixed(0),
      sentBytesPerEvent.median.toFixed(0)
    ]
    print(`${CONTESTANTS[name].title.padEnd(32)} ${cells.map((cell) => cell.padStart(12)).join(' ')}`)
  }
  for (const [name, { median, min, max }] of Object.entries(ratios)) {
    print(`${name.padEnd(10)} ${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`)
  }
}
