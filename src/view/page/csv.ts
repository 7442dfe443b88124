import type { ChartRows } from '../answers.ts'

/**
 * An answer as CSV (RFC 4180). A value that a spreadsheet would take for a formula gets an apostrophe before it (OWASP
 * "CSV Injection").
 */
export function toCsv({ columns, rows }: ChartRows): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => row.map((value) => value ?? ''))]
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !Number.isFinite(Number(value)) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
