import PQueue from 'p-queue'
import type { Clock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import type { QueryOutcome, SlsReader } from '../logstore/sls-reader.ts'
import { DECISIONS, type Decision } from './action.ts'
import type { ActionJournal, JournalAnswer, JournalEntry, SeenEvent, StoppedInstances } from './journal.ts'
import { journalKey, type LocalJournal } from './local-journal.ts'

/** Longest wait for one answer, ms. */
const TIMEOUT_MS = 3_000
/** After a failure the logstore is left alone for this long, ms. */
const REST_MS = 5_000
const PARALLEL_QUERIES = 8
const MAX_ROWS = 500
/** Clocks of replicas differ; records may be a little older or newer than asked for, ms. */
const SLACK_MS = 60_000
/** A longer look back than any rule has, ms. */
const EVENT_LOOKBACK_MS = 24 * 60 * 60_000

type Answer = Extract<QueryOutcome, { kind: 'rows' }>

/** What was decided before, out of this process's memory and the action records in the logstore, by which replicas share it. */
export class LogstoreJournal implements ActionJournal {
  readonly #local: LocalJournal
  readonly #reader: Pick<SlsReader, 'queryLogs'>
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #queries = new PQueue({ concurrency: PARALLEL_QUERIES })
  #restUntilMs = Number.NEGATIVE_INFINITY
  #stopsAsked: { readonly sinceMs: number; readonly answer: Promise<Answer | undefined> } | undefined

  constructor(options: {
    local: LocalJournal
    reader: Pick<SlsReader, 'queryLogs'>
    clock: Clock
    /** Ends queries under way. */
    signal: AbortSignal
  }) {
    this.#local = options.local
    this.#reader = options.reader
    this.#clock = options.clock
    this.#signal = options.signal
  }

  ofInstance({ action, instanceId, sinceMs }: { action: string; instanceId: string; sinceMs: number }) {
    const search = `${term('action', action)} and ${term('instance_id', instanceId)}`
    return this.#merged(search, sinceMs, (entry) => entry.action === action && entry.instanceId === instanceId)
  }

  intents({ action, sinceMs }: { action: string; sinceMs: number }) {
    const search = `${term('action', action)} and ${term('decision', 'intent')}`
    return this.#merged(search, sinceMs, (entry) => entry.action === action && entry.decision === 'intent')
  }

  ofEvent(causedBy: string) {
    const sinceMs = this.#clock.now() - EVENT_LOOKBACK_MS
    return this.#merged(term('caused_by', causedBy), sinceMs, (entry) => entry.causedBy === causedBy)
  }

  async stoppedInstances(sinceMs: number): Promise<StoppedInstances> {
    const answer = await this.#askStops(sinceMs)
    const byRegion = new Map(this.#local.stoppedSince(sinceMs))
    for (const { region_id: regionId = '', n = '' } of answer?.rows ?? []) {
      byRegion.set(regionId, Math.max(byRegion.get(regionId) ?? 0, Number(n) || 0))
    }
    return { byRegion, complete: answer !== undefined }
  }

  async instanceEvents({ instanceId, sinceMs }: { instanceId: string; sinceMs: number }): Promise<SeenEvent[]> {
    const search = `kind: event and ${term('instance_id', instanceId)} not event_name: "Instance:StateChange" not test: true`
    const answer = await this.#ask(search, sinceMs)
    const stored = (answer?.rows ?? []).map((row) => ({
      name: row['event_name'] ?? '',
      status: row['status'] ?? '',
      atMs: Number(row['event_ms'] ?? row['received_ms'])
    }))
    const known = new Map<string, SeenEvent>()
    for (const event of [...stored, ...this.#local.eventsOf(instanceId)]) {
      if (event.atMs >= sinceMs) known.set(`${event.name} ${event.status} ${event.atMs}`, event)
    }
    return [...known.values()].sort((a, b) => a.atMs - b.atMs)
  }

  async #merged(search: string, sinceMs: number, wanted: (entry: JournalEntry) => boolean): Promise<JournalAnswer> {
    const answer = await this.#ask(`kind: action and ${search}`, sinceMs)
    const known = new Map<string, JournalEntry>()
    const stored = (answer?.rows ?? []).flatMap((row) => entryOf(row) ?? [])
    for (const entry of [...stored, ...this.#local.entries(wanted)]) {
      // The first time that a step was taken is when it was taken.
      const key = journalKey(entry)
      const before = known.get(key)
      if (entry.atMs >= sinceMs && (before === undefined || isEarlier(entry, before))) known.set(key, entry)
    }
    const entries = [...known.values()].sort((a, b) => a.atMs - b.atMs)
    return { entries, complete: answer?.complete ?? false }
  }

  /** In a storm everybody asks this at the same time: who asks while it is being asked waits for the same answer. */
  #askStops(sinceMs: number): Promise<Answer | undefined> {
    const shared = this.#stopsAsked
    if (shared !== undefined && Math.abs(sinceMs - shared.sinceMs) <= TIMEOUT_MS) return shared.answer
    const query = `kind: event and state: Stopped and not test: true | select region_id, count(distinct instance_id) as n from log where event_ms >= ${Math.floor(sinceMs)} group by region_id limit 1000`
    const asked = { sinceMs, answer: this.#ask(query, sinceMs) }
    this.#stopsAsked = asked
    const answered = (): void => {
      if (this.#stopsAsked === asked) this.#stopsAsked = undefined
    }
    void asked.answer.then(answered, answered)
    return asked.answer
  }

  /** Undefined when the logstore could not be asked. */
  async #ask(query: string, sinceMs: number): Promise<Answer | undefined> {
    if (this.#clock.elapsed() < this.#restUntilMs) return undefined
    const toS = Math.ceil((this.#clock.now() + SLACK_MS) / 1_000)
    const fromS = Math.max(0, Math.floor((sinceMs - SLACK_MS) / 1_000))
    const { signal, clear } = deadline(this.#clock, TIMEOUT_MS, this.#signal)
    try {
      const outcome = await this.#queries.add(async (): Promise<QueryOutcome | undefined> => {
        if (signal.aborted) return undefined
        return this.#reader.queryLogs({ fromS, toS, query, maxRows: MAX_ROWS, signal })
      })
      if (outcome?.kind === 'rows') return outcome
      // A question whose turn did not come says nothing of the logstore.
      if (outcome !== undefined) this.#restUntilMs = this.#clock.elapsed() + REST_MS
      return undefined
    } finally {
      clear()
    }
  }
}

/** Of one step told by two replicas at the same moment, all of them must take the same for the first. */
function isEarlier(entry: JournalEntry, other: JournalEntry): boolean {
  if (entry.atMs !== other.atMs) return entry.atMs < other.atMs
  return JSON.stringify(entry.content) < JSON.stringify(other.content)
}

/** `name: "value"`, whatever the value holds. */
function term(name: string, value: string): string {
  return `${name}: "${value.replaceAll(/["\\]/g, '\\$&')}"`
}

/** A row as the entry that it was written from; undefined for one that this version does not understand. */
function entryOf(row: Readonly<Record<string, string>>): JournalEntry | undefined {
  const text = (name: string): string => row[name] ?? ''
  const atMs = Number(text('event_ms'))
  const decision = decisionOf(text('decision'))
  if (decision === undefined || !Number.isFinite(atMs) || text('step') === '') return undefined
  return {
    atMs,
    action: text('action'),
    step: text('step'),
    decision,
    reason: text('reason'),
    attempt: Number(text('attempt')) || 0,
    instanceId: text('instance_id'),
    causedBy: text('caused_by'),
    target: text('target'),
    content: contentOf(text('content'))
  }
}

function decisionOf(text: string): Decision | undefined {
  return DECISIONS.find((decision) => decision === text)
}

function contentOf(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {}
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {}
  } catch {
    return {}
  }
}
