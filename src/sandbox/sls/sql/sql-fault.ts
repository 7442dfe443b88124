import { SlsError } from '../sls-error.ts'

/** Where something stands in a statement; both count from 1. */
export interface SqlPlace {
  readonly line: number
  readonly column: number
}

/** A statement that the service refuses, in its words (SLS "Common errors in queries"). */
export function sqlFault({ line, column }: SqlPlace, message: string): SlsError {
  return new SlsError(
    'ParameterInvalid',
    `ErrorType:SyntaxError.ErrorPosition,line:${line},column:${column}.ErrorMessage:line ${line}:${column}: ${message}`
  )
}

/** A name that no relation in reach has, as the service says it. */
export function unresolvedColumn({ line, column }: SqlPlace, name: string, quoted: boolean): SlsError {
  const said = `ErrorType:ColumnNotExists.ErrorPosition,line:${line},column:${column}.ErrorMessage:line ${line}:${column}: Column '${name}' cannot be resolved`
  const advice = quoted
    ? `it seems ${name} is wrapper by ";if ${name} is a string ,not a key field, please use '${name}'`
    : 'please add the column in the index attribute'
  return new SlsError('ParameterInvalid', `${said};${advice}`)
}

/** What the service can do, and the sandbox can't tell how: an error is better than an answer that may be another one. */
export function notServed(what: string): SlsError {
  return new SlsError('NotImplemented', `${what} is not served by the sandbox.`)
}
