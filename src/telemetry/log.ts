import { createRequire } from 'node:module'
import { type DestinationStream, type Logger, pino } from 'pino'
import type * as Pretty from 'pino-pretty'

/** Structured log: `log.warn({ queue, fault }, 'one static sentence')`. WARN = nothing is lost; ERROR = somebody must act. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogOptions {
  readonly level: LogLevel
  /** Lines for a person instead of JSON. Default: whether stderr is a terminal. */
  readonly pretty?: boolean
  /** Where lines go; default stderr, written at once so that nothing is lost when the process ends. */
  readonly destination?: DestinationStream
}

/** A log on stderr: JSON, or readable lines on a terminal. */
export function createLog(options: LogOptions): Log {
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true })
  const pretty = options.pretty ?? process.stderr.isTTY
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) }
    },
    pretty ? prettified(destination) : destination
  )
}

function prettified(destination: DestinationStream): DestinationStream {
  // Loaded on a terminal alone. By `require`, so that a log can be created at once.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof Pretty
  const prettify = prettyFactory({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true })
  return { write: (line) => destination.write(prettify(line)) }
}

/** Says nothing; for tests and library use. */
export const silentLog: Log = pino({ level: 'silent' })
