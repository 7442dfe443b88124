const BEIJING_OFFSET_MS = 8 * 3_600_000

/** CloudMonitor's `eventTime`: `20250611T093021.734+0800`, in UTC+8 for every region (ECS event notification overview). */
export function compactTime(ms: number): string {
  const iso = beijingIso(ms)
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17)}+0800`
}

/** `2025-06-11T01:30:21Z`: times inside an event's content, UTC, whole seconds. */
export function utcSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** `2025-06-11T01:30Z`: the intervals of burstable instances, UTC, whole minutes. */
export function utcMinutes(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`
}

/** `2025-06-11T09:30:21.734`, wall clock of UTC+8 without a zone: the stem of EventBridge's time forms. */
export function beijingIso(ms: number): string {
  return new Date(ms + BEIJING_OFFSET_MS).toISOString().slice(0, 23)
}
