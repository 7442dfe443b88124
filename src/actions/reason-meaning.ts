import { DRAIN_REASONS } from './drain/drain-reasons.ts'
import { API_REASONS, COMMON_REASONS, EVENT_REASONS, type ReasonTable } from './policy/reasons.ts'
import { RESTART_REASONS } from './policy/restart-reasons.ts'
import { REPLACE_REASONS } from './replace/replace-reasons.ts'

const OWN: Readonly<Record<string, ReasonTable>> = {
  restart: RESTART_REASONS,
  drain: DRAIN_REASONS,
  replace: REPLACE_REASONS
}

const SHARED: Readonly<Record<string, ReasonTable>> = {
  event: EVENT_REASONS,
  common: COMMON_REASONS,
  api: API_REASONS
}

/** Every table of reasons, by name: those of one action each, then those that all actions share. */
export const REASON_TABLES: Readonly<Record<string, ReasonTable>> = { ...OWN, ...SHARED }

/** What an action's reason means, one sentence; '' for a reason of a user's own action. */
export function reasonMeaning(action: string, reason: string): string {
  const own = Object.hasOwn(OWN, action) ? OWN[action] : undefined
  const tables = [own ?? {}, ...Object.values(SHARED)]
  return tables.find((table) => Object.hasOwn(table, reason))?.[reason] ?? ''
}
