import type { AuditEvent } from '../events/audit-event.ts'
import { RecentMap } from '../lib/recent-map.ts'
import type { ActionEntry } from './action.ts'
import type { ActionSubject } from './action-record.ts'
import type { JournalEntry, SeenEvent } from './journal.ts'

/** How long this process remembers what it did, ms. */
const KEPT_MS = 2 * 60 * 60_000
/** Entries, stops and troubles remembered; the oldest go first. */
const MAX_ENTRIES = 20_000
/** How often what is too old is looked for, ms. */
const FORGET_MS = 60_000

/** Events of an instance that speak against touching it. */
const TROUBLE = /^Instance:(PreemptibleInstanceInterruption|System|InstanceFailure)/

/** What this process decided of late, and what it saw happen to instances: bounded in number and age. */
export class LocalJournal {
  readonly #entries = new RecentMap<JournalEntry>(MAX_ENTRIES)
  readonly #stops = new RecentMap<{ readonly atMs: number; readonly regionId: string }>(MAX_ENTRIES)
  readonly #troubles = new RecentMap<SeenEvent & { readonly instanceId: string; readonly seenMs: number }>(MAX_ENTRIES)
  #forgetAtMs = 0

  /** Written down at once, before the logstore has it. */
  add({ action, causedBy, instanceId }: ActionSubject, entry: ActionEntry, atMs: number): void {
    const { step, decision, reason, attempt = 0, target = '', content = {} } = entry
    const known = { atMs, action, step, decision, reason, attempt, instanceId, causedBy, target, content }
    this.#entries.set(journalKey(known), known)
    this.#forget(atMs)
  }

  /** Counts the instances that stop, and keeps notices of what happens to them. Called for every event. */
  observe(event: AuditEvent, nowMs: number): void {
    const { state, test, instanceId, regionId, name, status, timeMs, eventKey } = event
    if (test || instanceId === '') return
    if (state === 'Stopped') {
      // By the event's own time: a backlog that is worked off is no storm.
      const atMs = Math.max(this.#stops.get(instanceId)?.atMs ?? 0, timeMs ?? nowMs)
      this.#stops.set(instanceId, { atMs, regionId })
      this.#forget(nowMs)
    } else if (TROUBLE.test(name)) {
      this.#troubles.set(eventKey, { instanceId, name, status, atMs: timeMs ?? nowMs, seenMs: nowMs })
      this.#forget(nowMs)
    }
  }

  /** Notices, maintenance and failures of an instance. */
  eventsOf(instanceId: string): SeenEvent[] {
    const own = [...this.#troubles.values()].filter((event) => event.instanceId === instanceId)
    return own.map(({ name, status, atMs }) => ({ name, status, atMs }))
  }

  /** Oldest first. */
  entries(wanted: (entry: JournalEntry) => boolean): JournalEntry[] {
    return [...this.#entries.values()].filter(wanted)
  }

  /** Distinct instances that stopped since, by region. */
  stoppedSince(sinceMs: number): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { atMs, regionId } of this.#stops.values()) {
      if (atMs >= sinceMs) counts.set(regionId, (counts.get(regionId) ?? 0) + 1)
    }
    return counts
  }

  #forget(nowMs: number): void {
    if (nowMs < this.#forgetAtMs) return
    this.#forgetAtMs = nowMs + FORGET_MS
    const beforeMs = nowMs - KEPT_MS
    this.#entries.dropOldest(({ atMs }) => atMs < beforeMs)
    this.#stops.dropOldest(({ atMs }) => atMs < beforeMs)
    this.#troubles.dropOldest(({ seenMs }) => seenMs < beforeMs)
  }
}

/** What makes two records tell the same happening. Of what replicas tell each for itself, none hides another's. */
export function journalKey({ causedBy, action, step, content }: Omit<JournalEntry, 'atMs'>): string {
  const { replica } = content
  return `${causedBy} ${action} ${step}${typeof replica === 'string' ? ` ${replica}` : ''}`
}
