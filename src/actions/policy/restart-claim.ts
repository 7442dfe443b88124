import type { JournalEntry } from '../journal.ts'
import { startsWithinHour } from './restart-budget.ts'
import { CLAIM_MS, type RestartProgress, restartPosition, startOf } from './restart-position.ts'

/** An attempt that a replica has written down its intent for. */
export interface AttemptClaim {
  readonly causedBy: string
  /** The intent's step. */
  readonly step: string
  readonly attempt: number
  readonly replica: string
  /** As it was when the attempt was decided. */
  readonly progress: RestartProgress
  readonly maxPerHour: number
  /** Epoch ms. */
  readonly nowMs: number
}

/**
 * Whether a replica that has written down its intent may start the instance. Several may decide at the same time, because a
 * message came twice or two stops came at once; ECS itself refuses the second start only as long as the instance has not
 * gone down again. So only the oldest intent counts, and only if what was written before it leads to the same attempt. An
 * intent whose replica dies counts for 30 s.
 *
 * @param entries restarts of the instance, at least of the last hour, oldest first
 */
export function holdsClaim(entries: readonly JournalEntry[], claim: AttemptClaim): boolean {
  const { causedBy, step, attempt, replica, progress, maxPerHour, nowMs } = claim
  const isOwn = (entry: JournalEntry) => entry.causedBy === causedBy && entry.step === step
  const isYoung = ({ atMs }: JournalEntry) => nowMs - atMs < CLAIM_MS
  const isStarted = (intent: JournalEntry) =>
    entries.some((entry) => entry.causedBy === intent.causedBy && entry.step === startOf(intent.step))
  // Of a step that several replicas have told, the journal holds the first.
  const own = entries.find(isOwn)
  const isTaken = own !== undefined && own.content['replica'] !== replica
  if (isTaken && (isYoung(own) || isStarted(own))) return false
  const since = own === undefined || isTaken ? { atMs: nowMs, causedBy } : own
  const before = entries.filter((entry) => !isOwn(entry) && isOlder(entry, since))
  const isUnderWay = (entry: JournalEntry) =>
    entry.decision === 'intent' &&
    entry.causedBy !== causedBy &&
    entry.content['replica'] !== replica &&
    isYoung(entry) &&
    !isStarted(entry)
  if (before.some(isUnderWay)) return false
  const position = restartPosition(progress, before, { causedBy, nowMs })
  if (position.kind !== 'open' || position.attempt !== attempt) return false
  const others = startsWithinHour({ entries: before, complete: true }, { nowMs, except: { causedBy, attempt } })
  return others < maxPerHour
}

type Moment = Pick<JournalEntry, 'atMs' | 'causedBy'>

/** A total order, the same to every replica. */
function isOlder(one: Moment, other: Moment): boolean {
  return one.atMs === other.atMs ? one.causedBy < other.causedBy : one.atMs < other.atMs
}
