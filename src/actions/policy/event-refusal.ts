import type { AuditEvent } from '../../events/audit-event.ts'
import { isInstanceId } from '../../events/instance-id.ts'
import type { EventReason } from './reasons.ts'

/** Clocks differ; an event from further ahead than this is not believed, ms. */
const MAX_AHEAD_MS = 15 * 60_000

export interface EventRules {
  /** Epoch ms. */
  readonly nowMs: number
  /** `actions.maxAge`; an event exactly this old still counts. */
  readonly maxAgeMs: number
  /** `actions.paused`. */
  readonly paused: boolean
}

/** Why an event calls for no action, whatever the action; undefined when nothing about the event itself speaks against one. */
export function eventRefusal(
  event: Pick<AuditEvent, 'test' | 'instanceId' | 'timeMs'>,
  { nowMs, maxAgeMs, paused }: EventRules
): EventReason | undefined {
  if (event.test) return 'test-event'
  if (!isInstanceId(event.instanceId)) return 'no-instance'
  if (event.timeMs === undefined || !Number.isFinite(event.timeMs)) return 'no-time'
  if (nowMs - event.timeMs > maxAgeMs) return 'event-too-old'
  if (event.timeMs - nowMs > MAX_AHEAD_MS) return 'event-from-future'
  return paused ? 'paused' : undefined
}
