import { chosen } from './command.ts'

/** How answers can be printed. */
export const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const
export type Format = (typeof FORMATS)[number]

/** @throws AuditError `usage` for a word that is none */
export function readFormat(text: string, json: boolean): Format {
  if (text === '') return json ? 'ndjson' : 'table'
  return chosen('format', text, FORMATS)
}
