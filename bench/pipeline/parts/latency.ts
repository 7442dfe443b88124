import type { ProbeTimes } from '../replay/orders.ts'
import { ReplayProcess } from '../replay-process.ts'
import { startService } from '../service.ts'
import { type Latencies, latenciesOf } from '../stats.ts'
import { EVENT_BYTES, type Part, type PartOptions } from './part.ts'

/** Short, so that what is seen is the machine and not the wait for a fuller put; the default is 2 s. */
const LINGERS_MS = [2_000, 100] as const
const NO_EVENTS = { kind: 'counted', events: 0 } as const

type Stages = Record<keyof ProbeTimes, Latencies>

/** From the answer that carries an interruption notice to what it causes, idle and with every receiver busy. */
export const latencyPart: Part = {
  name: 'latency',
  summary: 'delivery to action call and to stored, idle and at full load, ms',
  usual: true,
  async run({ scale, print }: PartOptions) {
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: 3_600_000 })
    const idle = await measure(replay, { lingerMs: LINGERS_MS[0], count: Math.ceil(400 * scale) })
    const busy = await measure(replay, { lingerMs: LINGERS_MS[0], events: Math.ceil(1_200_000 * scale) })
    const busyShort = await measure(replay, { lingerMs: LINGERS_MS[1], events: Math.ceil(600_000 * scale) })
    await replay.close()
    const latency = { idle, busy, [`busyLinger${LINGERS_MS[1]}`]: busyShort }
    print(`${''.padEnd(36)} ${['samples', 'p50', 'p99', 'p99.9', 'max'].map((head) => head.padStart(9)).join(' ')}`)
    for (const [load, stages] of Object.entries(latency)) {
      for (const [stage, title] of Object.entries(TITLES))
        tell(`${load}: ${title}`, stages[stage as keyof Stages], print)
    }
    return { latency }
  }
}

const TITLES = { hookMs: 'call of a plugin', cloudMs: 'first call of a drain', storedMs: 'stored' } as const

async function measure(
  replay: ReplayProcess,
  load: { readonly lingerMs: number } & ({ readonly count: number } | { readonly events: number })
): Promise<Stages> {
  const polled = replay.news('polled')
  replay.follow({ supply: NO_EVENTS, putLatencyMs: 0 })
  const service = startService(replay.port, { probeAction: true, lingerMs: load.lingerMs })
  try {
    await polled
    const done = replay.news('done')
    const probes = 'count' in load ? { pauseMs: 50, count: load.count } : { every: 1_024 }
    const supply = 'count' in load ? NO_EVENTS : ({ kind: 'endless', warmup: 200_000, events: load.events } as const)
    replay.follow({ supply, putLatencyMs: 0, probes })
    return stagesOf((await done).probes)
  } finally {
    await service.stop()
  }
}

function stagesOf(probes: readonly ProbeTimes[]): Stages {
  const of = (stage: keyof ProbeTimes) => latenciesOf(probes.flatMap((times) => times[stage] ?? []))
  return { hookMs: of('hookMs'), cloudMs: of('cloudMs'), storedMs: of('storedMs') }
}

function tell(title: string, { samples, p50, p99, p999, max }: Latencies, print: (line: string) => void): void {
  const cells = [String(samples), ...[p50, p99, p999, max].map((ms) => ms.toFixed(1))]
  print(`${title.padEnd(36)} ${cells.map((cell) => cell.padStart(9)).join(' ')}`)
}
