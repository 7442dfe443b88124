import type { JournalEntry } from '../journal.ts'
import { startsWithinHour } from './restart-budget.ts'
import { intentState, isIntent } from './restart-intents.ts'
import { type RestartProgress, restartPosition } from './restart-position.ts'

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
  /** When the intent was stored, if it was late, epoch ms: others have looked before without finding it. */
  readonly storedLateMs: number | undefined
  /** Epoch ms. */
  readonly nowMs: number
}

/**
 * Whether a replica that has written down its intent may start the instance. Several may decide at the same time, because a
 * message came twice or two stops came at once; ECS itself refuses the second start only as long as the instance has not
 * gone down again. So only the oldest intent counts, and only if all that was written beside it leads to the attempt.
 * One that was stored late gives way to all that were written until then: two may give way to each other, and try again.
 *
 * @param entries restarts of the instance, at least of the last hour, oldest first
 */
export function holdsClaim(entries: readonly JournalEntry[], claim: AttemptClaim): boolean {
  const { causedBy, step, attempt, replica, progress, maxPerHour, storedLateMs, nowMs } = claim
  const isOwn = (entry: JournalEntry) =>
    entry.causedBy === causedBy && entry.step === step && entry.content['replica'] === replica
  const sinceMs = storedLateMs ?? entries.find(isOwn)?.atMs ?? nowMs
  const own = { atMs: sinceMs, causedBy, replica }
  const givesWay = (entry: JournalEntry) =>
    isIntent(entry) && isOlder(own, momentOf(entry)) && intentState(entry, entries, nowMs) !== 'started'
  const others = entries.filter((entry) => !isOwn(entry) && !givesWay(entry))
  const position = restartPosition(progress, others, { causedBy, nowMs })
  // Fewer attempts than were counted when it was decided: one of them has lapsed since.
  if (position.kind !== 'open' || position.attempt > attempt) return false
  const starts = startsWithinHour({ entries: others, complete: true }, { nowMs, except: { causedBy, attempt } })
  return starts < maxPerHour
}

interface Moment {
  readonly atMs: number
  readonly causedBy: string
  readonly replica: string
}

function momentOf({ atMs, causedBy, content }: JournalEntry): Moment {
  return { atMs, causedBy, replica: String(content['replica'] ?? '') }
}

/** A total order, the same to every replica. */
function isOlder(one: Moment, other: Moment): boolean {
  if (one.atMs !== other.atMs) return one.atMs < other.atMs
  return one.causedBy === other.causedBy ? one.replica < other.replica : one.causedBy < other.causedBy
}
