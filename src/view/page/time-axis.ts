const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Steps that people read at a glance. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 7, 14, 30, 60, 90, 180, 365].map((n) => n * DAY)
]

export interface TimeTick {
  readonly atMs: number
  readonly label: string
}

/**
 * Ticks of a time axis at round local times.
 *
 * @param most ticks at the most
 */
export function timeTicks(fromMs: number, toMs: number, most: number): TimeTick[] {
  const span = toMs - fromMs
  if (!(span > 0) || most < 1) return []
  const step = readableStep(span, most)
  const ticks: TimeTick[] = []
  for (let at = firstTick(fromMs, step); at <= toMs && ticks.length <= most; at = nextTick(at, step)) {
    ticks.push({ atMs: at, label: tickLabel(at, step) })
  }
  return ticks
}

/** The least step that people read at a glance and that cuts a length of time into no more parts than these. */
export function readableStep(spanMs: number, most: number): number {
  return STEPS.find((each) => spanMs / each <= most) ?? Math.ceil(spanMs / most / DAY) * DAY
}

/** Round in local time: a day begins at the reader's midnight. */
function firstTick(fromMs: number, step: number): number {
  const midnight = new Date(fromMs).setHours(0, 0, 0, 0)
  if (step >= DAY) return midnight < fromMs ? nextTick(midnight, DAY) : midnight
  return midnight + Math.ceil((fromMs - midnight) / step) * step
}

/** Days are counted by the calendar: one may have 23 hours. */
function nextTick(atMs: number, step: number): number {
  if (step < DAY) return atMs + step
  const date = new Date(atMs)
  return date.setDate(date.getDate() + Math.round(step / DAY))
}

function tickLabel(atMs: number, step: number): string {
  const date = new Date(atMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`
  if (step >= 60 * DAY) return `${date.getFullYear()}-${two(date.getMonth() + 1)}`
  if (step >= DAY) return day
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (step >= MINUTE) return date.getHours() === 0 && date.getMinutes() === 0 ? day : clock
  const seconds = `${clock}:${two(date.getSeconds())}`
  return step >= SECOND ? seconds : `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
