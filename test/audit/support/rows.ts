import type { ExpectedRow, ExpectedValue } from './compare.ts'

/** Rows in the order of these columns: by value, `-name` downwards. Nothing comes after everything, either way. */
export function ordered(rows: readonly ExpectedRow[], ...names: readonly string[]): ExpectedRow[] {
  return rows.toSorted((a, b) => {
    for (const name of names) {
      const column = name.replace('-', '')
      const order = compare(a[column], b[column], name.startsWith('-') ? -1 : 1)
      if (order !== 0) return order
    }
    return 0
  })
}

function compare(a: ExpectedValue, b: ExpectedValue, direction: 1 | -1): number {
  if (a === b) return 0
  if (a === undefined || a === null) return 1
  if (b === undefined || b === null) return -1
  return a < b ? -direction : direction
}

/** A share in percent, rounded as the questions round it. */
export function percent(part: number, whole: number, decimals = 1): number | undefined {
  return whole === 0 ? undefined : Math.round((part * 100 * 10 ** decimals) / whole) / 10 ** decimals
}

/** The smallest value that so many percent of all do not exceed. */
export function percentile(values: readonly number[], p: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.ceil((p * values.length) / 100) - 1]
}
