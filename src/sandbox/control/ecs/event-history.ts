import type { EcsEvent, OperationStatus } from '../../fleet/ecs-event.ts'

/** A system event of an instance, as far as it has gone. Times as in the event, ISO 8601 in UTC. */
export interface SystemEvent {
  readonly eventId: string
  readonly instanceId: string
  readonly regionId: string
  /** `SystemFailure.Reboot`, ... */
  readonly type: string
  readonly status: OperationStatus
  readonly publishTime: string
  readonly notBefore: string
  readonly finishTime: string
}

const MAX_EVENTS = 10_000

/** The system events of the fleet's instances, released ones included: the newest 10,000. */
export class EventHistory {
  readonly #byId = new Map<string, SystemEvent>()

  /** Takes note of an event where it is one of an operation on an instance. */
  note({ draft, instance }: EcsEvent): void {
    const { eventId, eventType, publishTime = '', notBefore = '', executeFinishTime = '' } = draft.content
    if (draft.status === 'Normal' || typeof eventId !== 'string' || typeof eventType !== 'string') return
    if (draft.kind !== 'maintenance' && draft.kind !== 'failure') return
    const { instanceId, regionId } = instance
    const times = { publishTime: `${publishTime}`, notBefore: `${notBefore}`, finishTime: `${executeFinishTime}` }
    this.#byId.set(eventId, { eventId, instanceId, regionId, type: eventType, status: draft.status, ...times })
    for (const oldest of this.#byId.keys()) {
      if (this.#byId.size <= MAX_EVENTS) break
      this.#byId.delete(oldest)
    }
  }

  /** Newest first. */
  list(): SystemEvent[] {
    return [...this.#byId.values()].reverse()
  }
}
