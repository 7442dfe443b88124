import { AuditError } from '../lib/errors.ts'

/** How answers can be printed. */
export const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const
export type Format = (typeof FORMATS)[number]

/** @throws AuditError `usage` for a word that is none */
export function readFormat(text: string, json: boolean): Format {
  if (text === '') return json ? 'ndjson' : 'table'
  const format = FORMATS.find((each) => each === text)
  if (format !== undefined) return format
  throw new AuditError('usage', `Cannot use --format ${text}: expected one of ${FORMATS.join(', ')}.`)
}
