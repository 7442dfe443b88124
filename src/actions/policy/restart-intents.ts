import type { JournalEntry } from '../journal.ts'

/** How long an intent without a start keeps other runs from the instance: longer than the attempt can take, ms. */
export const CLAIM_MS = 30_000

/** The steps of an attempt, by which records of several claims and runs are told apart. */
export const STEPS = {
  intent: (attempt: number, claims: number) => `intent-${numbered(attempt, claims)}`,
  start: (attempt: number, claims: number) => `start-${numbered(attempt, claims)}`,
  withdrawn: (attempt: number, claims: number) => `withdrawn-${numbered(attempt, claims)}`,
  refused: 'refused',
  recovered: 'recovered',
  gaveUp: 'gave-up'
} as const

/**
 * One stop and all that is tried because of it: a start that fails makes new Stopped events, which join the episode of the
 * first stop until it recovers, is given up, or its deadline is past.
 */
export interface Episode {
  /** `event_key` of the stop that the episode began with. */
  readonly firstStop: string
  /** When that was, epoch ms. */
  readonly firstStopMs: number
  /** When the episode is given up, epoch ms. */
  readonly deadlineMs: number
}

/** Facts of an intent that other runs need, as its record's content. @param replica which process is about to start it */
export function intentContent({ firstStop, firstStopMs, deadlineMs }: Episode, replica: string) {
  return { first_stop: firstStop, first_stop_ms: firstStopMs, deadline_ms: deadlineMs, replica }
}

/**
 * What became of an intent.
 * - `started`: its start was called, whatever came of it; a follow-up looks after it
 * - `withdrawn`: another run was faster, and nothing was called
 * - `open`: its start may be called at any moment
 * - `lapsed`: nothing was told within 30 s: its process died, before the call or during it
 */
export type IntentState = 'started' | 'withdrawn' | 'open' | 'lapsed'

/** Tells what became of an intent from the records of its instance. */
export function intentState(intent: JournalEntry, entries: readonly JournalEntry[], nowMs: number): IntentState {
  const number = intent.step.slice('intent-'.length)
  const told = entries.filter(({ causedBy, content }) => causedBy === intent.causedBy && isOf(intent, content))
  if (told.some(({ step }) => step === `start-${number}`)) return 'started'
  if (told.some(({ step }) => step === `withdrawn-${number}`)) return 'withdrawn'
  return nowMs - intent.atMs < CLAIM_MS ? 'open' : 'lapsed'
}

/** Whether a record announces a start, whatever became of it. */
export function isIntent({ decision }: JournalEntry): boolean {
  return decision === 'intent'
}

/** Several replicas may tell the same step: each has its own. A record without a replica is everybody's. */
function isOf(intent: JournalEntry, { replica }: JournalEntry['content']): boolean {
  return replica === undefined || replica === intent.content['replica']
}

function numbered(attempt: number, claims: number): string {
  return claims === 0 ? `${attempt}` : `${attempt}.${claims + 1}`
}
