/** Comma-separated values (RFC 4180), lines parted by CR LF, without one at the end. */
export function csvText(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  return [head, ...rows].map((values) => values.map(quoted).join(',')).join('\r\n')
}

/** A value that a spreadsheet would take for a formula is kept a text by an apostrophe. */
function quoted(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
