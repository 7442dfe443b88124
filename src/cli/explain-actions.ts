import type { ActionEntry } from '../actions/action.ts'
import { DRAIN_REASONS } from '../actions/drain/drain-reasons.ts'
import type { Explanation } from '../actions/explain/explain-event.ts'
import { API_REASONS, COMMON_REASONS, EVENT_REASONS, type ReasonTable } from '../actions/policy/reasons.ts'
import { RESTART_REASONS } from '../actions/policy/restart-reasons.ts'
import { REPLACE_REASONS } from '../actions/replace/replace-reasons.ts'

const OWN: Readonly<Record<string, ReasonTable>> = {
  restart: RESTART_REASONS,
  drain: DRAIN_REASONS,
  replace: REPLACE_REASONS
}

/** What one action would do, a line for each decision, and why. */
export function explanationLines({ action, entries }: Explanation): string[] {
  return entries.map((entry) => {
    const { decision, reason, target } = entry
    const about = target === undefined ? '' : ` ${target}`
    return `  -> ${action.padEnd(8)} ${decision} ${reason}${about}: ${sentence(action, entry)}`
  })
}

/** The same for programs. */
export function explanationJson({ action, assumed, entries }: Explanation): Readonly<Record<string, unknown>> {
  return { action, assumed, decisions: entries.map((entry) => ({ ...entry, why: sentence(action, entry) })) }
}

const SHARED: readonly ReasonTable[] = [COMMON_REASONS, EVENT_REASONS, API_REASONS]

function sentence(action: string, { reason, detail }: ActionEntry): string {
  const tables = [OWN[action] ?? {}, ...SHARED]
  const texts = [tables.find((table) => Object.hasOwn(table, reason))?.[reason], detail]
  return texts.filter((text) => text !== undefined && text !== '').join(' ')
}
