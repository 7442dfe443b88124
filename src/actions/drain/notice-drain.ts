import type { Compute } from '../../cloud/compute.ts'
import type { JobEnd } from '../action.ts'
import type { ActionJournal } from '../journal.ts'
import type { DrainContext } from './drain-context.ts'
import { earlierRuns } from './earlier-runs.ts'
import { GroupDrains } from './group-drains.ts'
import { InstanceSight, type Sighting } from './instance-sight.ts'
import { MembershipSearch, type SearchEnd } from './membership-search.ts'
import { summaryOf } from './summary.ts'
import { closeUnfinished } from './unfinished.ts'

/** Earlier runs of an instance's drain that matter, ms. */
const LOOK_BACK_MS = 60 * 60_000

export interface NoticeDrainParts {
  readonly compute: Compute
  readonly journal: ActionJournal
  readonly context: DrainContext
}

/**
 * Carries out one interruption notice: find and drain, look what an earlier run left unfinished, sum up. The logstore is
 * asked for nothing until everything that was found is drained.
 */
export async function drainNotice(parts: NoticeDrainParts): Promise<JobEnd> {
  const { signal } = parts.context.job
  const drains = new GroupDrains(parts.context)
  try {
    await drainAndSumUp(parts, drains)
    return 'settled'
  } catch (thrown) {
    // Nothing goes on when the run has ended.
    await drains.ends().catch(() => undefined)
    if (signal.aborted) return 'again'
    throw thrown
  }
}

async function drainAndSumUp({ compute, journal, context }: NoticeDrainParts, drains: GroupDrains): Promise<void> {
  const { clock, job, record } = context
  const { instanceId, signal, dryRun } = job
  const startedAt = clock.elapsed()
  const sight = new InstanceSight({ compute, instanceId, clock, signal })
  const search = await new MembershipSearch(sight, drains, context).run()
  await drains.ends()
  const sinceMs = clock.now() - LOOK_BACK_MS
  const { entries, complete } = await journal.ofInstance({ action: 'drain', instanceId, sinceMs })
  if (!complete) signal.throwIfAborted()
  const { unfinished, ...earlier } = earlierRuns(entries, job.causedBy)
  const open = dryRun ? [] : unfinished.filter(({ group }) => !drains.has(group))
  const closed =
    open.length > 0 && isWanted(search) ? await closeUnfinished(open, sightingOf(search), drains, context) : []
  const ends = [...(await drains.ends()), ...closed]
  const durationMs = Math.round(clock.elapsed() - startedAt)
  record({ ...summaryOf({ search, ends, earlier: { ...earlier, complete }, dryRun }), durationMs })
}

/** An instance that can't be looked at any more was looked at by the run that began. */
function isWanted(search: SearchEnd): boolean {
  return search.kind === 'searched' || (search.kind === 'refused' && search.reason === 'released')
}

function sightingOf(search: SearchEnd): Sighting {
  return search.kind === 'searched' ? search.sighting : { kind: 'gone' }
}
