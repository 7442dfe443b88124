import type { Chance } from './chance.ts'
import type { EventDraft, EventKind, EventLevel } from './ecs-event.ts'
import type { InstanceProfile } from './instance-profile.ts'

/** What an incident is drawn for. */
export interface IncidentScene {
  readonly instance: InstanceProfile
  readonly chance: Chance
  readonly nowMs: number
  /** How many times faster than in the real service things happen: planned moments are told accordingly. */
  readonly pace: number
}

/** One event of an incident. */
export interface IncidentStep {
  /** Wait since the step before, milliseconds of the real service. */
  readonly afterMs: number
  /** Made when it happens, with that moment in its content. */
  readonly draft: (atMs: number) => EventDraft
  /** The operation reboots the instance right after this event. */
  readonly reboots?: boolean
}

/** Something that happens to an instance beside its life: one event, or several with waits between them. */
export type Incident = (scene: IncidentScene) => readonly IncidentStep[]

/** An incident of a single event. */
export function once(draft: EventDraft): readonly IncidentStep[] {
  return [{ afterMs: 0, draft: () => draft }]
}

/** An event that only tells that something was done: type StatusNotification, status Normal; its content is still to come. */
export function notification(
  kind: EventKind,
  name: string,
  level: EventLevel,
  resource: string
): Omit<EventDraft, 'content'> {
  return { kind, name, level, type: 'StatusNotification', status: 'Normal', resource, detail: '' }
}

/** The top-level key that some events carry in the classic envelope too. */
export function named({ instance }: IncidentScene): Readonly<Record<string, string>> {
  return { instanceName: instance.instanceName }
}
