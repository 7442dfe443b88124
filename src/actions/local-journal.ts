import type { AuditEvent } from '../events/audit-event.ts'
import type { ActionEntry } from './action.ts'
import type { ActionSubject } from './action-record.ts'
import type { JournalEntry } from './journal.ts'

/** How long this process remembers what it did, ms. */
const KEPT_MS = 2 * 60 * 60_000
/** Entries and stops remembered, at the most; the oldest go first. */
const MAX_ENTRIES = 20_000

/** What this process decided of late, and which instances it saw stop: bounded in number and age. */
export class LocalJournal {
  readonly #entries = new Map<string, JournalEntry>()
  readonly #stops = new Map<string, number>()

  /** Written down at once, before the logstore has it. */
  add({ action, causedBy, instanceId }: ActionSubject, entry: ActionEntry, atMs: number): void {
    const { step, decision, reason, attempt = 0, target = '', content = {} } = entry
    const key = journalKey({ causedBy, action, step })
    const known = { atMs, action, step, decision, reason, attempt, instanceId, causedBy, target, content }
    remember(this.#entries, key, known)
    forget(this.#entries, atMs - KEPT_MS, (old) => old.atMs)
  }

  /** Counts the instances that stop. Called for every event. */
  observe({ state, test, instanceId }: AuditEvent, nowMs: number): void {
    if (state !== 'Stopped' || test || instanceId === '') return
    remember(this.#stops, instanceId, nowMs)
    forget(this.#stops, nowMs - KEPT_MS, (atMs) => atMs)
  }

  /** Oldest first. */
  entries(wanted: (entry: JournalEntry) => boolean): JournalEntry[] {
    return [...this.#entries.values()].filter(wanted)
  }

  stoppedSince(sinceMs: number): number {
    let count = 0
    for (const atMs of this.#stops.values()) if (atMs >= sinceMs) count += 1
    return count
  }
}

/** What makes two records tell the same happening. */
export function journalKey({ causedBy, action, step }: { causedBy: string; action: string; step: string }): string {
  return `${causedBy} ${action} ${step}`
}

/** The newest is the last one of the map. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
}

function forget<Value>(map: Map<string, Value>, beforeMs: number, atMs: (value: Value) => number): void {
  for (const [key, value] of map) {
    if (map.size <= MAX_ENTRIES && atMs(value) >= beforeMs) return
    map.delete(key)
  }
}
