import { DAY, HOUR, MINUTE, SECOND } from '../config/units.ts'
import { BadRequest } from './bad-request.ts'
import type { ChartSearch } from './dashboard.ts'

/** A window of time, epoch ms. */
export interface TimeWindow {
  readonly fromMs: number
  readonly toMs: number
}

/** What the page's time picker says: the last so many ms, a window, or nothing: then every chart has its own. */
export type AskedRange = { readonly lastMs: number } | TimeWindow | undefined

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY }
const MAX_SPAN_MS = 3_650 * DAY

/**
 * The window that a chart shows.
 *
 * @throws BadRequest for a range that is none
 */
export function chartWindow(search: ChartSearch, asked: AskedRange, nowMs: number): TimeWindow {
  if (asked === undefined) {
    return checked({ fromMs: readMoment(search.start, nowMs), toMs: readMoment(search.end, nowMs) })
  }
  return checked('lastMs' in asked ? { fromMs: nowMs - asked.lastMs, toMs: nowMs } : asked)
}

function checked(window: TimeWindow): TimeWindow {
  const { fromMs, toMs } = window
  if (fromMs < 0 || toMs <= fromMs || toMs - fromMs > MAX_SPAN_MS) {
    throw new BadRequest('Cannot use this time range: expected a start before its end, at most 3650 days apart.')
  }
  return window
}

/** `-3600s`, `-2h`, `now`, `absolute` (the end of a rolling window) or epoch seconds. */
function readMoment(moment: string | number, nowMs: number): number {
  if (moment === 'now' || moment === 'absolute') return nowMs
  const seconds = Number(moment)
  if (moment !== '' && Number.isFinite(seconds) && seconds > 0) return seconds * SECOND
  const [, amount, unit = ''] = /^-(\d{1,10})([smhdw])$/.exec(String(moment)) ?? []
  const size = UNITS[unit]
  if (size === undefined) throw new BadRequest(`Cannot read the time "${moment}" of this chart.`)
  return nowMs - Number(amount) * size
}
