/**
 * Epoch milliseconds of any time that the producers send; undefined for everything else, an impossible date and a time
 * without its offset included.
 *
 * - `20190409T121826.922+0800` (CloudMonitor), `2019-04-09T04:18:26Z` (RFC 3339), `2019-11-11T11:00Z`
 * - EventBridge's zone names in place of an offset: `...PRC` and `...Asia/Shanghai`, both +08:00
 * - epoch milliseconds, as a number or a text
 */
export function parseEventTime(value: unknown): number | undefined {
  if (typeof value === 'number') return plausibleEpoch(value)
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined
  const text = value.trim()
  const match = COMPACT.exec(text) ?? EXTENDED.exec(text)
  if (match === null) return EPOCH_TEXT.test(text) ? plausibleEpoch(Number(text)) : undefined
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = ''] = match
  const date = dateMs(Number(year), Number(month), Number(day))
  const offset = offsetMinutes(zone)
  const time = { hour: Number(hour), minute: Number(minute), second: Number(second) }
  if (date === undefined || offset === undefined || time.hour > 23 || time.minute > 59 || time.second > 59) {
    return undefined
  }
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return date + ((time.hour * 60 + time.minute - offset) * 60 + time.second) * 1_000 + ms
}

const MAX_LENGTH = 64
const ZONE = '(Z|[+-]\\d\\d:?\\d\\d|PRC|Asia/Shanghai)'
const COMPACT = new RegExp(`^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)(?:\\.(\\d{1,9}))?${ZONE}$`, 'i')
const EXTENDED = new RegExp(
  `^(\\d{4})-(\\d\\d)-(\\d\\d)[T ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9}))?)?${ZONE}$`,
  'i'
)
const EPOCH_TEXT = /^\d{12,14}$/

/** Milliseconds alone: seconds would be a day in 1970, microseconds one far ahead. */
function plausibleEpoch(ms: number): number | undefined {
  return Number.isInteger(ms) && ms >= 1e11 && ms < 1e14 ? ms : undefined
}

function dateMs(year: number, month: number, day: number): number | undefined {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0)
  if (day < 1 || day > days || year < 1970) return undefined
  return Date.UTC(year, month - 1, day)
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Minutes ahead of UTC; undefined for an offset that no place has. */
function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0
  const sign = zone.charAt(0)
  if (sign !== '+' && sign !== '-') return 8 * 60
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes)
}
