import type { Readable } from 'node:stream'
import { AuditError } from '../lib/errors.ts'
import type { Log } from '../telemetry/log.ts'

/** Exit statuses. */
export const EXIT = { done: 0, failed: 1, usage: 2, config: 78 } as const

/** A flag of a command, in the notation of help texts: `--since <duration>`. */
export interface CommandOption {
  readonly flags: string
  readonly description: string
  readonly default?: string
  /** May be given several times: its value is a list then. */
  readonly repeated?: boolean
}

/** What the help text says of a command. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** In the notation of help texts: `[file]`, `<file>`. */
  readonly argument?: { readonly name: string; readonly description: string }
}

/** A command as data; `main.ts` gives it to the parser. */
export interface Command extends CommandEntry {
  readonly options: readonly CommandOption[]
  /** Resolves with the exit status. Throws AuditError for what a person must mend. */
  readonly run: (invocation: Invocation) => Promise<number>
}

/** What was said on the command line, and the way out. */
export interface Invocation {
  readonly argument: string | undefined
  /** Values by the flag's camel-case name: text for `--since <x>`, true for a bare flag. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  /** `--config`. */
  readonly configFile: string | undefined
  /** `--json`: data for programs. */
  readonly json: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable
  /** Data. One call is one line, or several. */
  readonly print: (line: string) => void
  /** Talk: progress, hints. */
  readonly say: (line: string) => void
  /** Aborts at the first SIGINT or SIGTERM, and when nobody reads stdout any more. */
  readonly stop: AbortSignal
  /** Aborts at the second. */
  readonly hurry: AbortSignal
  /** stdout is a terminal of so many columns; 0 when it is none. */
  readonly columns: number
}

/** The text of an option, '' when it was not given. */
export function textOption(invocation: Invocation, name: string): string {
  const value = invocation.options[name]
  return typeof value === 'string' ? value : ''
}

/**
 * The whole number that an option holds; undefined when it was not given.
 *
 * @throws AuditError `usage` for anything else
 */
export function wholeNumberOption(
  invocation: Invocation,
  name: string,
  { min, max }: { min: number; max: number }
): number | undefined {
  const text = invocation.options[name]
  if (text === undefined) return undefined
  const value = Number(text)
  if (text !== '' && Number.isInteger(value) && value >= min && value <= max) return value
  throw new AuditError('usage', `Cannot use --${name} ${text}: expected a whole number from ${min} to ${max}.`)
}

/**
 * A word out of a closed list, as it was given to an option.
 *
 * @throws AuditError `usage` for any other, '' included
 */
export function chosen<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === text)
  if (choice !== undefined) return choice
  const expected = choices.length === 2 ? choices.join(' or ') : `one of ${choices.join(', ')}`
  throw new AuditError('usage', `Cannot use --${name} ${text}: expected ${expected}.`)
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** A failure that the log has told in detail, for the exit status. */
export function tellFailure(log: Log, failure: AuditError): number {
  log.error({ code: failure.code, failure: failure.message }, 'gave up')
  return failure.code === 'config' ? EXIT.config : EXIT.failed
}
