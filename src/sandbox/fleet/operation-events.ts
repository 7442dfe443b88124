import type { Chance } from './chance.ts'
import type { EventDraft, OperationStatus } from './ecs-event.ts'
import type { InstanceProfile } from './instance-profile.ts'
import { utcSeconds } from './times.ts'

/** One planned or unplanned operation on an instance, over all its status changes. */
export interface Operation {
  readonly eventId: string
  /** `SystemMaintenance.Reboot`, `InstanceFailure.Reboot`, ... */
  readonly eventType: string
  readonly publishMs: number
  /** Planned operations only. */
  readonly notBeforeMs?: number
  /** Set when every status change carries one id; vendor samples do so, whether the service does is not known. */
  readonly sharedId?: string
}

const SHARED_ID_RATE = 0.3
const STALE_NAME_RATE = 0.1
const WARNING_TYPES = ['SystemMaintenance.PerformanceImpact', 'InstanceFailure.Alert', 'Security.TpmAlert']

/** Opens an operation. @param noticeMs how far ahead a planned one is announced; undefined for a failure */
export function openOperation(eventType: string, publishMs: number, chance: Chance, noticeMs?: number): Operation {
  const shared = chance.happens(SHARED_ID_RATE)
  return {
    eventId: `e-bp1${chance.text(15)}`,
    eventType,
    publishMs,
    ...(noticeMs === undefined ? {} : { notBeforeMs: publishMs + noticeMs }),
    ...(shared ? { sharedId: chance.uuid() } : {})
  }
}

/**
 * One status change of an operation. Now and then an `Avoided` message keeps the name `...:Scheduled`, as the vendor's
 * own sample does: the content's eventStatus is right ("Instance event notification").
 *
 * @param startMs when execution began; needed from Executing on
 * @param finishMs when it ended; needed for the final statuses
 */
export function operationEvent(
  instance: InstanceProfile,
  operation: Operation,
  change: { status: OperationStatus; startMs?: number; finishMs?: number; chance: Chance }
): EventDraft {
  const { eventType, notBeforeMs, sharedId } = operation
  const { status, startMs, finishMs, chance } = change
  const planned = !eventType.startsWith('SystemFailure') && !eventType.startsWith('InstanceFailure')
  const stale = status === 'Avoided' && notBeforeMs !== undefined && chance.happens(STALE_NAME_RATE)
  return {
    kind: planned ? 'maintenance' : 'failure',
    name: `Instance:${eventType}:${stale ? 'Scheduled' : status}`,
    level: levelOf(eventType, status),
    type: planned ? 'Maintenance' : 'Exception',
    status,
    resource: `instance/${instance.instanceId}`,
    content: {
      eventId: operation.eventId,
      publishTime: utcSeconds(operation.publishMs),
      notBefore: notBeforeMs === undefined ? undefined : utcSeconds(notBeforeMs),
      instanceId: instance.instanceId,
      eventType,
      eventStatus: status,
      executeStartTime: startMs === undefined ? undefined : utcSeconds(startMs),
      executeFinishTime: finishMs === undefined ? undefined : utcSeconds(finishMs)
    },
    detail: status,
    ...(sharedId === undefined ? {} : { sharedId })
  }
}

/** The level of an expiry or an arrears event depends on its status (DescribeSystemEventMetaList), that of others does not. */
function levelOf(eventType: string, status: OperationStatus): EventDraft['level'] {
  if (WARNING_TYPES.includes(eventType)) return 'WARN'
  if (!eventType.startsWith('InstanceExpiration') && !eventType.startsWith('AccountUnbalanced')) return 'CRITICAL'
  if (status === 'Avoided') return 'INFO'
  return status === 'Failed' || status === 'Canceled' ? 'WARN' : 'CRITICAL'
}
