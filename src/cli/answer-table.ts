import Table from 'cli-table3'
import { PLAIN_TABLE } from './plain-table.ts'

/** Columns shrink no further than this, characters; the terminal wraps what is left then. */
const NARROWEST = 8
const GAP = 2

/**
 * Rows as a table for a terminal.
 *
 * @param width characters of the terminal; 0: as wide as it takes
 */
export function answerTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>, width: number): string {
  const lines = [head, ...rows]
  const widths = head.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ''))))
  const limits = width > 0 ? shrink(widths, width) : widths
  const table = new Table({
    head: head.map((text, at) => cut(text, limits[at] ?? 0)),
    chars: PLAIN_TABLE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 }
  })
  for (const row of rows) table.push(row.map((text, at) => cut(text, limits[at] ?? 0)))
  const trimmed = table.toString().split('\n')
  return trimmed.map((line) => line.trimEnd()).join('\n')
}

/** Takes from the widest column until the line fits. */
function shrink(widths: readonly number[], width: number): number[] {
  const limits = [...widths]
  const length = (): number => limits.reduce((sum, each) => sum + each, 0) + GAP * (limits.length - 1)
  while (length() > width) {
    const widest = Math.max(...limits)
    if (widest <= NARROWEST) break
    limits[limits.indexOf(widest)] = widest - 1
  }
  return limits
}

function cut(text: string, limit: number): string {
  if (widthOf(text) <= limit) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept) + widthOf(character) > limit - 1) break
    kept += character
  }
  return `${kept}…`
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/

/** Chinese characters and the like take two places in a terminal (Unicode Standard Annex 11, East Asian Width). */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : 1
  return width
}
