import Table from 'cli-table3'
import type { ReleasedInstance } from '../audit/released.ts'

const COLUMNS = ['INSTANCE', 'REGION', 'CREATED', 'RELEASED', 'LIVED', 'HOW', 'EVENTS'] as const
/** Widths of the one-row form, for a table that fills up line by line. */
const WIDTHS = [24, 14, 20, 20, 9, 26, 6] as const
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  '
}

/** The rows as a table for a terminal; times in the machine's time zone. */
export function releasedTable(rows: readonly ReleasedInstance[]): string {
  const table = new Table({
    head: [...COLUMNS],
    chars: PLAIN,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 }
  })
  for (const row of rows) table.push(cells(row))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** The heading of a table that fills up. */
export function releasedHeading(): string {
  return line(COLUMNS)
}

/** One row of a table that fills up. */
export function releasedLine(row: ReleasedInstance): string {
  return line(cells(row))
}

function line(values: readonly string[]): string {
  return values
    .map((value, index) => value.padEnd(WIDTHS[index] ?? 0))
    .join('  ')
    .trimEnd()
}

function cells(row: ReleasedInstance): string[] {
  const { createdMs, releasedMs } = row
  return [
    row.instanceId,
    row.regionId,
    createdMs === undefined ? 'before' : localTime(createdMs),
    localTime(releasedMs),
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

/** `2026-11-22 18:30:05`, in the machine's time zone. */
export function localTime(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${[two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join(':')}`
}

/** A length of time in its two largest units: `3d 4h`, `12m 5s`. */
export function span(ms: number): string {
  if (ms < 0) return `-${span(-ms)}`
  if (ms < 1_000) return `${Math.round(ms)}ms`
  const units: ReadonlyArray<[name: string, ms: number]> = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000]
  ]
  const first = units.findIndex(([, size]) => ms >= size)
  const parts: string[] = []
  let left = ms
  for (const [name, size] of units.slice(first, first + 2)) {
    const amount = Math.floor(left / size)
    left -= amount * size
    if (amount > 0) parts.push(`${amount}${name}`)
  }
  return parts.join(' ')
}
