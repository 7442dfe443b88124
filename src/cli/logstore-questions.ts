import { advice, type FaultPlace } from '../cloud/advice.ts'
import { describeFault, type Fault } from '../cloud/fault.ts'
import { loadConfig } from '../config/load.ts'
import { DAY, formatDuration, parseDuration } from '../config/units.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import type { SlsReader } from '../logstore/sls-reader.ts'
import { createLog } from '../telemetry/log.ts'
import type { Invocation } from './command.ts'

/** The configured logstore, open for questions. */
export interface OpenLogstore {
  readonly reader: SlsReader
  readonly place: FaultPlace
  readonly close: () => Promise<void>
}

/** @throws AuditError `config` */
export async function openLogstore({ configFile, environment }: Invocation): Promise<OpenLogstore> {
  const config = loadConfig({ file: configFile, environment })
  const { endpoint, project, name } = config.logstore
  const { openReader } = await import('../logstore/open-logstore.ts')
  const { reader, close } = openReader(config, systemClock, createLog({ level: config.log.level }))
  return { reader, place: { service: 'logstore', name: `${project}/${name}`, endpoint }, close }
}

/** What to tell of a question that failed. */
export function queryFailure(fault: Fault, place: FaultPlace): AuditError {
  const missingIndex =
    fault.code === 'IndexConfigNotExist' || /cannot be resolved|is not config as key value/.test(fault.message)
  const hint = missingIndex
    ? 'The logstore lacks the index, or a part of it: run "ecs-audit setup".'
    : advice(fault, place)
  return new AuditError('unavailable', `Cannot query the logstore ${place.name}: ${describeFault(fault)}. ${hint}`)
}

/** Says on stderr that the service is still reading. */
export function tellProgress(say: (line: string) => void): (progress: { repeat: number; rows: number }) => void {
  return ({ repeat, rows }) =>
    say(`The service has not read everything yet (${rows} rows so far): asking again, ${repeat} of 10`)
}

/** Logs are asked for by Unix seconds: this is almost back to 1970. */
const MAX_SINCE_MS = 20_000 * DAY

/** @throws AuditError `usage` for anything but a length of time up to 20,000 days */
export function readSince(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0 && ms <= MAX_SINCE_MS) return ms
  const most = formatDuration(MAX_SINCE_MS)
  throw new AuditError(
    'usage',
    `Cannot use --since ${text}: expected a duration such as 30m, 12h or 30d, up to ${most}.`
  )
}
