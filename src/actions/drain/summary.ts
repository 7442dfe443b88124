import type { MissedGroup } from '../../cloud/balancing.ts'
import type { ActionEntry, Decision } from '../action.ts'
import type { DrainReason } from './drain-reasons.ts'
import { SUMMARY_STEP } from './earlier-runs.ts'
import type { GroupEnd } from './group-drain.ts'
import type { Sighting } from './instance-sight.ts'
import type { SearchEnd } from './membership-search.ts'

/** All that a run came to. */
export interface RunFindings {
  readonly search: SearchEnd
  readonly ends: readonly GroupEnd[]
  /** What the journal tells of earlier runs. */
  readonly earlier: { readonly begun: boolean; readonly summedUp: boolean; readonly complete: boolean }
  readonly dryRun: boolean
}

/** The record that tells how the whole drain ended: one for a notice, another one for a repetition that found nothing to do. */
export function summaryOf(findings: RunFindings): ActionEntry & { readonly reason: DrainReason } {
  const { search, ends, earlier } = findings
  const conclusion = conclude(findings)
  const margins = ends.flatMap(({ marginMs }) => marginMs ?? [])
  const detail = detailOf(findings)
  return {
    // An earlier run's record stays the one that tells how it went.
    step: conclusion.reason === 'already-drained' && earlier.summedUp ? 'repeated' : SUMMARY_STEP,
    ...conclusion,
    ...(detail === '' ? {} : { detail }),
    ...(margins.length === 0 ? {} : { deadlineMarginMs: Math.round(Math.min(...margins)) }),
    content: {
      groups: ends.length,
      entries: ends.reduce((sum, { entries }) => sum + entries, 0),
      ...(search.kind === 'searched' ? seen(search) : {})
    }
  }
}

function conclude({ search, ends, earlier, dryRun }: RunFindings): { decision: Decision; reason: DrainReason } {
  const failed = ends.find(({ decision }) => decision === 'gave_up')
  if (failed !== undefined) return { decision: 'gave_up', reason: failed.reason }
  if (search.kind === 'undecided') return { decision: 'gave_up', reason: 'instance-unknown' }
  if (search.kind === 'refused' && ends.length === 0) return { decision: 'skipped', reason: search.reason }
  // What may never be asked holds nothing up: the record's detail names it.
  if (search.kind === 'searched' && search.missed.some(({ lasting }) => lasting !== true)) {
    return { decision: 'gave_up', reason: ends.length === 0 ? 'api-unavailable' : 'search-incomplete' }
  }
  if (ends.length === 0) return { decision: 'skipped', reason: earlier.begun ? 'already-drained' : 'no-membership' }
  if (ends.every(({ decision }) => decision === 'skipped')) return { decision: 'skipped', reason: 'primary-secondary' }
  if (dryRun) return { decision: 'would_do', reason: 'drained' }
  const isLate = ends.some(({ marginMs }) => marginMs !== undefined && marginMs < 0)
  return { decision: 'done', reason: isLate ? 'late' : 'drained' }
}

function detailOf({ search, ends, earlier }: RunFindings): string {
  if (search.kind === 'undecided') return search.why
  if (search.kind === 'refused') return ''
  const isEmpty = ends.length === 0 && !earlier.complete
  return [
    sightingDetail(search.sighting),
    search.missed.length === 0
      ? ''
      : `Not all could be asked: ${search.missed.slice(0, 5).map(missedText).join('; ')}.`,
    isEmpty ? 'The logstore could not be asked for earlier runs.' : ''
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

function sightingDetail(sighting: Sighting): string {
  switch (sighting.kind) {
    case 'described':
      return ''
    case 'gone':
      return 'ECS does not know the instance any more: only its id was looked for.'
    case 'unknown':
      return `ECS gave no answer (${sighting.why}): only the instance's id was looked for.`
    default: {
      const never: never = sighting
      return never
    }
  }
}

function missedText({ kind, groupId, reason }: MissedGroup): string {
  return `${kind}${groupId === '' ? '' : ` ${groupId}`} (${reason})`
}

function seen({ sighting, missed, firstCallMs }: Extract<SearchEnd, { kind: 'searched' }>): Record<string, unknown> {
  return { instance: sighting.kind, missed: missed.length, firstCallMs: Math.round(firstCallMs) }
}
