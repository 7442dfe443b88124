import type { ActionLog } from '../support/action-log.ts'
import type { ExpectedRow } from '../support/compare.ts'
import type { TrueAnswer } from '../support/proof.ts'
import { ordered } from '../support/rows.ts'
import { who } from './restart-truth.ts'

/** The questions on replacements, with their true answers. */
export function replaceAnswers(log: ActionLog): TrueAnswer[] {
  return [
    { question: 'replacements', rows: replacements(log) },
    { question: 'replacements-failed', rows: failures(log) },
    { question: 'replacements-surplus', rows: surplus(log) }
  ]
}

function replacements(log: ActionLog): ExpectedRow[] {
  const rows = log.replacements.map((replacement) => {
    const { atMs, newInstanceId, lostMs, tookMs, marginMs, candidate, notice } = replacement
    const times = { lost_ms: lostMs, duration_ms: tookMs, margin_ms: marginMs }
    return { replaced_ms: atMs, ...who(replacement), new_instance_id: newInstanceId, ...times, candidate, notice }
  })
  return ordered(rows, '-replaced_ms')
}

function failures(log: ActionLog): ExpectedRow[] {
  const rows = log.failures.map((failure) => {
    const { atMs, decision, reason, detail, newInstanceId, purchases, notice } = failure
    const told = { decision, reason, detail, new_instance_id: newInstanceId, purchases, notice }
    return { ended_ms: atMs, ...who(failure), ...told }
  })
  return ordered(rows, '-ended_ms')
}

function surplus(log: ActionLog): ExpectedRow[] {
  const rows = log.surplus.map(({ surplusId, instanceId, regionId, accountId, keptId, foundMs, releasedMs }) => ({
    ...{ surplus_id: surplusId, replaced_id: instanceId, region_id: regionId, account_id: accountId },
    ...{ kept_id: keptId, found_ms: foundMs, released_ms: releasedMs }
  }))
  return ordered(rows, '-found_ms', 'surplus_id')
}
