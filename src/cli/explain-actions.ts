import type { ActionEntry } from '../actions/action.ts'
import type { Explanation } from '../actions/explain/explain-event.ts'
import { reasonMeaning } from '../actions/reason-meaning.ts'

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

function sentence(action: string, { reason, detail }: ActionEntry): string {
  const texts = [reasonMeaning(action, reason), detail]
  return texts.filter((text) => text !== undefined && text !== '').join(' ')
}
