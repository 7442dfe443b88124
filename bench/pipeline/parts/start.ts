import { setTimeout as delay } from 'node:timers/promises'
import { MeasuredProcess } from '../measured-process.ts'
import { ReplayProcess } from '../replay-process.ts'
import { MAIN, type ServiceVariant, startService } from '../service.ts'
import { type Spread, spreadOf } from '../stats.ts'
import { EVENT_BYTES, megabytes, type Part, type PartOptions } from './part.ts'

/** After this long an idle service has loaded what it loads, ms. */
const SETTLE_MS = 3_000

/** What a user waits for, and what an idle service takes. */
export const startPart: Part = {
  name: 'start',
  summary: '--help, the first poll of run, and memory idle',
  usual: true,
  async run({ rounds, print }: PartOptions) {
    const help: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const command = new MeasuredProcess(MAIN, ['--help'])
      await command.ended()
      help.push(performance.now() - command.startedMs)
    }
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: 0 })
    const bare = await firstPolls(replay, rounds, { features: 'none' })
    const full = await firstPolls(replay, rounds, { features: 'all' })
    await replay.close()
    const start = { helpMs: spreadOf(help), pollMs: bare.pollMs, pollWithActionsMs: full.pollMs }
    for (const [name, { median, min, max }] of Object.entries(start)) {
      print(`${name.padEnd(18)} ${median.toFixed(0)} ms (${min.toFixed(0)} to ${max.toFixed(0)})`)
    }
    print(
      `idle memory        ${megabytes(bare.idleBytes.median)} MB, with actions and snapshots ${megabytes(full.idleBytes.median)} MB`
    )
    return { start: { ...start, idleBytes: bare.idleBytes, idleBytesWithActions: full.idleBytes } }
  }
}

async function firstPolls(
  replay: ReplayProcess,
  rounds: number,
  variant: ServiceVariant
): Promise<{ pollMs: Spread; idleBytes: Spread }> {
  const pollMs: number[] = []
  const idleBytes: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const polled = replay.news('polled')
    replay.follow({ supply: { kind: 'counted', events: 0 }, putLatencyMs: 0 })
    const service = startService(replay.port, variant)
    await polled
    pollMs.push(performance.now() - service.startedMs)
    await delay(SETTLE_MS)
    idleBytes.push(service.residentBytes())
    await service.stop()
  }
  return { pollMs: spreadOf(pollMs), idleBytes: spreadOf(idleBytes) }
}
