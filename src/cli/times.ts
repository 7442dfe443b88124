import { AuditError } from '../lib/errors.ts'

/** Writes a moment, epoch ms, as `2026-11-22 18:30:05` in a time zone. */
export type TimeText = (ms: number) => string

/**
 * @param zone `utc`, a name such as Asia/Shanghai, or '' for the machine's own
 * @throws AuditError `usage` for a zone that is none
 */
export function timeText(zone: string): TimeText {
  const timeZone = zone === '' ? undefined : zone
  try {
    const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone })
    return (ms) => format.format(ms)
  } catch (thrown) {
    throw new AuditError('usage', `Cannot use --time-zone ${zone}: expected utc, or a name such as Asia/Shanghai.`, {
      cause: thrown
    })
  }
}

/**
 * Writes a moment as ISO 8601 with its offset: `2026-11-22T18:30:05.000+08:00`, in UTC with Z.
 *
 * @param zone as that of timeText; '' is UTC: data is the same on every machine
 */
export function stampText(zone: string): TimeText {
  if (zone === '') return (ms) => new Date(ms).toISOString()
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  return (ms) => {
    const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    // `GMT+08:00`; where there is no offset `GMT` or `GMT+00:00`, as the ICU data have it.
    const offset = /[+-]\d\d:\d\d/.exec(name)?.[0] ?? '+00:00'
    return new Date(ms + offsetMs(offset)).toISOString().replace('Z', offset === '+00:00' ? 'Z' : offset)
  }
}

/** Writes a moment as the date, `2026-11-22`, at an offset from UTC, `+08:00`. */
export function dateText(offset: string): TimeText {
  return (ms) => new Date(ms + offsetMs(offset)).toISOString().slice(0, 10)
}

/** Of `+08:00`. */
function offsetMs(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))
  return (offset.startsWith('-') ? -1 : 1) * minutes * 60_000
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
