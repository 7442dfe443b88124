import { DRAIN_REASONS } from '../actions/drain/drain-reasons.ts'
import { API_REASONS, COMMON_REASONS, EVENT_REASONS, type ReasonTable } from '../actions/policy/reasons.ts'
import { RESTART_REASONS } from '../actions/policy/restart-reasons.ts'
import { REPLACE_REASONS } from '../actions/replace/replace-reasons.ts'

const OWN: Readonly<Record<string, ReasonTable>> = {
  restart: RESTART_REASONS,
  drain: DRAIN_REASONS,
  replace: REPLACE_REASONS
}
const SHARED: ReasonTable = { ...API_REASONS, ...COMMON_REASONS, ...EVENT_REASONS }

/** What an action's reason means, one sentence; '' for a reason of a user's own action. */
export function reasonMeaning(action: string, reason: string): string {
  const own = Object.hasOwn(OWN, action) ? OWN[action] : undefined
  return [own, SHARED].map((table) => (table && Object.hasOwn(table, reason) ? table[reason] : '')).find(Boolean) ?? ''
}
