import type { AuditEvent } from '../events/audit-event.ts'
import type { Action } from './action.ts'

/** What is known of an action before its code is loaded. */
export type ActionProfile = Omit<Action, 'run'>

/** Any value counts: only `delete` is documented, but an instance that is to be stopped may be told of by another. */
const isNotice = ({ interruption }: AuditEvent): boolean => interruption !== ''

export const PROFILES = {
  /** Before everything else that is waiting: its time is counted. */
  drain: { name: 'drain', priority: 100, exclusive: 'drain', concerns: isNotice },
  /** After the drain; before restarts. */
  replace: { name: 'replace', priority: 50, exclusive: 'replace', concerns: isNotice },
  /** One that has begun wants to know of Running too. */
  restart: { name: 'restart', priority: 0, exclusive: 'instance', concerns: ({ state }) => state === 'Stopped' }
} as const satisfies Readonly<Record<string, ActionProfile>>
