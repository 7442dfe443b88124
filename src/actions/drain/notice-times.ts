import type { AuditEvent } from '../../events/audit-event.ts'
import type { Clock } from '../../lib/clock.ts'

/** When a notice was given and when its instance goes: on the clock's `elapsed()` scale, ms. */
export interface NoticeTimes {
  readonly noticeAt: number
  readonly deadlineAt: number
}

/**
 * The times of an interruption notice. The service gives no time of release in the notice, only a length of notice of
 * about five minutes ("Preemptible instances"): it counts from the event's own time, not from its receipt. An event
 * without a time, or with one that is yet to come (the clocks differ), counts from its receipt.
 *
 * @param noticeMs from a notice to the release
 */
export function noticeTimes(
  { timeMs, receivedMs, noticeMs }: Pick<AuditEvent, 'timeMs'> & { receivedMs: number; noticeMs: number },
  clock: Clock
): NoticeTimes {
  const toldMs = Math.min(timeMs ?? receivedMs, receivedMs)
  const noticeAt = clock.elapsed() - (clock.now() - toldMs)
  return { noticeAt, deadlineAt: noticeAt + noticeMs }
}
