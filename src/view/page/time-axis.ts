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

export interface TickOptions {
  /** Ticks at the most. */
  readonly most: number
  /** Round in UTC; else in the browser's zone. */
  readonly utc: boolean
  /** What is drawn has steps of this length: finer ticks would say nothing. Default 0. */
  readonly leastMs?: number
}

/** Ticks of a time axis at round times. */
export function timeTicks(fromMs: number, toMs: number, { most, utc, leastMs = 0 }: TickOptions): TimeTick[] {
  const span = toMs - fromMs
  if (!(span > 0) || most < 1) return []
  const step = readableStep(span, most, leastMs)
  const wall = utc ? UTC_WALL : LOCAL_WALL
  const ticks: TimeTick[] = []
  for (let at = firstTick(fromMs, step, wall); at <= toMs && ticks.length <= most; at = nextTick(at, step, wall)) {
    ticks.push({ atMs: at, label: tickLabel(wall.parts(at), step) })
  }
  return ticks
}

/** The least step that people read at a glance and that cuts a length of time into no more parts than these. */
export function readableStep(spanMs: number, most: number, leastMs = 0): number {
  const fits = (each: number): boolean => each >= leastMs && spanMs / each <= most
  return STEPS.find(fits) ?? Math.max(DAY, Math.ceil(spanMs / most / DAY) * DAY)
}

/** What a clock on the wall shows. */
interface WallParts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly ms: number
}

interface Wall {
  /** The last midnight, epoch ms. */
  midnight(ms: number): number
  addDays(ms: number, days: number): number
  parts(ms: number): WallParts
}

const LOCAL_WALL: Wall = {
  midnight: (ms) => new Date(ms).setHours(0, 0, 0, 0),
  // By the calendar: a day may have 23 hours.
  addDays: (ms, days) => {
    const date = new Date(ms)
    return date.setDate(date.getDate() + days)
  },
  parts: (ms) => {
    const date = new Date(ms)
    return {
      ...{ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() },
      ...{ hour: date.getHours(), minute: date.getMinutes(), second: date.getSeconds(), ms: date.getMilliseconds() }
    }
  }
}

const UTC_WALL: Wall = {
  midnight: (ms) => new Date(ms).setUTCHours(0, 0, 0, 0),
  addDays: (ms, days) => ms + days * DAY,
  parts: (ms) => {
    const date = new Date(ms)
    return {
      ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
      ...{ hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() },
      ms: date.getUTCMilliseconds()
    }
  }
}

/** A day begins at the clock's midnight. */
function firstTick(fromMs: number, step: number, wall: Wall): number {
  const midnight = wall.midnight(fromMs)
  if (step >= DAY) return midnight < fromMs ? nextTick(midnight, DAY, wall) : midnight
  return midnight + Math.ceil((fromMs - midnight) / step) * step
}

function nextTick(atMs: number, step: number, wall: Wall): number {
  return step < DAY ? atMs + step : wall.addDays(atMs, Math.round(step / DAY))
}

function tickLabel({ year, month, day, hour, minute, second, ms }: WallParts, step: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${two(month)}-${two(day)}`
  if (step >= 60 * DAY) return `${year}-${two(month)}`
  if (step >= DAY) return date
  const clock = `${two(hour)}:${two(minute)}`
  if (step >= MINUTE) return hour === 0 && minute === 0 ? date : clock
  const seconds = `${clock}:${two(second)}`
  return step >= SECOND ? seconds : `${two(second)}.${String(ms).padStart(3, '0')}`
}
