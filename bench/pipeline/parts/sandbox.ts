import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeasuredProcess } from '../measured-process.ts'
import { lifeEvents } from '../replay/events.ts'
import { MAIN } from '../service.ts'
import { EVENT_BYTES, type Part, type PartOptions } from './part.ts'

const EVENTS = 30_000

/** The stand-in itself, with its real checks and its SQL store: what `demo` and the tests wait for. */
export const sandboxPart: Part = {
  name: 'sandbox',
  summary: "the sandbox's own throughput: send, then run --until-empty",
  usual: false,
  async run({ scale, print }: PartOptions) {
    const events = Math.ceil((EVENTS * scale) / 16) * 16
    const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-bench-sandbox-'))
    const config = join(directory, 'ecs-audit.yaml')
    const file = join(directory, 'events.jsonl')
    writeFileSync(file, `${lifeEvents(events, { bytes: EVENT_BYTES, ageMs: 3_600_000 }).join('\n')}\n`)
    const sandbox = new MeasuredProcess(MAIN, ['sandbox', '--port', '0', '--write-config', config])
    try {
      await Promise.race([sandbox.firstLine(), sandbox.failure()])
      const send = await timed(['send', file, '--config', config])
      const run = await timed(['run', '--until-empty', '--config', config])
      const result = { events, sendSeconds: send, runSeconds: run, cpuPerEventUs: (sandbox.cpuMs() / events) * 1_000 }
      const rate = (seconds: number) => Math.round(events / seconds).toLocaleString('en')
      print(`send ${rate(send)} events/s, run --until-empty ${rate(run)} events/s (the last, empty polls included)`)
      print(`sandbox ${result.cpuPerEventUs.toFixed(0)} us of CPU per event, sent, stored and deleted`)
      return { sandbox: result }
    } finally {
      await sandbox.stop()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}

async function timed(args: readonly string[]): Promise<number> {
  const command = new MeasuredProcess(MAIN, args)
  const status = await command.ended()
  if (status !== 0) await command.failure()
  return (performance.now() - command.startedMs) / 1_000
}
