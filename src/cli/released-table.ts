import type { ReleasedInstance } from '../audit/released.ts'
import { answerTable } from './answer-table.ts'
import { localTime, span, type TimeText } from './times.ts'

const COLUMNS = ['INSTANCE', 'REGION', 'CREATED', 'RELEASED', 'LIVED', 'HOW', 'EVENTS'] as const
/** Widths of the one-row form, for a table that fills up line by line. */
const WIDTHS = [24, 14, 20, 20, 9, 26, 6] as const

/** The rows as a table for a terminal. */
export function releasedTable(rows: readonly ReleasedInstance[], look: { time: TimeText; columns: number }): string {
  return answerTable(
    COLUMNS,
    rows.map((row) => cells(row, look.time)),
    look.columns
  )
}

/** The heading of a table that fills up. */
export function releasedHeading(): string {
  return line(COLUMNS)
}

/** One row of a table that fills up. */
export function releasedLine(row: ReleasedInstance): string {
  return line(cells(row, localTime))
}

function line(values: readonly string[]): string {
  return values
    .map((value, index) => value.padEnd(WIDTHS[index] ?? 0))
    .join('  ')
    .trimEnd()
}

function cells(row: ReleasedInstance, time: TimeText): string[] {
  const { createdMs, releasedMs } = row
  return [
    row.instanceId,
    row.regionId,
    createdMs === undefined ? 'before' : time(createdMs),
    time(releasedMs),
    createdMs === undefined ? '' : span(releasedMs - createdMs),
    how(row),
    String(row.events)
  ]
}

function how({ noticeMs, releasedMs, lastState }: ReleasedInstance): string {
  if (noticeMs !== undefined) return `spot, ${span(releasedMs - noticeMs)} after notice`
  if (lastState === 'Running') return 'while running'
  return lastState === '' ? '' : `after ${lastState}`
}
