import type { Chance } from './chance.ts'
import type { EventDraft } from './ecs-event.ts'
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
