import { queryReleased, type ReleasedInstance } from '../audit/released.ts'
import { advice } from '../cloud/advice.ts'
import { describeFault } from '../cloud/fault.ts'
import { loadConfig } from '../config/load.ts'
import { parseDuration } from '../config/units.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { createLog } from '../telemetry/log.ts'
import { type Command, EXIT, type Invocation, textOption } from './command.ts'
import { releasedTable } from './released-table.ts'

/** `released`: short for the question that the product exists for. */
export const releasedCommand: Command = {
  name: 'released',
  summary: 'List the released instances, newest first',
  options: [
    { flags: '--since <duration>', description: 'how far to look back, such as 12h or 30d', default: '30d' },
    { flags: '--instance <id>', description: 'only this instance' }
  ],
  run: released
}

async function released(invocation: Invocation): Promise<number> {
  const sinceMs = readSince(textOption(invocation, 'since'))
  const instanceId = readInstance(textOption(invocation, 'instance'))
  const config = loadConfig({ file: invocation.configFile, environment: invocation.environment })
  const log = createLog({ level: config.log.level })
  const { openReader } = await import('../service.ts')
  const { reader, close } = openReader(config, systemClock, log)
  try {
    const toMs = systemClock.now()
    const outcome = await queryReleased(reader, { fromMs: toMs - sinceMs, toMs, instanceId, signal: invocation.stop })
    if (outcome.kind === 'failed') {
      const { endpoint, project, name } = config.logstore
      const place = { service: 'logstore', name: `${project}/${name}`, endpoint } as const
      throw new AuditError(
        'unavailable',
        `Cannot query the logstore ${place.name}: ${describeFault(outcome.fault)}. ${advice(outcome.fault, place)}`
      )
    }
    show(outcome.rows, invocation)
    if (!outcome.complete) invocation.say('The service had not read everything: ask again, or for a shorter time.')
    return EXIT.done
  } finally {
    await close()
  }
}

function show(rows: readonly ReleasedInstance[], { json, print, say }: Invocation): void {
  if (json) {
    for (const row of rows) print(JSON.stringify(row))
    return
  }
  if (rows.length > 0) print(releasedTable(rows))
  say(rows.length === 0 ? 'No instance was released in this time.' : `${rows.length} released`)
}

function readSince(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  throw new AuditError('usage', `Cannot use --since ${text}: expected a duration such as 30m, 12h or 30d.`)
}

function readInstance(text: string): string | undefined {
  if (text === '') return undefined
  if (/^[A-Za-z0-9][A-Za-z0-9-]{1,63}$/.test(text)) return text
  throw new AuditError(
    'usage',
    `Cannot use --instance ${JSON.stringify(text)}: expected an instance id such as i-bp1abc.`
  )
}
