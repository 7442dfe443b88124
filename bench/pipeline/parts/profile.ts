import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SelfTime, summarize } from '../cpu-profile.ts'
import { ReplayProcess } from '../replay-process.ts'
import { startService } from '../service.ts'
import { EVENT_BYTES, type Part, type PartOptions } from './part.ts'

const LINES = 45
const WARMUP = 100_000

/** Where the service's own thread spends its time. */
export const profilePart: Part = {
  name: 'profile',
  summary: 'CPU profile of the service at full load, by area and by function',
  usual: false,
  async run({ scale, print }: PartOptions) {
    const replay = await ReplayProcess.start({ eventBytes: EVENT_BYTES, ageMs: 3_600_000 })
    const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-profile-'))
    const [warm, done] = [replay.news('warm'), replay.news('done')]
    const events = Math.ceil(400_000 * scale)
    replay.follow({ supply: { kind: 'endless', warmup: WARMUP, events }, putLatencyMs: 0 })
    const service = startService(replay.port, { node: ['--cpu-prof', `--cpu-prof-dir=${directory}`] })
    await warm
    const skipUs = (performance.now() - service.startedMs) * 1_000
    await done
    await service.stop()
    await replay.close()
    const [file = ''] = readdirSync(directory)
    const { busyUs, areas, functions } = summarize(join(directory, file), skipUs)
    rmSync(directory, { recursive: true })
    print(`${(busyUs / events).toFixed(2)} us per event on the main thread`)
    const perEvent = ({ name, us }: SelfTime) =>
      `${(us / events).toFixed(2).padStart(7)} us ${((us / busyUs) * 100).toFixed(1).padStart(5)} %  ${name}`
    for (const area of areas) if (area.us / busyUs > 0.002) print(perEvent(area))
    print('')
    for (const each of functions.slice(0, LINES)) print(perEvent(each))
    return {
      profile: {
        usPerEvent: busyUs / events,
        areas: Object.fromEntries(areas.map(({ name, us }) => [name, us / events]))
      }
    }
  }
}
