import type { Measured } from './measure.ts'

/** One question's times over all rounds, ms. */
export interface Figures {
  readonly question: string
  readonly rows: number
  readonly medianMs: number
  readonly minMs: number
  readonly maxMs: number
}

/** The slowest first. */
export function figuresOf(measured: readonly Measured[]): Figures[] {
  const figures = measured.map(({ question, rows, timesMs }) => {
    const sorted = timesMs.toSorted((a, b) => a - b)
    const at = (place: number): number => Math.round(sorted[Math.floor(place)] ?? Number.NaN)
    return { question, rows, medianMs: at((sorted.length - 1) / 2), minMs: at(0), maxMs: at(sorted.length - 1) }
  })
  return figures.sort((a, b) => b.medianMs - a.medianMs)
}

/** A table for people. */
export function tableOf(figures: readonly Figures[]): string {
  const line = (cells: readonly (string | number)[]): string =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(26) : String(cell).padStart(9))).join('')
  const rows = figures.map(({ question, rows, medianMs, minMs, maxMs }) => [question, medianMs, minMs, maxMs, rows])
  return [['question', 'median ms', 'min', 'max', 'rows'], ...rows].map(line).join('\n')
}
