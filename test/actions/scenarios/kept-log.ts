import { createLog, type Log, type LogLevel } from '../../../src/telemetry/log.ts'

/** One line of a log. */
export type LogLine = Readonly<Record<string, unknown>>

/** A log whose lines of this level and above are kept. */
export function keptLog(level: LogLevel = 'error'): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as LogLine)
  }
  return { log: createLog({ level, pretty: false, destination: { write } }), lines }
}
