import type { Decision } from './action.ts'

/** An action record read back. */
export interface JournalEntry {
  readonly atMs: number
  readonly action: string
  readonly step: string
  readonly decision: Decision
  readonly reason: string
  readonly attempt: number
  readonly instanceId: string
  readonly causedBy: string
  readonly target: string
  readonly content: Readonly<Record<string, unknown>>
}

/** How many instances stopped. */
export interface StoppedInstances {
  readonly byRegion: ReadonlyMap<string, number>
  /** False when the logstore could not be asked. */
  readonly complete: boolean
}

export interface JournalAnswer {
  /** Oldest first; each (causedBy, action, step) once, and what replicas tell each for itself once for each. */
  readonly entries: readonly JournalEntry[]
  /** False when the logstore could not be asked: only this process's own records are here. Be conservative. */
  readonly complete: boolean
}

/** An event that bears on whether an instance should be touched. */
export interface SeenEvent {
  /** `Instance:SystemFailure.Reboot:Executing`, as `AuditEvent.name`. */
  readonly name: string
  /** As `AuditEvent.status`. */
  readonly status: string
  /** The event's own time, epoch ms. */
  readonly atMs: number
}

/**
 * What was decided and done before, by this process and by others: this process's own records of late, and what the
 * logstore holds. Answers within a few seconds whatever the logstore does.
 */
export interface ActionJournal {
  /** Records of one action on one instance. */
  ofInstance(query: { action: string; instanceId: string; sinceMs: number }): Promise<JournalAnswer>
  /** Records of one action on any instance: intents only. */
  intents(query: { action: string; sinceMs: number }): Promise<JournalAnswer>
  /** Records that an event caused. */
  ofEvent(causedBy: string): Promise<JournalAnswer>
  /** Distinct instances that stopped since, by region, by the events seen here and stored in the logstore. */
  stoppedInstances(sinceMs: number): Promise<StoppedInstances>
  /**
   * Interruption notices and maintenance and failure events of an instance since, oldest first, by the events seen here
   * and stored in the logstore.
   */
  instanceEvents(query: { instanceId: string; sinceMs: number }): Promise<readonly SeenEvent[]>
}
