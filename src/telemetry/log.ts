import { type DestinationStream, type Logger, pino } from 'pino'
import { PinoPretty } from 'pino-pretty'

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
  const stream = pretty
    ? PinoPretty({ destination, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true })
    : destination
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) }
    },
    stream
  )
}

/** Says nothing; for tests and library use. */
export const silentLog: Log = pino({ level: 'silent' })
