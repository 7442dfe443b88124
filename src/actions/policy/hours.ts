const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

/**
 * Whether a time lies within one of the given hours of the day, each `HH:MM-HH:MM` in UTC, from the first minute on and up
 * to but without the last. They may reach over midnight; equal ends mean the whole day.
 */
export function withinHours(windows: readonly string[], nowMs: number): boolean {
  const minute = Math.floor(nowMs / MINUTE_MS) % DAY_MINUTES
  return windows.some((window) => {
    const [from = 0, to = 0] = window.split('-').map(minuteOfDay)
    return from < to ? from <= minute && minute < to : from <= minute || minute < to
  })
}

function minuteOfDay(text: string): number {
  const [hours, minutes] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}
