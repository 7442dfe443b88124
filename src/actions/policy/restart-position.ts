import type { JournalEntry } from '../journal.ts'
import type { RestartReason } from './restart-reasons.ts'

/**
 * How far one stop has been dealt with, by the run that follows it. It travels in the follow-up message.
 *
 * One stop and all that is tried because of it is an episode: a start that fails makes new Stopped events, which join the
 * episode of the first stop until it recovers, is given up, or its deadline is past.
 */
export interface RestartProgress {
  /** The stop that called for this run, epoch ms. */
  readonly stopMs: number
  /** `event_key` of the stop that the episode began with. */
  readonly firstStop: string
  /** When that was, epoch ms. */
  readonly firstStopMs: number
  /** When the episode is given up, epoch ms. */
  readonly deadlineMs: number
  /** Number of the attempt that this run made last; 0: none yet. */
  readonly made: number
  /** When it was made, epoch ms; 0: none yet. */
  readonly startedMs: number
  /** Looks since then that decided nothing. */
  readonly looks: number
}

/** What all runs of an episode have in common. */
export type Episode = Pick<RestartProgress, 'firstStop' | 'firstStopMs' | 'deadlineMs'>

/**
 * Where a run stands among the runs before it and beside it.
 * - `settled`: its own records say that it has been dealt with, or that a follow-up deals with it
 * - `superseded`: a newer stop's run, or a later step, has taken over
 * - `open`: the next attempt is this run's to decide
 */
export type RestartPosition =
  | { readonly kind: 'settled' }
  | { readonly kind: 'superseded' }
  | ({
      readonly kind: 'open'
      /** From 1, counted over the episode. */
      readonly attempt: number
      /** The attempt's intent is in the journal already: it counts once, however often it is taken up again. */
      readonly repeated: boolean
      /** Starts that were called for this attempt before and surely not carried out. */
      readonly tries: number
      /** When ECS last had no stock for it, epoch ms. */
      readonly noStockMs: number | undefined
    } & Episode)

/** How long an unfinished attempt keeps other replicas from the instance: longer than it can take from its intent on, ms. */
export const CLAIM_MS = 30_000

/** Failures of a start that surely started nothing: the same attempt is tried again. */
const NOT_CARRIED_OUT: ReadonlySet<string> = new Set([
  'api-busy',
  'api-throttled',
  'api-unavailable',
  'no-stock'
] satisfies RestartReason[])

/** Facts of an intent that other runs need, as its record's content. @param replica which process is about to start it */
export function intentContent({ firstStop, firstStopMs, deadlineMs }: Episode, replica: string) {
  return { first_stop: firstStop, first_stop_ms: firstStopMs, deadline_ms: deadlineMs, replica }
}

/** Finds a run's position from the journal of its instance. */
export function restartPosition(
  progress: RestartProgress,
  entries: readonly JournalEntry[],
  run: { readonly causedBy: string; readonly nowMs: number }
): RestartPosition {
  const counted = entries.filter((entry) => !isAbandoned(entry, entries, run))
  return progress.made === 0 ? beforeStart(progress, counted, run) : afterStart(progress, counted, run.causedBy)
}

/**
 * An intent of another run that was never carried out: that run found that another one had taken over, or its replica died.
 * It is for no stop; two runs that each took the other's for a start would leave the instance down.
 */
function isAbandoned(
  { decision, causedBy, step, atMs }: JournalEntry,
  entries: readonly JournalEntry[],
  run: { readonly causedBy: string; readonly nowMs: number }
): boolean {
  if (decision !== 'intent' || causedBy === run.causedBy || run.nowMs - atMs < CLAIM_MS) return false
  return !entries.some((entry) => entry.causedBy === causedBy && entry.step === startOf(step))
}

/** The steps of an attempt, by which records of several tries and runs are told apart. */
export const STEPS = {
  intent: (attempt: number, tries: number) => `intent-${numbered(attempt, tries)}`,
  start: (attempt: number, tries: number) => `start-${numbered(attempt, tries)}`,
  refused: 'refused',
  recovered: 'recovered',
  gaveUp: 'gave-up'
} as const

/** The step that carries out what an intent's step announces. */
export function startOf(intentStep: string): string {
  return intentStep.replace('intent-', 'start-')
}

function numbered(attempt: number, tries: number): string {
  return tries === 0 ? `${attempt}` : `${attempt}.${tries + 1}`
}

/** A stop that nothing was done about yet, as far as this run knows: a redelivery, or another stop's episode, may know more. */
function beforeStart(
  { stopMs, firstStop, firstStopMs, deadlineMs }: RestartProgress,
  entries: readonly JournalEntry[],
  { causedBy, nowMs }: { causedBy: string; nowMs: number }
): RestartPosition {
  const own = entries.filter((entry) => entry.causedBy === causedBy)
  if (own.some((entry) => entry.step === STEPS.refused || endsEpisode(entry) || entry.decision === 'would_do')) {
    return { kind: 'settled' }
  }
  const interrupted = lastIntent(own)
  if (interrupted !== undefined) return takenUpAgain(interrupted, own)
  const last = lastIntent(entries)
  const episode = last === undefined ? undefined : openEpisode(last, entries, nowMs)
  if (last === undefined || episode === undefined) {
    return open({ attempt: 1, firstStop, firstStopMs, deadlineMs })
  }
  // A start was decided after this stop, so it was for this stop too.
  if (stopMs < last.atMs) return { kind: 'superseded' }
  return open({ attempt: last.attempt + 1, ...episode })
}

function afterStart(
  { made, startedMs, ...progress }: RestartProgress,
  entries: readonly JournalEntry[],
  causedBy: string
): RestartPosition {
  const { firstStop, firstStopMs, deadlineMs } = progress
  const own = entries.filter((entry) => entry.causedBy === causedBy)
  if (entries.some((entry) => endsEpisode(entry) && entry.atMs >= startedMs)) return { kind: 'superseded' }
  const last = lastIntent(entries)
  if (last !== undefined && last.causedBy !== causedBy && last.atMs > startedMs) return { kind: 'superseded' }
  const newer = lastIntent(own)
  if (newer !== undefined && newer.attempt > made) return takenUpAgain(newer, own)
  const starts = startsOf(own, made)
  const lastStart = starts.at(-1)
  if (lastStart === undefined || !starts.every(surelyNot)) {
    return open({ attempt: made + 1, firstStop, firstStopMs, deadlineMs })
  }
  const noStockMs = lastStart.reason === 'no-stock' ? lastStart.atMs : undefined
  const tries = starts.length
  return open({ attempt: made, repeated: true, tries, noStockMs, firstStop, firstStopMs, deadlineMs })
}

/** An intent whose start is not recorded was cut off before or during the call: the same attempt again. */
function takenUpAgain(intent: JournalEntry, own: readonly JournalEntry[]): RestartPosition {
  if (startsOf(own, intent.attempt).length > 0) return { kind: 'settled' }
  return open({ attempt: intent.attempt, repeated: true, ...episodeOf(intent) })
}

type OpenPosition = Extract<RestartPosition, { kind: 'open' }>

function open(known: Pick<OpenPosition, 'attempt'> & Episode & Partial<OpenPosition>): OpenPosition {
  return { kind: 'open', repeated: false, tries: 0, noStockMs: undefined, ...known }
}

function openEpisode(last: JournalEntry, entries: readonly JournalEntry[], nowMs: number): Episode | undefined {
  const episode = episodeOf(last)
  const ended = entries.slice(entries.lastIndexOf(last) + 1).some(endsEpisode)
  return ended || nowMs > episode.deadlineMs ? undefined : episode
}

/** Read from an intent's record; one that can't be read counts as an episode of its own that ended with it. */
function episodeOf({ content, atMs, causedBy }: JournalEntry): Episode {
  const { first_stop: firstStop, first_stop_ms: firstStopMs, deadline_ms: deadlineMs } = content
  if (typeof firstStop !== 'string' || typeof firstStopMs !== 'number' || typeof deadlineMs !== 'number') {
    return { firstStop: causedBy, firstStopMs: atMs, deadlineMs: atMs }
  }
  return { firstStop, firstStopMs, deadlineMs }
}

function endsEpisode({ decision, step }: JournalEntry): boolean {
  return decision === 'gave_up' || step === STEPS.recovered
}

function lastIntent(entries: readonly JournalEntry[]): JournalEntry | undefined {
  return entries.filter(({ decision }) => decision === 'intent').at(-1)
}

function startsOf(own: readonly JournalEntry[], attempt: number): readonly JournalEntry[] {
  return own.filter((entry) => entry.attempt === attempt && entry.step.startsWith('start-'))
}

function surelyNot({ decision, reason }: JournalEntry): boolean {
  return decision === 'failed' && NOT_CARRIED_OUT.has(reason)
}
