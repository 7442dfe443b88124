import type { JournalEntry } from '../journal.ts'
import { type Episode, intentState, isIntent, STEPS } from './restart-intents.ts'
import type { RestartReason } from './restart-reasons.ts'

/** How far one stop has been dealt with, by the run that follows it. It travels in the follow-up message. */
export interface RestartProgress extends Episode {
  /** The stop that called for this run, epoch ms. */
  readonly stopMs: number
  /** Number of the attempt that this run made last; 0: none yet. */
  readonly made: number
  /** When it was made, epoch ms; 0: none yet. */
  readonly startedMs: number
  /** Looks since then that decided nothing. */
  readonly looks: number
}

/**
 * Where a run stands among the runs before it and beside it.
 * - `settled`: its own records say that it has been dealt with, or that a follow-up deals with it
 * - `superseded`: a newer stop's run, or a later step, has taken over
 * - `contested`: another replica or run is about to start the instance, or finds that it may not: nothing can be decided yet
 * - `open`: the next attempt is this run's to decide
 */
export type RestartPosition =
  | { readonly kind: 'settled' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'contested' }
  | ({
      readonly kind: 'open'
      /** From 1, counted over the episode. */
      readonly attempt: number
      /** The attempt's intent is in the journal already: it counts once, however often it is taken up again. */
      readonly repeated: boolean
      /** Intents that this run has written for the attempt before. */
      readonly claims: number
      /** When ECS last had no stock for it, epoch ms. */
      readonly noStockMs: number | undefined
    } & Episode)

/** Failures of a start that surely started nothing: the same attempt is tried again. */
const NOT_CARRIED_OUT: ReadonlySet<string> = new Set([
  'api-busy',
  'api-throttled',
  'api-unavailable',
  'no-stock'
] satisfies RestartReason[])

/** Finds a run's position from the journal of its instance. */
export function restartPosition(
  progress: RestartProgress,
  entries: readonly JournalEntry[],
  { causedBy, nowMs }: { readonly causedBy: string; readonly nowMs: number }
): RestartPosition {
  // A follow-up is left just before the start, and comes when that has ended: no record of the start is needed to know of it.
  const isMade = (intent: JournalEntry) => intent.causedBy === causedBy && intent.attempt <= progress.made
  const stateOf = (intent: JournalEntry) => {
    const state = intentState(intent, entries, nowMs)
    return state === 'open' && isMade(intent) ? 'started' : state
  }
  const intents = entries.filter(isIntent).map((intent) => ({ intent, state: stateOf(intent) }))
  // What was never carried out is for no stop. Only a run's own may have been cut off during the call.
  const counted = intents.filter(
    ({ intent, state }) => state === 'started' || (state === 'lapsed' && intent.causedBy === causedBy)
  )
  const run: Run = {
    causedBy,
    nowMs,
    entries,
    own: entries.filter((entry) => entry.causedBy === causedBy),
    intents: counted.map(({ intent }) => intent)
  }
  const position = progress.made === 0 ? beforeStart(progress, run) : afterStart(progress, run)
  // Nobody leaves an instance to a run that has started nothing yet: it may leave it to this one.
  return position.kind === 'open' && intents.some(({ state }) => state === 'open') ? { kind: 'contested' } : position
}

/** A run among the records of its instance. */
interface Run {
  readonly causedBy: string
  readonly nowMs: number
  readonly entries: readonly JournalEntry[]
  /** Those of the run itself. */
  readonly own: readonly JournalEntry[]
  /** Those that count, oldest first. */
  readonly intents: readonly JournalEntry[]
}

/** A stop that nothing was done about yet, as far as this run knows: a redelivery, or another stop's episode, may know more. */
function beforeStart(
  { stopMs, firstStop, firstStopMs, deadlineMs }: RestartProgress,
  { causedBy, nowMs, entries, own, intents }: Run
): RestartPosition {
  if (own.some((entry) => entry.step === STEPS.refused || endsEpisode(entry) || entry.decision === 'would_do')) {
    return { kind: 'settled' }
  }
  const last = intents.at(-1)
  const interrupted = intents.findLast((intent) => intent.causedBy === causedBy)
  if (interrupted !== undefined && (interrupted === last || startsOf(own, interrupted.attempt).length > 0)) {
    return takenUpAgain(interrupted, own)
  }
  const episode = last === undefined ? undefined : openEpisode(last, entries, nowMs)
  if (last === undefined || episode === undefined) {
    return open(own, { attempt: 1, firstStop, firstStopMs, deadlineMs })
  }
  // A start was called after this stop, so it was for this stop too.
  if (stopMs < last.atMs) return { kind: 'superseded' }
  return open(own, { attempt: last.attempt + 1, ...episode })
}

function afterStart(
  { made, startedMs, firstStop, firstStopMs, deadlineMs }: RestartProgress,
  { causedBy, entries, own, intents }: Run
): RestartPosition {
  if (entries.some((entry) => endsEpisode(entry) && entry.atMs >= startedMs)) return { kind: 'superseded' }
  const last = intents.at(-1)
  if (last !== undefined && last.causedBy !== causedBy && last.atMs > startedMs) return { kind: 'superseded' }
  const newer = intents.findLast((intent) => intent.causedBy === causedBy)
  if (newer !== undefined && newer.attempt > made) return takenUpAgain(newer, own)
  const starts = startsOf(own, made)
  const lastStart = starts.at(-1)
  if (lastStart === undefined || !starts.every(surelyNot)) {
    return open(own, { attempt: made + 1, firstStop, firstStopMs, deadlineMs })
  }
  const noStockMs = lastStart.reason === 'no-stock' ? lastStart.atMs : undefined
  return open(own, { attempt: made, repeated: true, noStockMs, firstStop, firstStopMs, deadlineMs })
}

/** An intent whose start is not recorded was cut off before or during the call: the same attempt again. */
function takenUpAgain(intent: JournalEntry, own: readonly JournalEntry[]): RestartPosition {
  if (startsOf(own, intent.attempt).length > 0) return { kind: 'settled' }
  return open(own, { attempt: intent.attempt, repeated: true, ...episodeOf(intent) })
}

type OpenPosition = Extract<RestartPosition, { kind: 'open' }>

function open(
  own: readonly JournalEntry[],
  known: Pick<OpenPosition, 'attempt'> & Episode & Partial<OpenPosition>
): OpenPosition {
  const ofAttempt = own.filter(({ attempt, step }) => attempt === known.attempt && /^(intent|start)-/.test(step))
  const claims = new Set(ofAttempt.map(({ step }) => step.replace(/^\w+-/, ''))).size
  return { kind: 'open', repeated: false, claims, noStockMs: undefined, ...known }
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

function startsOf(own: readonly JournalEntry[], attempt: number): readonly JournalEntry[] {
  return own.filter((entry) => entry.attempt === attempt && entry.step.startsWith('start-'))
}

function surelyNot({ decision, reason }: JournalEntry): boolean {
  return decision === 'failed' && NOT_CARRIED_OUT.has(reason)
}
